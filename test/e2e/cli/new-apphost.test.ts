import { execFile } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { findProgram } from "../../../hosting/src/orchestration/find-program.ts";
import { createAppFolder, repository } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { dext, endLeftDexts, startDext } from "../../fixtures/cli/dext-process.ts";
import { requirement } from "../../fixtures/requirement.ts";

const run = promisify(execFile);
const redisServer = await findProgram("redis-server");
const redis = requirement("redis", () => redisServer !== undefined);
afterEach(endLeftDexts);
afterAll(() => Promise.all(folders.map((folder) => folder.remove())));

const listening = `
const { createServer } = await import("node:http");
createServer((request, response) => {
  response.statusCode = request.url === "/health" ? 200 : 404;
  response.end(JSON.stringify({ mode: process.env.MODE, cache: process.env.CACHE_URL }));
}).listen(Number(process.env.PORT ?? 3000));
`;
const service = (name: string): string =>
  JSON.stringify({ name, type: "module", scripts: { start: "node server.js" } });

/** A repository of each shape, and the resources that it is to have. */
const shapes: readonly [string, Readonly<Record<string, string>>, readonly string[]][] = [
  [
    "an npm workspace",
    {
      "package.json": '{ "private": true, "workspaces": ["apps/*"] }',
      "apps/api/package.json": service("@shop/api"),
      "apps/api/server.js": listening,
      "apps/web/package.json": '{ "name": "@shop/web", "scripts": { "dev": "vite" } }',
    },
    ["api", "web"],
  ],
  [
    "a pnpm workspace",
    {
      "package.json": '{ "private": true, "type": "module" }',
      "pnpm-workspace.yaml": "packages: [services/*]\n",
      "services/mail/package.json": service("mail"),
      "services/mail/server.js": "setInterval(() => {}, 1000);",
    },
    ["mail"],
  ],
  [
    "a Compose file",
    {
      "docker-compose.yml": `services:
  api:
    build: ./api
    environment: { DATABASE_URL: "postgres://a:b@db/shop", QUEUE: "amqp://guest:guest@queue:5672", ADMIN_TOKEN: x-1 }
    depends_on: { db: { condition: service_healthy } }
  db: { image: postgres, environment: { POSTGRES_DB: shop }, volumes: ["data:/var/lib/postgresql/data"] }
  queue: { image: "rabbitmq:4-management" }
  events: { image: apache/kafka }
  mail: { image: axllent/mailpit, ports: ["8025:8025", "1025:1025"], volumes: ["mails:/data:ro"], profiles: [mail] }
  old: { build: { context: ./old, target: run, args: [LEVEL=1] }, command: "--db db:5432", restart: "on-failure:3" }
`,
      "api/package.json": service("api"),
      "api/server.js": listening,
      "old/Dockerfile": "FROM scratch AS run\n",
    },
    ["api", "db", "events", "mail", "old", "queue", "shop"],
  ],
  [
    "a Procfile",
    {
      "package.json": service("shop"),
      "server.js": listening,
      Procfile: "web: npm start\nsidekick: sleep 1000 | cat\n",
    },
    ["sidekick", "web"],
  ],
  [
    "Deno",
    {
      "deno.json": '{ "tasks": { "start": "deno run -A main.ts" } }',
      "main.ts": "Deno.serve({ port: Number(Deno.env.get('PORT')) }, () => new Response());\n",
    },
    ["shop"],
  ],
  ["a single package", { "package.json": service("one"), "server.js": listening }, ["one"]],
];

describe("dext new apphost", () => {
  it.each(shapes)(
    "makes one for %s that dext describe accepts, and changes nothing when it runs again",
    async (_, files, wanted) => {
      const folder = await repositoryOf(files);
      const made = await dext(["new", "apphost", "--yes", "--no-install", "--no-vendored"], { folder });
      expect(made).toMatchObject({ code: 0, stderr: "" });
      const [appHost = ""] = (await readdir(folder.path)).filter((name) => /^apphost\.m?ts$/.test(name));
      appHosts.push(join(folder.path, appHost));
      expect(await readFile(join(folder.path, appHost), "utf8")).toContain("await host.run();");
      const described = await dext(["describe", "--json"], { folder });
      expect(described).toMatchObject({ code: 0, stderr: "" });
      const { resources } = JSON.parse(described.stdout) as { resources: readonly { name: string }[] };
      expect(resources.map(({ name }) => name).toSorted()).toEqual(wanted);
      const again = await dext(["new", "apphost", "--yes", "--no-install"], { folder });
      expect(again).toMatchObject({
        code: 0,
        stdout: "Nothing to change: everything is there already.\n",
      });
    },
    60_000,
  );

  it("makes only what checks", async () => {
    expect(appHosts).toHaveLength(shapes.length);
    await check(appHosts);
  }, 60_000);

  it.skipIf(!redis.available)(
    `makes one that runs the system, healthy and stopped in order ${redis.reason}`,
    async () => {
      const folder = await repositoryOf({
        "package.json": '{ "private": true, "type": "module", "workspaces": ["apps/*"] }',
        "compose.yaml": `services:
  api:
    build: apps/api
    environment: { CACHE_URL: "redis://cache:6379/3", MODE: "\${MODE:-compose}" }
    depends_on: [cache]
  cache: { image: redis }
`,
        "apps/api/package.json": service("api"),
        "apps/api/server.js": listening,
        "apps/front/package.json": service("front"),
        "apps/front/server.js": listening,
      });
      await dext(["new", "apphost", "--yes", "--no-install", "--no-vendored"], { folder });
      const system = startDext(["run", "--json"], { folder, env: { DEXT_LAUNCH: "process" } });
      const waited = await dext(["wait", "cache", "api", "front", "--for", "healthy", "--timeout", "60s"], {
        folder,
      });
      expect(waited).toMatchObject({ code: 0 });
      const { resources } = JSON.parse((await dext(["ps", "--json"], { folder })).stdout) as Listing;
      const url = resources.find(({ name }) => name === "api")?.endpoints[0]?.url ?? "";
      const answer = (await (await fetch(url)).json()) as object;
      expect(answer).toEqual({
        mode: "compose",
        cache: expect.stringMatching(/^redis:\/\/:.+@localhost:\d+\/3$/) as unknown,
      });
      system.signal("SIGTERM");
      expect(await system.ended).toMatchObject({ code: 0 });
    },
    90_000,
  );

  it("refuses a folder with nothing in it, and names what it looked for; help is given nevertheless", async () => {
    const folder = await repositoryOf({ "README.md": "" });
    const refused = await dext(["new", "apphost", "--yes"], { folder });
    expect(refused).toMatchObject({ code: 3, stdout: "" });
    expect(refused.stderr).toContain("DEXT_GENERATE_NOTHING_FOUND");
    expect(refused.stderr).toContain("--compose <file>");
    expect(await readdir(folder.path)).toEqual(["README.md", "node_modules"]);
    const help = await dext(["new", "apphost", "--help"], { folder });
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining("--compose <value>") as unknown });
  });

  it("tells what it could not translate with file and line, and shows everything with --dry-run", async () => {
    const folder = await repositoryOf({
      "compose.yaml": "services:\n  a:\n    image: acme/a\n    privileged: true\n",
    });
    const dry = await dext(["new", "apphost", "--yes", "--dry-run"], { folder });
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining("+++ b/apphost.ts\n") as unknown });
    const json = await dext(["new", "apphost", "--json"], { folder });
    expect(JSON.parse(json.stdout)).toMatchObject({
      followUps: expect.arrayContaining([
        { kind: "note", file: "compose.yaml", line: 4, text: 'a: "privileged" is not translated' },
      ]) as unknown,
    });
    expect(await readdir(folder.path)).toEqual(["compose.yaml", "node_modules"]);
    const made = await dext(["new", "apphost", "--no-install", "--no-vendored"], { folder });
    expect(made.stdout).toContain('\nNotes:\n  compose.yaml:4  a: "privileged" is not translated\n');
    await dext(["undo", "--yes"], { folder });
    expect((await readdir(folder.path)).filter((name) => name !== ".dext")).toEqual([
      "compose.yaml",
      "node_modules",
    ]);
  });
});

interface Listing {
  readonly resources: readonly { name: string; endpoints: readonly { url: string }[] }[];
}

const folders: AppFolder[] = [];
/** What was made, to be checked together. */
const appHosts: string[] = [];

async function repositoryOf(files: Readonly<Record<string, string>>): Promise<AppFolder> {
  const folder = await createAppFolder(files);
  if (!Object.hasOwn(files, "package.json")) await rm(join(folder.path, "package.json"));
  folders.push(folder);
  return folder;
}

/** Checks the types as repositories do that have installed the packages. */
async function check(files: readonly string[]): Promise<void> {
  const config = join(files[0] ?? "", "../tsconfig.check.json");
  const compilerOptions = {
    module: "nodenext",
    target: "es2024",
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: ["node"],
  };
  await writeFile(config, JSON.stringify({ compilerOptions, files }));
  await run(join(repository, "node_modules/.bin/tsc"), ["-p", config]);
}
