import { plan } from "@dext/generators";
import { parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { targetFolder } from "../../../../fixtures/generators/target-folder.ts";
import { translate } from "../../../../fixtures/generators/translate-compose.ts";

const server = 'require("node:http").createServer().listen(process.env.PORT || 3000);\n';

function member(name: string): string {
  return `{ "name": "@acme/${name}", "scripts": { "start": "node server.js" } }`;
}

const api = {
  "api/package.json": '{ "name": "api", "scripts": { "dev": "node server.js" } }',
  "api/server.js": server,
};

describe("a Compose file", () => {
  it("becomes projects, backing resources and what ties them", async () => {
    const { code, notes, all } = await translate(
      `services:
  web:
    image: ghcr.io/acme/web:2
    ports: ["8080:80"]
    environment:
      API: http://api:3000/v1
      TITLE: "it's \${TITLE:-a shop}"
    depends_on: [api]
    profiles: [full]
    deploy: { replicas: 2 }
    healthcheck: { test: ["CMD", "curl", "-f", "http://localhost/ping"] }
  api:
    build: ./api
    command: npm run dev
    ports: ["3000:3000", "9229:9229"]
    environment:
      - PORT=3000
      - DATABASE_URL=postgres://shop:hunter2@db:5432/shop?sslmode=disable
      - REDIS_HOST=cache
      - REDIS_PORT=6379
      - SESSION_SECRET=keyboard-cat
      - STRIPE_KEY=sk_test_abcdefghijkl
      - TOKEN
    volumes: ["./api:/app", "/app/node_modules"]
    depends_on:
      db: { condition: service_healthy }
      cache: { condition: service_started }
      setup: { condition: service_completed_successfully }
  setup:
    build: { context: ./setup, target: run, args: { LEVEL: "3" } }
    command: ["migrate", "--password=hunter2"]
    environment: { PGHOST: db, PGPORT: 5432, PGUSER: shop, PGPASSWORD: hunter2, PGDATABASE: shop }
  db:
    image: postgres:17
    environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: hunter2, POSTGRES_DB: shop }
    volumes: ["data:/var/lib/postgresql/data", "./seed.sql:/docker-entrypoint-initdb.d/seed.sql"]
    ports: ["5432:5432"]
  cache: { image: "valkey/valkey:8", restart: always }
`,
      { ...api, "setup/Dockerfile": "FROM scratch\n" },
    );
    expect(code).toBe(`import { createBuilder, expression } from "@dext/hosting";

const host = createBuilder();

const sessionSecret = host.addParameter("session-secret", { secret: true, generate: true });
const stripeKey = host.addParameter("stripe-key", { secret: true });
const password = host.addParameter("password", { secret: true, generate: true });

const db = host.addPostgres("db").withDataVolume().withInitFiles("./seed.sql");
const cache = host.addRedis("cache").withRestart("always");
const shop = db.addDatabase("shop");

const setup = host
  .addDockerfile("setup", "./setup", {
    target: "run",
    buildArgs: { LEVEL: "3" },
    args: ["migrate", expression\`--password=\${password}\`],
  })
  .withReference(shop)
  .withEnvironment("PGHOST", shop.property("host"))
  .withEnvironment("PGPORT", shop.property("port"))
  .withEnvironment("PGUSER", shop.property("username"))
  .withEnvironment("PGPASSWORD", shop.property("password"))
  .withEnvironment("PGDATABASE", shop.property("databaseName"))
  .waitFor(shop);

const api = host
  .addProject("api", "./api")
  .withHttpEndpoint({ port: 3000 })
  .withReference(shop)
  .withReference(cache)
  .withEnvironment("DATABASE_URL", expression\`\${shop.property("uri")}?sslmode=disable\`)
  .withEnvironment("REDIS_HOST", cache.property("host"))
  .withEnvironment("REDIS_PORT", cache.property("port"))
  .withEnvironment("SESSION_SECRET", sessionSecret)
  .withEnvironment("STRIPE_KEY", stripeKey)
  .waitFor(shop)
  .waitForStart(cache)
  .waitForCompletion(setup);

host
  .addContainer("web", "ghcr.io/acme/web:2")
  .withHttpEndpoint({ port: 8080, targetPort: 80 })
  .withHttpHealthCheck("/ping")
  .withProfile("full")
  .withReplicas(2)
  .withReference(api)
  .withEnvironment("API", expression\`\${api.endpoint("http")}/v1\`)
  .withEnvironment("TITLE", "it's a shop")
  .waitFor(api);

await host.run();
`);
    expect(all).not.toMatch(/hunter2|keyboard-cat|sk_test/);
    expect(notes).toEqual([
      'compose.yaml:34 db: addPostgres() runs PostgreSQL instead of the image "postgres:17", on a free port; { port: 5432 } behind its name keeps the port',
      'compose.yaml:38 cache: addRedis() runs Redis instead of the image "valkey/valkey:8"',
      'compose.yaml:12 api: "cache" has a password here: it is in CACHE_PASSWORD and CACHE_URI',
      'compose.yaml:21 parameter "session-secret": its value is generated instead of copied; Parameters__session-secret gives another one',
      'compose.yaml:22 parameter "stripe-key": dext run asks for it, or takes Parameters__stripe-key from the environment',
      'compose.yaml:31 parameter "password": its value is generated instead of copied; Parameters__password gives another one',
    ]);
  });

  it("keeps the passwords of other servers as one parameter for both sides", async () => {
    const { code, all } = await translate(`services:
  app:
    image: acme/app
    environment:
      URL: mysql://root:s3cr%2Ft@sql:3306/shop
      SQL_HOST: sql
      SQL_PASSWORD: s3cr/t
      MAIL: smtp://mail:1025
  sql: { image: mysql:8, environment: { MYSQL_ROOT_PASSWORD: s3cr/t } }
  mail: { image: axllent/mailpit, ports: ["8025:8025", "1025"] }
`);
    expect(code).toContain(
      'expression`mysql://root:${encoded(mysqlRootPassword, "uri")}@${sql.endpoint("tcp").hostPort}/shop`',
    );
    expect(code).toContain('.withEnvironment("SQL_HOST", sql.endpoint("tcp").host)');
    expect(code).toContain('.withEnvironment("SQL_PASSWORD", mysqlRootPassword)');
    expect(code).toContain('expression`smtp://${mail.endpoint("smtp").hostPort}`');
    expect(all).not.toContain("s3cr");
  });

  it("is read with its variables, env files, anchors, extensions and override", async () => {
    const { code } = await translate(
      `x-env: &env
  LEVEL: \${LEVEL:-info}
  PRICE: 5$$
services:
  base: { image: acme/base, environment: { <<: *env, FROM: base } }
  app:
    extends: { service: base }
    env_file: [app.env]
    environment: { FROM: app, KEY: "\${SOME_NAME}" }
`,
      {
        ".env": "LEVEL=debug\n",
        "app.env": "# theirs\nexport COLOUR='deep blue' \nHOST=base\n",
        "compose.override.yaml": "services:\n  app:\n    environment: [EXTRA=1]\n    image: acme/app\n",
      },
    );
    expect(code).toContain(`host
  .addContainer("app", "acme/app")
  .withEnvironment("COLOUR", "deep blue")
  .withEnvironment("HOST", "base")
  .withEnvironment("LEVEL", "debug")
  .withEnvironment("PRICE", "5$")
  .withEnvironment("FROM", "app")
  .withEnvironment("KEY", someName)
  .withEnvironment("EXTRA", "1");`);
    expect(code).toContain('const someName = host.addParameter("some-name", { secret: true });');
  });

  it("is read with what it includes, from the folders of those files and with their variables", async () => {
    const { code, notes } = await translate(
      `include:
  - infra/compose.yaml
  - { path: [mail/a.yaml, mail/b.yaml], env_file: mail/dev.env }
  - ../elsewhere/compose.yaml
  - oci://registry.example.com/acme/more
services:
  app: { image: acme/app, environment: { DB: "postgres://db/app", LEVEL: "\${LEVEL:-none}" }, depends_on: [db] }
`,
      {
        ".env": "TAG=1\n",
        "infra/compose.yaml": `services:
  db: { image: "postgres:17" }
  proxy: { build: ., env_file: proxy.env, volumes: ["./conf:/conf"], environment: { LEVEL: "\${LEVEL}" } }
`,
        "infra/.env": "LEVEL=info\n",
        "infra/proxy.env": "MODE=dev\n",
        "infra/Dockerfile": "FROM scratch\n",
        "mail/a.yaml": 'services: { mail: { image: "acme/mail:${TAG}", environment: { A: "${B}" } } }\n',
        "mail/b.yaml": "services: { mail: { environment: { C: d } } }\n",
        "mail/dev.env": "TAG=2\nB=b\n",
      },
    );
    expect(code).toContain(`host
  .addContainer("app", "acme/app")
  .withReference(dbApp)
  .withEnvironment("DB", dbApp.property("uri"))
  .withEnvironment("LEVEL", "none")`);
    expect(code).toContain(`host
  .addDockerfile("proxy", "./infra")
  .withBindMount("./infra/conf", "/conf")
  .withEnvironment("MODE", "dev")
  .withEnvironment("LEVEL", "info");`);
    expect(code).toContain(`host
  .addContainer("mail", "acme/mail:1")
  .withEnvironment("A", "b")
  .withEnvironment("C", "d");`);
    expect(notes.filter((note) => note.includes("include"))).toEqual([
      'compose.yaml:4 "../elsewhere/compose.yaml" is not included: there is no such file in this repository',
      'compose.yaml:5 "oci://registry.example.com/acme/more" is not included: there is no such file in this repository',
    ]);
  });

  it("that includes itself is refused with file and line", async () => {
    const planned = translate("include: [other.yaml]\nservices: { a: { image: acme/a } }\n", {
      "other.yaml": "include:\n  - compose.yaml\nservices: { b: { image: acme/b } }\n",
    });
    await expect(planned).rejects.toMatchObject({
      code: "DEXT_GENERATE_SYSTEM_UNREADABLE",
      message: '"other.yaml:2" cannot be understood: "compose.yaml" includes itself',
    });
  });

  it.each([
    ["restart: always", '.withRestart("always")'],
    ["restart: unless-stopped", '.withRestart("unless-stopped")'],
    ["restart: on-failure:3", '.withRestart("on-failure", { limit: 3 })'],
    ["restart: no", ""],
    ["deploy: { restart_policy: { max_attempts: 4 } }", '.withRestart("always", { limit: 4 })'],
    ["deploy: { restart_policy: { condition: none } }, restart: always", ""],
    ["deploy: { restart_policy: { condition: on-failure } }", '.withRestart("on-failure")'],
  ])("whose service has %s is translated with that policy", async (field, call) => {
    const { code, notes } = await translate(`services:\n  app: { image: acme/app, ${field} }\n`);
    expect(code).toContain(`host.addContainer("app", "acme/app")${call};`);
    expect(notes).toEqual([]);
  });

  it("may name an anchor as often as a large file does", async () => {
    const services = Array.from({ length: 150 }, (_, index) => `  s${index}: { image: acme/app, <<: *more }`);
    const { code } = await translate(
      `x-more: &more { labels: { a: b } }\nservices:\n${services.join("\n")}\n`,
    );
    expect(code).toContain('host.addContainer("s149", "acme/app");');
  });

  it("takes the example in place of a file of variables that is not committed, but for a process, which reads its own", async () => {
    const { code, notes } = await translate(
      `services:
  app: { image: "acme/app:\${TAG}", env_file: app.env, environment: { LIMIT: "\${API_KEY_RATE_LIMIT}" } }
  api: { build: ./api, env_file: api/.env, ports: ["3000:3000"] }
`,
      {
        ...api,
        ".env.example": "TAG=3\nAPI_KEY_RATE_LIMIT=60/minute\n",
        "app.env.example": "MODE=dev\nEMPTY=\nKIND= # one of a, b\nCOLOUR=#fff\n",
        "api/.env.example": "STRIPE_KEY=your-key\n",
      },
    );
    expect(code).toContain(`host
  .addContainer("app", "acme/app:3")
  .withEnvironment("MODE", "dev")
  .withEnvironment("COLOUR", "#fff")
  .withEnvironment("LIMIT", "60/minute");`);
    expect(code).toContain('host.addProject("api", "./api").withHttpEndpoint({ port: 3000 });');
    expect(notes).toEqual([
      'compose.yaml:2 app: "app.env" is not there; its example "app.env.example" is taken instead',
      'compose.yaml:3 api: "api/.env" is not there, so that its variables are not translated',
    ]);
  });

  it("gives the password of a Redis also as what some call AUTH, and files of keys as they are", async () => {
    const { code } = await translate(`services:
  app:
    image: acme/app
    environment: { REDIS_HOST: cache, REDIS_PORT: 6379, REDIS_AUTH: s3cret, REDIS_TLS_KEY: /certs/redis.key }
  cache: { image: "redis:8", command: redis-server --requirepass s3cret }
`);
    expect(code).toContain('.withEnvironment("REDIS_AUTH", cache.property("password"))');
    expect(code).toContain('.withEnvironment("REDIS_TLS_KEY", "/certs/redis.key")');
    expect(code).not.toContain("addParameter");
  });

  it("gives clients what the server has by the same name, and its password by any name", async () => {
    const { code } = await translate(`x-db: &db
  POSTGRES_USER: \${POSTGRES_USER:-shop}
  POSTGRES_PASSWORD: \${POSTGRES_PASSWORD:-hunter2}
services:
  app:
    image: acme/app
    environment: { <<: *db, DB_HOST: db, DB_PORT: 5432, OWNER_PASS: hunter2, MODE: shop }
    depends_on: [db]
  other: { image: acme/other, environment: { <<: *db } }
  task: { image: acme/task, environment: { <<: *db, DB_HOST: db } }
  db: { image: "postgres:17", environment: { <<: *db } }
`);
    expect(code).toContain(`host
  .addContainer("app", "acme/app")
  .withReference(db)
  .withEnvironment("POSTGRES_USER", db.property("username"))
  .withEnvironment("POSTGRES_PASSWORD", db.property("password"))
  .withEnvironment("DB_HOST", db.property("host"))
  .withEnvironment("DB_PORT", db.property("port"))
  .withEnvironment("OWNER_PASS", db.property("password"))
  .withEnvironment("MODE", "shop")
  .waitFor(db);`);
    expect(code).toContain(
      '.withEnvironment("POSTGRES_PASSWORD", db.property("password"))\n  .withEnvironment("DB_HOST", db.property("host"))\n  .waitFor(db);',
    );
    // It has nothing to do with the server.
    expect(code).toContain(
      '.addContainer("other", "acme/other")\n  .withEnvironment("POSTGRES_USER", "shop")',
    );
  });

  it("gives clients of servers that share a file of variables what is each one's own", async () => {
    const { code } = await translate(
      `services:
  cache: { image: "redis:8", env_file: all.env }
  db: { image: "postgres:17", env_file: all.env }
  app: { image: acme/app, env_file: all.env, depends_on: [cache, db] }
`,
      { "all.env": "REDIS_PASSWORD=one\nPOSTGRES_USER=me\nPOSTGRES_PASSWORD=two\nPOSTGRES_DB=shop\n" },
    );
    expect(code).toContain(`  .withEnvironment("REDIS_PASSWORD", cache.property("password"))
  .withEnvironment("POSTGRES_USER", shop.property("username"))
  .withEnvironment("POSTGRES_PASSWORD", shop.property("password"))
  .withEnvironment("POSTGRES_DB", shop.property("databaseName"))`);
  });

  it("built from the root of a workspace is the member of that name, and a Procfile deploys what it has", async () => {
    const { code, notes } = await translate(
      `services:
  mail: { build: { context: ., dockerfile: Dockerfile.dev }, command: mise run mail }
  mail-worker: { build: { context: ., dockerfile: Dockerfile.dev }, command: [run, "${"x".repeat(80)}"] }
`,
      {
        "package.json": '{ "name": "shop", "type": "module", "workspaces": ["mail"] }',
        "mail/package.json": member("mail"),
        "mail/server.js": server,
      },
    );
    expect(code).toContain('host.addProject("mail", "./mail");');
    expect(code).toContain('host\n  .addDockerfile("mail-worker", ".", {\n    dockerfile: "Dockerfile.dev",');
    expect(code).not.toContain("mail-2");
    const root = await translate("services: { api: { build: . } }\n", {
      "package.json": '{ "name": "shop", "type": "module", "scripts": { "start": "node server.js" } }',
      "server.js": server,
      Procfile: "web: npm start\nrelease: npm run migrate\nwork: node work.js\n",
    });
    expect(root.code).toContain('host.addProject("api", ".");');
    expect(root.code.match(/add[A-Z]/g)).toHaveLength(2);
    expect([...notes, ...root.notes].filter((note) => note.includes("deployment"))).toEqual([
      'Procfile:1 "web" is for a deployment of what the Compose file has',
      'Procfile:2 "release" is for a deployment of what the Compose file has',
    ]);
  });

  it("writes a script of several lines as lines", async () => {
    const script = "while true; do\n  echo `date` $$HOME \\ \n  sleep 9\ndone";
    const { code } = await translate(
      `services: { cron: { image: alpine, command: [sh, -c, ${JSON.stringify(script)}] } }`,
    );
    const written = "`while true; do\n  echo \\`date\\` $HOME \\\\ \n  sleep 9\ndone`";
    expect(code).toContain(`args: ["sh", "-c", ${written}]`);
  });

  it("finds the members of a workspace by the folders of their Dockerfiles, and by images named after both", async () => {
    const { code } = await translate(
      `services:
  admin: { build: { context: ., dockerfile: apps/admin/Dockerfile.admin } }
  shop-web: { image: "ghcr.io/acme/shop", ports: ["3000:3000"], environment: { URL: "http://shop-web:3000/a" } }
  mailer: { image: "ghcr.io/acme/shop-worker:1" }
  other: { image: "ghcr.io/others/shop-like" }
`,
      {
        "package.json":
          '{ "name": "shop", "type": "module", "workspaces": ["apps/*"], "scripts": { "dev": "turbo run dev" } }',
        ...Object.fromEntries(
          ["admin", "web", "worker"].flatMap((name) => [
            [`apps/${name}/package.json`, member(name)],
            [`apps/${name}/server.js`, server],
          ]),
        ),
        "apps/admin/Dockerfile.admin": "FROM node\n",
      },
    );
    expect(code).toContain('host.addProject("admin", "./apps/admin");');
    expect(code).toContain(`host
  .addProject("shop-web", "./apps/web")
  .withHttpEndpoint({ port: 3000 })
  .withEnvironment("URL", "http://localhost:3000/a");`);
    expect(code).toContain('host.addProject("mailer", "./apps/worker");');
    expect(code).toContain('host.addContainer("other", "ghcr.io/others/shop-like");');
    expect(code.match(/addProject/g)).toHaveLength(3);
  });

  it("tells with file and line of what has no counterpart", async () => {
    const { notes } = await translate(`include: [other.yaml]
services:
  app:
    image: acme/app
    privileged: true
    secrets: [key]
    ports: ["3000-3005:3000-3005"]
    volumes: [{ type: tmpfs, target: /tmp }]
    healthcheck: { test: "ps | grep app" }
    environment: { A: "\${A:-}", B: }
    env_file: missing.env
  gone: { build: "https://github.com/acme/gone.git" }
`);
    expect(notes).toEqual([
      'compose.yaml:1 "other.yaml" is not included: there is no such file in this repository',
      "compose.yaml:7 app: this port is not translated",
      'compose.yaml:12 "gone" is left out: it is built from a repository elsewhere',
      'compose.yaml:11 app: "missing.env" is not there, so that its variables are not translated',
      "compose.yaml:10 app: without a value unless your shell gives one, and left out: B, A",
      "compose.yaml:9 app: its health check is a command, which Dext does not run: it counts as healthy when it listens",
      "compose.yaml:8 app: this volume is not translated",
      'compose.yaml:6 app: the secret "key" is not translated',
      'compose.yaml:5 app: "privileged" is not translated',
    ]);
  });

  it("that only has what services need is tied to them by their environment files", async () => {
    const { code } = await translate(
      "services:\n  db: { image: postgres, ports: ['54320:5432'], environment: { POSTGRES_DB: shop } }\n  cache: { image: redis, ports: ['6379:6379'] }\n",
      {
        ".env.example":
          "DATABASE_URL=postgres://shop:x@localhost:54320/shop\nREDIS_URL=redis://127.0.0.1:6379\n",
        "package.json": '{ "type": "module", "workspaces": ["apps/*"] }',
        "apps/api/package.json": '{ "name": "api", "scripts": { "start": "node server.js" } }',
        "apps/api/server.js": `${server}connect(process.env.DATABASE_URL);\n`,
        "apps/web/package.json": '{ "name": "web", "scripts": { "dev": "vite" } }',
        "apps/web/.env": "VITE_API_URL=http://localhost:3000/v1\nCACHE=redis://localhost:6379/2\n",
      },
    );
    expect(code).toContain(`host
  .addProject("api", "./apps/api")
  .withReference(shop)
  .withEnvironment("DATABASE_URL", shop.property("uri"))
  .waitFor(shop);`);
    expect(code).toContain('.withEnvironment("VITE_API_URL", expression`${api.endpoint("http")}/v1`)');
    expect(code).toContain('.withEnvironment("CACHE", expression`${cache.property("uri")}/2`)');
    expect(code).not.toContain("REDIS_URL");
  });

  it("ties nothing by a port that several publish, or that is only there in a profile", async () => {
    const { code, notes } = await translate(
      `services:
  one: { image: acme/one, ports: ["8001:80"] }
  two: { image: acme/two, ports: ["8001:80"], environment: { ONE: "http://localhost:8001" } }
  admin: { image: acme/admin, ports: ["8002:80"], profiles: [admin, all] }
`,
      { ...api, "api/.env": "ONE_URL=http://localhost:8001\nADMIN_URL=http://localhost:8002\n" },
    );
    expect(code).toContain('host.addProject("api", "./api");');
    expect(code).toContain(".withHttpEndpoint({ port: 8001, targetPort: 80 })");
    expect(code).toContain(".withHttpEndpoint({ targetPort: 80 })");
    expect(notes).toContain(
      'compose.yaml:3 two: port 8001 is that of "one", and a free one is taken instead',
    );
    expect(code).toContain('.withProfile(["admin", "all"])');
    expect(code).toContain('.withEnvironment("ONE", "http://localhost:8001")');
  });

  it("mounts secrets that are files, folders, and volumes that are read only", async () => {
    const { code } = await translate(`services:
  sql:
    image: mysql
    secrets: [root, { source: root, target: /etc/root }]
    volumes: ["data:/var/lib/mysql", "./conf.d:/etc/mysql/conf.d:ro", "../up:/up", "/abs:/abs"]
secrets: { root: { file: db/root.txt } }
`);
    expect(code).toContain(`
  .withVolume("data", "/var/lib/mysql")
  .withBindMount("./conf.d", "/etc/mysql/conf.d", { readOnly: true })
  .withBindMount("../up", "/up")
  .withBindMount("/abs", "/abs")
  .withBindMount("./db/root.txt", "/run/secrets/root", { readOnly: true })
  .withBindMount("./db/root.txt", "/etc/root", { readOnly: true });`);
  });

  it("whose services name each other in a circle becomes statements in an order that works", async () => {
    const { code } = await translate(`services:
  a: { image: acme/a, ports: ["81:80"], environment: { B: "http://b:80" } }
  b: { image: acme/b, ports: ["82:80"], environment: { A: "http://a:80" }, depends_on: [a] }
`);
    expect(code)
      .toContain(`const a = host.addContainer("a", "acme/a").withHttpEndpoint({ port: 81, targetPort: 80 });

const b = host
  .addContainer("b", "acme/b")
  .withHttpEndpoint({ port: 82, targetPort: 80 })
  .withReference(a)
  .withEnvironment("A", a.endpoint("http"))
  .waitFor(a);

a.withReference(b).withEnvironment("B", b.endpoint("http"));`);
  });

  it("with hostile names and values stays data", async () => {
    const hostile = '"); process.exit(1); ("\\';
    const { code, notes } = await translate(
      JSON.stringify({
        services: {
          [`x${hostile}`]: { image: "acme/a", environment: { "A B": "x", MODE: hostile, T: "`$${1}`" } },
          __proto__x: { image: "acme/b", command: [hostile, "${X}"] },
          host: { image: "acme/c", profiles: [hostile], volumes: ["`$${1}`:/data"] },
          bad: { image: `acme/${hostile}` },
        },
      }),
    );
    const { program } = parseSync("apphost.ts", code, { sourceType: "module" });
    expect(program.body.map(({ type }) => type)).not.toContain("EmptyStatement");
    expect(code).toContain(`.withEnvironment("MODE", ${JSON.stringify(hostile)})`);
    expect(code).toContain('.addContainer("x-process-exit-1", "acme/a")');
    expect(code).not.toMatch(/^\s*process\.exit/m);
    expect(notes).toContain('compose.yaml:1 "bad" is left out: its image has no valid name');
    expect(notes.join("\n")).toContain("not names of variables, and left out: A B");
  });

  it.each([
    ["no YAML", "services:\n  a: [", /"compose\.yaml:\d+" cannot be understood/],
    ["no services", "volumes: {}\n", 'it has no "services"'],
    ["an extension of itself", "services:\n  a: { extends: a }\n", '"a" extends itself'],
    ["an extension of nothing", "services:\n  a: { extends: b }\n", '"a" extends "b", which is not there'],
    ["too many aliases", bomb(), /cannot be understood/],
  ])("that is %s is refused with its place", async (_, compose, message) => {
    const target = await targetFolder({ "compose.yaml": compose });
    await expect(plan("apphost", {}, { target })).rejects.toMatchObject({
      code: "DEXT_GENERATE_SYSTEM_UNREADABLE",
      message: expect.stringMatching(message) as unknown,
      hint: expect.stringContaining("--compose none") as unknown,
    });
  });

  it("is the one for development, the one that is named, or none, and never one outside", async () => {
    const one = "services: { one: { image: acme/one } }";
    const two = "services: { two: { image: acme/two } }";
    const files = { "docker/compose.prod.yml": one, "docker-compose.dev.yml": two, ...api };
    const target = await targetFolder(files);
    const codeOf = async (answers: Readonly<Record<string, unknown>>): Promise<string> => {
      const { operations } = await plan("apphost", answers, { target });
      const operation = operations.find(({ path }) => path === "apphost.ts");
      return operation !== undefined && "after" in operation ? operation.after.contents : "";
    };
    expect(await codeOf({})).toContain('"acme/two"');
    expect(await codeOf({ compose: "docker/compose.prod.yml" })).toContain('"acme/one"');
    expect(await codeOf({ compose: "none" })).not.toContain("acme");
    await expect(codeOf({ compose: "../compose.yaml" })).rejects.toMatchObject({
      code: "DEXT_GENERATE_PATH_INVALID",
    });
    await expect(codeOf({ compose: "nothing.yaml" })).rejects.toMatchObject({
      code: "DEXT_GENERATE_SYSTEM_UNREADABLE",
    });
  });
});

/** A few lines that stand for more values than a machine has memory for. */
function bomb(): string {
  const levels = "bcdefghi"
    .split("")
    .map(
      (name, index) =>
        `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcdefgh"[index]}`).join(",")}]`,
    );
  return ["a: &a [x]", ...levels, "services: { s: { image: acme/a, command: *i } }", ""].join("\n");
}
