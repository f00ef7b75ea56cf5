import { detectProject } from "@dext/project";
import type { ProjectDescription } from "@dext/project";
import { describe, expect, test } from "vitest";
import { projectTree } from "../../fixtures/project-tree.ts";
import type { ProjectTree } from "../../fixtures/project-tree.ts";

describe("the entry point is found by", () => {
  test.each([
    ["node src/cli.ts", "src/cli.ts"],
    ["node ./src/cli.ts --port 3000", "src/cli.ts"],
    ["NODE_ENV=production node --enable-source-maps --import ./otel.ts src/cli.ts", "src/cli.ts"],
    ["node -r dotenv/config --env-file .env src/cli.ts", "src/cli.ts"],
    ["cross-env A=1 tsx watch src/cli.ts", "src/cli.ts"],
    ["nodemon --ext ts --exec tsx src/cli.ts", "src/cli.ts"],
    ["npm run build && node src/cli.ts", "src/cli.ts"],
    ["deno run -A --config deno.json src/cli.ts", "src/cli.ts"],
    ["deno serve --port 8000 src/cli.ts", "src/cli.ts"],
    ["bun --hot src/cli.ts", "src/cli.ts"],
    ["bun run --watch src/cli.ts", "src/cli.ts"],
    ["pm2-runtime start src/cli.ts", "src/cli.ts"],
    ["exec node 'src/cli.ts'", "src/cli.ts"],
  ])("the script start: %s", async (start, value) => {
    const { entryPoint } = await detect({
      "package.json": { scripts: { start } },
      "src/cli.ts": "",
      "index.js": "",
    });
    expect(entryPoint).toMatchObject({ value, because: 'script "start" runs it', line: 3 });
  });

  test.each(["vite", "node -e 'x.js'", "node --run dev", "bun run build", "deno run -A jsr:@a/b"])(
    "a common name when the script runs no file: %s",
    async (start) => {
      const { entryPoint } = await detect({ "package.json": { scripts: { start } }, "index.js": "" });
      expect(entryPoint).toMatchObject({ value: "index.js", file: "index.js" });
    },
  );

  test("main, and by exports when there is no main", async () => {
    const main = await detect({ "package.json": { main: "./lib/start.js" }, "lib/start.js": "" });
    expect(main.entryPoint).toMatchObject({ value: "lib/start.js", because: '"main" names it', line: 2 });
    const exported = await detect({
      "package.json": { exports: { ".": { import: { default: "./lib/start.js" } } } },
      "lib/start.js": "",
    });
    expect(exported.entryPoint).toMatchObject({ value: "lib/start.js", line: 5 });
  });

  test("main without an ending", async () => {
    const { entryPoint } = await detect({ "package.json": { main: "lib" }, "lib/index.js": "" });
    expect(entryPoint?.value).toBe("lib/index.js");
  });

  test("the exports of deno.json", async () => {
    const { entryPoint } = await detect({ "deno.json": { exports: { ".": "./serve.ts" } }, "serve.ts": "" });
    expect(entryPoint).toMatchObject({ value: "serve.ts", file: "deno.json", line: 3 });
  });

  test("a task of Deno", async () => {
    const { entryPoint } = await detect({
      "deno.json": { tasks: { dev: "deno run -A api.ts" } },
      "api.ts": "",
    });
    expect(entryPoint).toMatchObject({ value: "api.ts", file: "deno.json", line: 3 });
  });

  test.each(["src/main.ts", "src/index.ts", "main.ts", "server.ts", "index.js", "server.mjs", "app.cjs"])(
    "the common name %s",
    async (name) => {
      expect((await detect({ "package.json": {}, [name]: "" })).entryPoint?.value).toBe(name);
    },
  );
});

describe("the source of a built entry point is found", () => {
  test("by outDir and rootDir", async () => {
    const project = await detect({
      "package.json": { main: "out/bin/run.js" },
      "tsconfig.json": { compilerOptions: { outDir: "./out/", rootDir: "source" } },
      "source/bin/run.ts": "",
    });
    expect(project.entryPoint?.value).toBe("source/bin/run.ts");
    expect(project.builtEntryPoint).toMatchObject({ value: "out/bin/run.js", file: "package.json" });
    expect(project.warnings).toEqual([]);
  });

  test("by an outDir that an extended configuration gives", async () => {
    const project = await detect({
      "package.json": { scripts: { dev: "tsx src/a.ts", start: "node target/a.js" } },
      "tsconfig.json": { extends: ["./base.json"] },
      "base.json": { compilerOptions: { outDir: "${configDir}/target" } },
      "src/a.ts": "",
    });
    expect(project.entryPoint?.value).toBe("src/a.ts");
    expect(project.builtEntryPoint?.value).toBe("target/a.js");
  });

  test("in src for dist without any configuration", async () => {
    const project = await detect({ "package.json": { main: "dist/index.js" }, "src/index.ts": "" });
    expect(project).toMatchObject({
      entryPoint: { value: "src/index.ts" },
      builtEntryPoint: { value: "dist/index.js" },
    });
  });

  test("to be the built file itself when there is no source", async () => {
    const project = await detect({ "package.json": { main: "dist/index.js" }, "dist/index.js": "" });
    expect(project).toMatchObject({ entryPoint: { value: "dist/index.js" }, builtEntryPoint: undefined });
  });
});

test("an entry point that does not exist is a warning, and the next one is taken", async () => {
  const project = await detect({ "package.json": { main: "gone.js" }, "index.js": "" });
  expect(project.entryPoint?.value).toBe("index.js");
  expect(project.warnings).toMatchObject([
    { code: "entry-point-missing", message: '"gone.js" does not exist, though "main" names it', line: 2 },
  ]);
});

describe("the build is", () => {
  test("the script of that name", async () => {
    const { build } = await detect({ "package.json": { scripts: { build: "vite build" } } });
    expect(build).toMatchObject({
      value: { kind: "script", script: "build", command: "vite build" },
      line: 3,
    });
  });

  test("type stripping for a TypeScript entry point", async () => {
    expect((await detect({ "package.json": {}, "main.ts": "" })).build?.value).toEqual({
      kind: "type-stripping",
    });
    expect((await detect({ "deno.json": {}, "main.ts": "" })).build?.because).toContain("Deno runs");
  });

  test("nothing for JavaScript", async () => {
    expect((await detect({ "package.json": {}, "main.js": "" })).build).toBeUndefined();
  });

  test("warned about when the Node asked for is too old to strip types", async () => {
    const tree = { "package.json": { engines: { node: "20.x" } }, "main.ts": "" };
    expect((await detect(tree)).warnings).toMatchObject([
      { code: "type-stripping-unsupported", message: expect.stringContaining('"20.x"') as string, line: 3 },
    ]);
    expect((await detect({ ...tree, "package.json": { engines: { node: ">=20" } } })).warnings).toEqual([]);
    const withTool = { engines: { node: "20.x" }, scripts: { dev: "tsx main.ts" } };
    expect((await detect({ ...tree, "package.json": withTool })).warnings).toEqual([]);
  });

  test("warned about when decorators would have to be transformed", async () => {
    const project = await detect({
      "package.json": {},
      "main.ts": "",
      "tsconfig.json": { compilerOptions: { experimentalDecorators: true } },
    });
    expect(project.warnings).toMatchObject([
      { code: "type-stripping-unsupported", file: "tsconfig.json", line: 3 },
    ]);
  });
});

describe("the port is found in", () => {
  test.each([
    ["a script", { "package.json": { scripts: { dev: "next dev -p 4100" } } }, 4100, "package.json"],
    ["the environment file", { "package.json": {}, ".env": "# a\nPORT=4200\n", "main.js": "" }, 4200, ".env"],
    ["the code", { "package.json": {}, "main.js": 'listen(process.env["PORT"] || 4300)' }, 4300, "main.js"],
    ["the code for Deno", { "deno.json": {}, "main.ts": "Deno.serve({ port: 4400 }, f)" }, 4400, "main.ts"],
    ["the framework", { "package.json": { dependencies: { vite: "7" } } }, 5173, "package.json"],
  ])("%s", async (_, tree, value, file) => {
    expect((await detect(tree as ProjectTree)).port).toMatchObject({ value, file });
  });

  test("no number that is no port", async () => {
    expect(
      (await detect({ "package.json": {}, "main.js": "listen(process.env.PORT ?? 99999)" })).port,
    ).toBeUndefined();
  });
});

describe("for images a warning", () => {
  test("says what Prisma and Playwright need", async () => {
    const dependencies = { "@prisma/client": "6", playwright: "1" };
    const { warnings } = await detect({ "package.json": { dependencies } });
    expect(warnings).toMatchObject([
      { code: "needs-attention", line: 3, onlyFor: "image" },
      { code: "needs-attention", line: 4, onlyFor: "image" },
    ]);
  });

  test("says that Next wants to be standalone, unless it is", async () => {
    const tree = { "package.json": { dependencies: { next: "15" } } };
    expect((await detect(tree)).warnings).toMatchObject([{ code: "needs-attention", onlyFor: "image" }]);
    const config = 'export default { output: "standalone" };';
    expect((await detect({ ...tree, "next.config.mjs": config })).warnings).toEqual([]);
  });
});

test("an install script of its own is found, and that npm compiles a binding.gyp", async () => {
  const { installScripts } = await detect({
    "package.json": { scripts: { prepare: "husky", test: "x" } },
    "binding.gyp": "{}",
  });
  expect(installScripts).toMatchObject([
    { value: "prepare", file: "package.json", line: 3 },
    { value: "install", file: "binding.gyp", line: 1 },
  ]);
});

async function detect(tree: ProjectTree): Promise<ProjectDescription> {
  return detectProject(await projectTree(tree));
}
