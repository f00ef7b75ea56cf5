import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { commit, plan, undo } from "@dext/generators";
import type { ChangePlan } from "@dext/generators";
import { parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { fill, snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

const server = 'require("node:http").createServer().listen(process.env.PORT || 3000);\n';

/** The AppHost that is planned for these files, and the notes about it. */
async function appHostOf(
  files: Readonly<Record<string, string>>,
  answers: Readonly<Record<string, unknown>> = {},
): Promise<{ code: string; notes: string[]; change: ChangePlan; target: string }> {
  const target = await targetFolder(files);
  const change = await plan("apphost", answers, { target });
  const operation = change.operations.find(({ path }) => /^apphost\.m?ts$/.test(path));
  const code = operation !== undefined && "after" in operation ? operation.after.contents : "";
  expect(parseSync("apphost.ts", code, { sourceType: "module" }).errors).toEqual([]);
  const notes = change.followUps.flatMap((step) =>
    step.kind === "note" ? [`${step.file ?? ""}:${step.line ?? ""} ${step.text}`] : [],
  );
  return { code, notes, change, target };
}

function project(name: string, scripts: object = { start: "node server.js" }): string {
  return JSON.stringify({ name, scripts });
}

describe("an AppHost for what is there", () => {
  it("runs the members of an npm workspace that run by themselves, and tells which do not", async () => {
    const { code, notes, change } = await appHostOf({
      "package.json":
        '{ "private": true, "type": "module", "workspaces": ["apps/*", "packages/*"], "scripts": { "dev": "turbo dev" } }',
      "apps/api/package.json": project("@acme/api"),
      "apps/api/server.js": `${server}// "/health"\n`,
      "apps/worker/package.json": project("@acme/worker", { dev: "node work.js" }),
      "apps/worker/work.js": "setInterval(() => {}, 1000);\n",
      "packages/ui/package.json": project("@acme/ui", { dev: "rimraf dist && tsc --watch" }),
    });
    expect(code).toBe(`import { createBuilder } from "@dext/hosting";

const host = createBuilder();

host.addProject("api", "./apps/api").withHttpHealthCheck("/health");
host.addProject("worker", "./apps/worker", { http: false });

await host.run();
`);
    expect(notes).toEqual([
      "packages/ui/package.json: left out, since nothing in them runs by itself: packages/ui",
    ]);
    expect(change.operations.map(({ path }) => path)).toEqual([".gitignore", "apphost.ts", "package.json"]);
  });

  it("is apphost.mts in a package that is no module, and pinned in pnpm-workspace.yaml for pnpm", async () => {
    const { code, change } = await appHostOf(
      {
        "package.json": '{ "private": true, "devDependencies": { "turbo": "^2.0.0" } }',
        "pnpm-workspace.yaml": "packages:\n  - apps/*\noverrides:\n    # theirs\n    vite: ^7.0.0\n",
        "apps/web/package.json": project("web", { dev: "pnpm with-env next dev", "with-env": "dotenv --" }),
        ".gitignore": "**/node_modules\n",
      },
      { vendored: true },
    );
    expect(code).toContain('host.addProject("web", "./apps/web"');
    const texts = new Map(
      change.operations.map((each) => [each.path, "after" in each ? each.after.contents : ""]),
    );
    expect([...texts.keys()]).toEqual(["apphost.mts", "package.json", "pnpm-workspace.yaml"]);
    expect(JSON.parse(texts.get("package.json") ?? "")).toMatchObject({
      devDependencies: { "@dext/hosting": expect.stringMatching(/^file:/) as unknown, turbo: "^2.0.0" },
    });
    expect(texts.get("pnpm-workspace.yaml")).toMatch(
      /^packages:\n {2}- apps\/\*\noverrides:\n {4}"@dext\/core": "file:.*\n[\s\S]*# theirs\n {4}vite: \^7\.0\.0\n$/,
    );
    expect(change.followUps).toContainEqual({ kind: "install", directory: ".", packageManager: "pnpm" });
  });

  it("runs a single package, and folders with packages that no workspace lists, but no examples", async () => {
    const { code } = await appHostOf({
      "package.json": project("shop"),
      "server.js": server,
      "client/package.json": project("client", { dev: "vite" }),
      "examples/one/package.json": project("one"),
      "inner/package.json": '{ "name": "inner", "workspaces": ["*"], "scripts": { "dev": "turbo dev" } }',
      "inner/app/package.json": project("deep"),
      "inner/app/server.js": server,
      "cli/package.json": JSON.stringify({
        name: "tool",
        bin: "tool.js",
        scripts: { start: "node tool.js" },
      }),
    });
    expect(code).toContain('host.addProject("client", "./client")');
    expect(code).toContain('host.addProject("shop", ".")');
    expect(code).toContain('host.addProject("deep", "./inner/app")');
    expect(code).not.toMatch(/one|tool|"inner"/);
  });

  it("makes a package for Deno, which then finds what it imports from npm", async () => {
    const { code, change } = await appHostOf({
      "deno.jsonc":
        '{\n  // of ours\n  "workspace": ["./api"],\n  "imports": { "hono": "npm:hono@^4.1.0", "std": "jsr:@std/path@1" },\n}\n',
      "api/deno.json": '{ "tasks": { "dev": "deno run -A main.ts" } }',
      "api/main.ts": "Deno.serve(() => new Response());\n",
    });
    expect(code).toContain('host.addProject("api", "./api");');
    const texts = new Map(
      change.operations.map((each) => [each.path, "after" in each ? each.after.contents : ""]),
    );
    expect([...texts.keys()]).toEqual([".gitignore", "apphost.ts", "deno.jsonc", "package.json"]);
    expect(texts.get("deno.jsonc")).toContain("// of ours\n");
    expect(texts.get("deno.jsonc")).toContain('"nodeModulesDir": "manual"');
    expect(JSON.parse(texts.get("package.json") ?? "")).toMatchObject({
      type: "module",
      dependencies: { hono: "^4.1.0" },
    });
  });

  it("takes the processes of a Procfile", async () => {
    const { code } = await appHostOf({
      Procfile:
        "\uFEFFrelease: node migrate.js\n# ours\nweb: npm start\nworker: bundle exec sidekiq -q $QUEUE\ntick: cd ticker && RATE=5 npm run tick\n",
      "package.json": project("shop"),
      "server.js": server,
      "migrate.js": "",
      "ticker/package.json": project("ticker", { tick: "node tick.js", start: "node tick.js" }),
      "ticker/tick.js": "",
    });
    expect(code).toBe(`import { createBuilder } from "@dext/hosting";

const host = createBuilder();

const release = host.addProject("release", ".", { entryPoint: "migrate.js", http: false });
host.addProject("web", ".").waitForCompletion(release);

host
  .addExecutable("worker", "sh", { args: ["-c", "exec bundle exec sidekiq -q $QUEUE"] })
  .waitForCompletion(release);

host
  .addProject("tick", "./ticker", { script: "tick", http: false })
  .withEnvironment("RATE", "5")
  .waitForCompletion(release);

await host.run();
`);
  });

  it("refuses a repository with nothing in it, and says what it looked for", async () => {
    const target = await targetFolder({ "README.md": "# Nothing", "lib/package.json": '{ "name": "lib" }' });
    await expect(plan("apphost", {}, { target })).rejects.toMatchObject({
      code: "DEXT_GENERATE_NOTHING_FOUND",
      message: expect.stringMatching(
        /package\.json or deno\.json.*compose\.yaml.*Procfile.*"lib"/,
      ) as unknown,
      hint: expect.stringContaining("--compose <file>") as unknown,
    });
    expect(Object.keys(snapshot(target))).toEqual(["README.md", "lib", "lib/package.json"]);
  });

  it("leaves out what was not chosen, with what referred to it, and remembers the choice", async () => {
    const files = {
      "compose.yaml":
        "services:\n  api:\n    build: ./api\n    environment:\n      CACHE: redis://cache:6379\n      MODE: dev\n    depends_on: [cache]\n  cache:\n    image: redis\n",
      "api/package.json": project("api"),
      "api/server.js": server,
    };
    const { code, notes, change, target } = await appHostOf(files, { resources: ["api"] });
    expect(code).toContain('host.addProject("api", "./api").withEnvironment("MODE", "dev");');
    expect(notes).toContain('compose.yaml:2 "CACHE" of "api" is left out: it names "cache"');
    expect(notes.at(-1)).toContain("found too, and not taken: cache; --resources api,cache takes all");
    await commit(change);
    expect((await plan("apphost", {}, { target })).operations).toEqual([]);
    await fill(target, { "compose.yaml": "services:\n  cache:\n    image: redis\n" });
    const asked: unknown[] = [];
    await plan(
      "apphost",
      {},
      {
        target,
        ask: (question) => {
          asked.push(question.choices, question.initial);
          return Promise.resolve(["api", "cache"]);
        },
      },
    );
    expect(asked).toEqual([
      [
        { value: "cache", label: "cache", hint: "Redis (compose.yaml)" },
        { value: "api", label: "api", hint: "project in ./api" },
      ],
      ["api"],
    ]);
  });

  it("leaves an AppHost alone that somebody has written, and is taken back bit by bit", async () => {
    const files = { "package.json": project("shop"), "server.js": server };
    const target = await targetFolder({ ...files, "apphost.mjs": "// mine\n" });
    await expect(plan("apphost", {}, { target })).rejects.toMatchObject({ code: "DEXT_GENERATE_CONFLICT" });
    const other = await targetFolder(files);
    const before = snapshot(other);
    await commit(await plan("apphost", {}, { target: other }));
    expect(await readFile(join(other, "apphost.mts"), "utf8")).toContain('host.addProject("shop", ".")');
    await undo(other);
    expect(snapshot(other)).toEqual(before);
  });
});
