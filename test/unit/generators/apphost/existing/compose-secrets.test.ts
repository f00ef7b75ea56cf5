import { expect, it } from "vitest";
import { translate } from "../../../../fixtures/generators/translate-compose.ts";

const secrets = { ".env": "DB_PASSWORD=hunter2\nAPI_SECRET=hunter3\nMODE=dev\n" };

it("a secret of .env in a command or an entry point is a parameter, behind the program", async () => {
  const { code, all } = await translate(
    `services:
  one: { image: acme/one, command: "run --auth \${DB_PASSWORD} --mode \${MODE}" }
  two: { image: acme/two, entrypoint: [sh, -c, "exec two -p \${DB_PASSWORD}"], command: [now] }
  three: { image: acme/three, entrypoint: [three, "--mode=\${MODE}"] }
`,
    secrets,
  );
  expect(code).toContain('args: ["run", "--auth", dbPassword, "--mode", "dev"]');
  expect(code).toMatch(
    /entrypoint: \["sh", "-c"\],\s+args: \[expression`exec two -p \$\{dbPassword\}`, "now"\]/,
  );
  expect(code).toContain('{ entrypoint: ["three", "--mode=dev"] }');
  expect(all).not.toContain("hunter");
});

it("a secret of .env in a build argument is left out, whatever the argument is called", async () => {
  const { code, notes, all } = await translate(
    "services: { one: { build: { context: ., args: { CONFIG: 'key=${API_SECRET}', MODE: '${MODE}' } } } }\n",
    { ...secrets, Dockerfile: "FROM scratch\n" },
  );
  expect(code).toContain('buildArgs: { MODE: "dev" }');
  expect(notes).toContain(
    'compose.yaml:1 one: the build argument "CONFIG" is a secret, and is not translated',
  );
  expect(all).not.toContain("hunter");
});

it("an address or a script with a password in it is asked for, never generated", async () => {
  const { code, all } = await translate(`services:
  one:
    image: acme/one
    command: sh -c "load https://me:hunter2@files.acme.io/a && run"
    environment: { DATABASE_URL: "postgres://me:hunter2@db.acme.io/shop", SESSION_SECRET: keyboard cat }
`);
  expect(code).toContain('const databaseUrl = host.addParameter("database-url", { secret: true });');
  expect(code).toContain('const argument = host.addParameter("argument", { secret: true });');
  expect(code).toContain(
    'const sessionSecret = host.addParameter("session-secret", { secret: true, generate: true });',
  );
  expect(all).not.toContain("hunter");
});

it("a password beside the address of a resource is not copied with it, nor are those of arguments", async () => {
  const { code, all } = await translate(`services:
  queue: { image: rabbitmq }
  app:
    image: acme/app
    environment:
      ALL: amqp://me:hunter2@mq.acme.io,amqp://guest:guest@queue:5672
      OWN: amqp://guest:guest@queue:5672,amqp://guest:guest@queue:5672/x
    command: ["--all=amqp://me:hunter3@mq.acme.io,amqp://guest:guest@queue:5672", -e, PASSWORD=hunter4, --requirepass, hunter5, LEVEL=3, "--own=amqp://queue:5672/y"]
`);
  expect(code).toContain('.withEnvironment("ALL", all)');
  expect(code).toContain('expression`${queue.property("uri")},${queue.property("uri")}/x`');
  expect(code).toContain("expression`PASSWORD=${password}`");
  expect(code).toContain('"LEVEL=3"');
  expect(code).toContain('expression`--own=${queue.property("uri")}/y`');
  expect(all).not.toContain("hunter");
});

it("a secret behind the command of a project, or in front of that of a Procfile, is not copied", async () => {
  const { code, notes, all } = await translate(
    `services:
  worker: { build: ./api, command: "node work.js --auth \${DB_PASSWORD}" }
  mode: { build: ./api, command: "node work.js --mode \${MODE}", environment: { SESSION_SECRET: "\${SESSION}" } }
`,
    {
      ...secrets,
      "api/package.json": '{ "name": "api", "scripts": { "start": "node server.js" } }',
      "api/server.js": "",
      Procfile: "job: API_TOKEN=hunter4 LEVEL=3 ./job\n",
    },
  );
  expect(code).toContain('.addProject("worker", "./api", { entryPoint: "work.js", http: false })');
  expect(code).toContain('{ entryPoint: "work.js", args: ["--mode", "dev"], http: false }');
  expect(code).toContain('const session = host.addParameter("session", { secret: true });');
  expect(code).toContain(
    '.addExecutable("job", "./job")\n  .withEnvironment("API_TOKEN", apiToken)\n  .withEnvironment("LEVEL", "3")',
  );
  expect(notes).toContain(
    "compose.yaml:2 worker: what stands behind its command holds a secret or an address, and is left out",
  );
  expect(all).not.toContain("hunter");
});
