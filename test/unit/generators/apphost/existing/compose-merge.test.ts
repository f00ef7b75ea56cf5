import { describe, expect, it } from "vitest";
import { translate } from "../../../../fixtures/generators/translate-compose.ts";

const image = "services:\n  app:\n    image: acme/app\n";

// https://docs.docker.com/reference/compose-file/merge/
describe("an override of a Compose file", () => {
  it("adds to what is built and mounted, and to files of variables, and replaces commands", async () => {
    const { code } = await translate(
      `services:
  app:
    build: ./api
    env_file: a.env
    command: [one, two]
    ports: ["3000:3000"]
    volumes: ["data:/data", "./x:/x", "\${CACHE:-./cache}:/cache"]
    healthcheck: { test: [CMD, curl, "http://localhost:3000/old"], interval: 5s }
    environment: [A=1, B=1]
`,
      {
        "compose.override.yaml": `services:
  app:
    build: { target: dev, args: [LEVEL=3] }
    env_file: b.env
    command: [three]
    volumes: ["./dev:/data", { type: bind, source: warm, target: /cache }]
    healthcheck: { test: [CMD, curl, "http://localhost:3000/new"] }
    environment: { B: 2 }
`,
        "api/Dockerfile": "FROM scratch\n",
        "a.env": "FROM_A=1\n",
        "b.env": "FROM_B=1\n",
      },
    );
    expect(code).toContain(`host
  .addDockerfile("app", "./api", { target: "dev", buildArgs: { LEVEL: "3" }, args: ["three"] })
  .withHttpEndpoint({ port: 3000, targetPort: 3000 })
  .withHttpHealthCheck("/new")
  .withBindMount("./x", "/x")
  .withBindMount("./dev", "/data")
  .withBindMount("./warm", "/cache")
  .withEnvironment("FROM_A", "1")
  .withEnvironment("FROM_B", "1")
  .withEnvironment("A", "1")
  .withEnvironment("B", "2");`);
  });

  it("takes away services that it resets, and replaces others as a whole", async () => {
    const { code } = await translate(`${image}    ports: [80]\n  mail: { image: acme/mail }\n`, {
      "compose.override.yaml": "services: { mail: !reset null, app: !override { image: acme/other } }\n",
    });
    expect(code).toContain('\n\nhost.addContainer("app", "acme/other");\n\nawait');
  });

  it("takes away what it resets, and replaces what it says so of", async () => {
    const { code } = await translate(
      `${image}    ports: ["3000:3000", "4000:4000"]
    command: [x]
    volumes: ["./a:/a"]
    environment: { A: "1", B: "2" }
    depends_on: [other]
  other: { image: acme/other }
`,
      {
        "compose.override.yaml": `services:
  app:
    ports: !override ["5000:5000"]
    command: !reset null
    volumes: !reset []
    environment: { A: !reset null, C: !override "3" }
    depends_on: !override {}
`,
      },
    );
    expect(code).toContain(`host
  .addContainer("app", "acme/app")
  .withHttpEndpoint({ port: 5000, targetPort: 5000 })
  .withEnvironment("B", "2")
  .withEnvironment("C", "3");`);
  });
});

it("a service that extends one of another folder has its paths from there", async () => {
  const { code } = await translate(
    `services:
  app: { extends: { file: base/web/compose.yaml, service: web }, volumes: ["./here:/here"] }
`,
    {
      "base/web/compose.yaml": `services:
  web:
    extends: { file: ../compose.yaml, service: base }
    build: { context: ., target: dev }
    volumes: ["./conf:/conf", "data:/data", { type: bind, source: more, target: /more }]
`,
      "base/compose.yaml": `services:
  base: { image: acme/none, env_file: [base.env, { path: ./more.env }], volumes: ["../top:/top"] }
`,
      "base/base.env": "A=1\n",
      "base/more.env": "B=2\n",
      "base/web/Dockerfile": "FROM scratch\n",
    },
  );
  expect(code).toContain(`host
  .addDockerfile("app", "./base/web", { target: "dev" })
  .withBindMount("./top", "/top")
  .withBindMount("./base/web/conf", "/conf")
  .withVolume("data", "/data")
  .withBindMount("./base/web/more", "/more")
  .withBindMount("./here", "/here")
  .withEnvironment("A", "1")
  .withEnvironment("B", "2");`);
});

it.each([
  ["a port that is a variable", "curl -f http://localhost:${PORT:-3000}/health", "/health"],
  ["a port that the container knows", "curl -f http://127.0.0.1:$$PORT/health || exit 1", "/health"],
  ["a query", "wget -q 'http://localhost:3000/health?full=1'", "/health?full=1"],
  ["no path", "curl http://localhost:3000", "/"],
])("a health check that asks by HTTP with %s is one of that path", async (_, test, path) => {
  const compose = `${image}    ports: ["3000:3000"]\n    healthcheck: { test: ${JSON.stringify(test)} }\n`;
  const { code } = await translate(compose);
  expect(code).toContain(`.withHttpHealthCheck(${JSON.stringify(path)})`);
});

it("folders of one's own and of Windows are not mounted, and told", async () => {
  const { code, notes } = await translate(
    `${image}    volumes:\n      - ~/.aws:/home/node/.aws:ro\n      - C:\\code:/code\n      - c:/data:ro\n`,
  );
  expect(code).toContain(
    'host.addContainer("app", "acme/app").withVolume("c", "/data", { readOnly: true });',
  );
  expect(notes).toEqual([
    'compose.yaml:5 app: "~/.aws" is a folder of your own, and not mounted',
    "compose.yaml:6 app: this volume is not translated",
  ]);
});

it("numbers that JavaScript cannot hold stay as they are", async () => {
  const { code } = await translate(`${image}    environment: { ID: 1234567890123456789, PRICE: 1.5 }\n`);
  expect(code).toContain('.withEnvironment("ID", "1234567890123456789")');
  expect(code).toContain('.withEnvironment("PRICE", "1.5")');
});
