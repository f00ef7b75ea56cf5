import { chmod, symlink, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import { detectProject } from "@dext/project";
import type { ProjectDescription } from "@dext/project";
import { describe, expect, test } from "vitest";
import { projectTree } from "../../fixtures/project-tree.ts";

describe("detectProject refuses", () => {
  test("a folder that does not exist, with its absolute path and the nearest sibling", async () => {
    const root = await projectTree({ "services/orders/package.json": {} });
    const folder = relative(process.cwd(), join(root, "services/ordres"));
    await expect(detectProject(folder)).rejects.toMatchObject({
      code: "DEXT_PROJECT_FOLDER_MISSING",
      message: `The folder "${join(root, "services/ordres")}" does not exist`,
      hint: `Did you mean "${join(root, "services/orders")}"?`,
    });
  });

  test("a folder whose parent does not exist, with the nearest name of the parent", async () => {
    const root = await projectTree({ "services/orders/package.json": {} });
    await expect(detectProject(join(root, "servces/orders"))).rejects.toMatchObject({
      code: "DEXT_PROJECT_FOLDER_MISSING",
      hint: `Did you mean "${join(root, "services")}"?`,
    });
  });

  test("a file in place of the folder, with the folder to give", async () => {
    const root = await projectTree({ "api/main.ts": "" });
    const error = {
      code: "DEXT_PROJECT_FOLDER_NOT_DIRECTORY",
      hint: expect.stringContaining(join(root, "api")) as string,
    };
    await expect(detectProject(join(root, "api/main.ts"))).rejects.toMatchObject(error);
    await expect(detectProject(join(root, "api/main.ts/deeper"))).rejects.toMatchObject({
      code: "DEXT_PROJECT_FOLDER_NOT_DIRECTORY",
    });
  });

  test("a folder with nothing recognisable, with what was looked for and where projects are", async () => {
    const root = await projectTree({
      "README.md": "hi",
      "api/package.json": {},
      "web/deno.json": {},
      "docs/": "",
    });
    await expect(detectProject(root)).rejects.toMatchObject({
      code: "DEXT_PROJECT_NOTHING_FOUND",
      message: expect.stringContaining("package.json, deno.json") as string,
      hint: expect.stringMatching(/"api".*"web"/) as string,
    });
  });

  test("an empty folder and one of another language", async () => {
    await expect(detectProject(await projectTree({}))).rejects.toMatchObject({
      code: "DEXT_PROJECT_NOTHING_FOUND",
    });
    await expect(detectProject(await projectTree({ "go.mod": "module x" }))).rejects.toMatchObject({
      code: "DEXT_PROJECT_NOTHING_FOUND",
      hint: '"go.mod" belongs to Go: add the program as an executable instead.',
    });
  });

  test.each([
    ["text that is no JSON", "{\n  name: 1 }", 2, 3],
    ["a missing comma", '{\n  "a": 1\n  "b": 2\n}', 3, 3],
    ["an unfinished object", '{ "a": ', 1, 8],
    ["an empty file", "", 1, 1],
    ["a list", "\n[]", 2, 1],
    ["null", "null", 1, 1],
    ["a merge conflict", '{\n<<<<<<< HEAD\n  "a": 1\n}', 2, 1],
    ["very deep nesting", `{"a":${"[".repeat(100_000)}`, 1, 505],
    ["an open string", '{ "a": "b\n" }', 1, 8],
    ["a second value", "{} {}", 1, 4],
    ["zero bytes of UTF-16", Buffer.from('{ "name": "x" }', "utf16le"), 1, 2],
  ])("a package.json that is %s, with line and column", async (_, content, line, column) => {
    const root = await projectTree({ "package.json": content });
    const path = join(root, "package.json");
    await expect(detectProject(root)).rejects.toMatchObject({
      code: "DEXT_PROJECT_MANIFEST_INVALID",
      message: expect.stringContaining(`${path}:${line}:${column}: `) as string,
      details: { path, line, column },
    });
  });

  test("a deno.jsonc with an open comment", async () => {
    const root = await projectTree({ "deno.jsonc": "{\n  /* never closed\n}" });
    await expect(detectProject(root)).rejects.toMatchObject({
      code: "DEXT_PROJECT_MANIFEST_INVALID",
      message: expect.stringContaining("deno.jsonc:2:3: a comment is not closed") as string,
    });
  });

  test("a package.json that is a folder, a named pipe or a file without leave to read", async () => {
    const folder = await projectTree({ "package.json/x": "" });
    await expect(detectProject(folder)).rejects.toMatchObject({ code: "DEXT_PROJECT_FILE_UNREADABLE" });

    const pipe = await projectTree({ "main.ts": "" });
    expect(spawnSync("mkfifo", [join(pipe, "package.json")]).status).toBe(0);
    await expect(detectProject(pipe)).rejects.toMatchObject({ code: "DEXT_PROJECT_FILE_UNREADABLE" });

    if (process.getuid?.() === 0) return; // root may read everything
    const locked = await projectTree({ "package.json": {} });
    await chmod(join(locked, "package.json"), 0o000);
    await expect(detectProject(locked)).rejects.toMatchObject({ code: "DEXT_PROJECT_FILE_UNREADABLE" });
  });

  test("to go on after its signal", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(detectProject(await projectTree({ "package.json": {} }), { signal })).rejects.toThrow(
      "enough",
    );
  });
});

describe("detectProject goes on with a warning", () => {
  test("when fields of package.json are of a wrong kind", async () => {
    const project = await detect({
      "package.json": {
        name: 7,
        scripts: { dev: ["vite"], start: "node a.js" },
        dependencies: [],
        version: null,
      },
      "a.js": "",
    });
    expect(project.name).toBeUndefined();
    expect({ ...project.scripts }).toEqual({ start: "node a.js" });
    expect(codes(project)).toEqual(["field-ignored", "field-ignored", "field-ignored", "field-ignored"]);
    expect(project.warnings).toContainEqual({
      code: "field-ignored",
      message: '"scripts.dev" is a list, wanted a text; it is ignored',
      file: "package.json",
      line: 4,
    });
  });

  test("when package.json has comments, trailing commas or a byte order mark", async () => {
    const commented = await detect({ "package.json": '{\n  // why\n  "name": "a",\n}' });
    expect(commented).toMatchObject({ name: "a", warnings: [{ code: "json-extension", line: 2 }] });
    const marked = await detect({ "package.json": '\uFEFF{ "name": "b" }' });
    expect(marked).toMatchObject({ name: "b", warnings: [] });
  });

  test("when a name stands twice", async () => {
    const project = await detect({ "package.json": '{\n  "name": "a",\n  "name": "b"\n}' });
    expect(project).toMatchObject({ name: "b", warnings: [{ code: "duplicate-key", line: 3 }] });
  });

  test("when tsconfig.json is broken, a circle, or extends what is not there", async () => {
    const broken = await detect({ "package.json": {}, "tsconfig.json": "{\n  oops\n}" });
    expect(broken.warnings).toMatchObject([{ code: "file-ignored", file: "tsconfig.json", line: 2 }]);
    const circle = await detect({
      "package.json": {},
      "tsconfig.json": { extends: "./a.json" },
      "a.json": { extends: "./tsconfig.json", compilerOptions: { outDir: "out" } },
    });
    expect(circle.typescript?.outDir).toMatchObject({ value: "out", file: "a.json", line: 4 });
    expect(codes(await detect({ "package.json": {}, "tsconfig.json": { extends: "./no.json" } }))).toEqual(
      [],
    );
  });
});

test("detectProject keeps scripts apart from what objects inherit", async () => {
  const project = await detect({
    "package.json": '{ "scripts": { "__proto__": "node evil.js", "constructor": "node c.js" } }',
  });
  expect(Object.keys(project.scripts)).toEqual(["__proto__", "constructor"]);
  expect(project.scripts["toString"]).toBeUndefined();
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(JSON.parse(JSON.stringify(project.scripts))).toHaveProperty("constructor", "node c.js");
});

test("detectProject follows a folder and files that are symbolic links", async () => {
  const root = await projectTree({ "real/package.json": { name: "linked" }, "code.ts": "" });
  await symlink(join(root, "real"), join(root, "link"));
  await symlink(join(root, "code.ts"), join(root, "real/main.ts"));
  const project = await detectProject(join(root, "link"));
  expect(project).toMatchObject({
    directory: join(root, "link"),
    name: "linked",
    entryPoint: { value: "main.ts" },
  });
});

test("detectProject runs and writes nothing", async () => {
  const root = await projectTree({
    "package.json": { scripts: { prepare: "touch ran", dev: "touch ran" } },
    "vite.config.ts": 'import { writeFileSync } from "node:fs"; writeFileSync("ran", "")',
  });
  const before = spawnSync("find", [root], { encoding: "utf8" }).stdout;
  await detectProject(root);
  expect(spawnSync("find", [root], { encoding: "utf8" }).stdout).toBe(before);
});

test("detectProject gives every finding a file that exists and, in manifests, the right line", async () => {
  const root = await projectTree({
    "package.json": `{
  "name": "shop",
  "version": "1.2.3",
  "type": "module",
  "packageManager": "pnpm@9.15.0+sha512.abc",
  "engines": { "node": ">=22.18" },
  "scripts": {
    "build": "tsc",
    "start": "node dist/main.js",
    "postinstall": "node patch.js"
  },
  "dependencies": {
    "fastify": "^5.2.0",
    "better-sqlite3": "^12.0.0"
  }
}`,
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    "tsconfig.json":
      '{\n  // compiled\n  "compilerOptions": {\n    "outDir": "dist",\n    "rootDir": "src"\n  }\n}',
    "src/main.ts":
      'import { app } from "./app.js";\n\napp.listen({ port: Number(process.env.PORT ?? 4000) });\n',
    "src/app.ts": 'export const app = fastify();\napp.get("/healthz", () => "ok");\n',
  });
  expect(await detectProject(root)).toMatchObject({
    directory: root,
    name: "shop",
    version: "1.2.3",
    runtime: { value: "node", file: "package.json", line: 9 },
    packageManager: { value: { name: "pnpm", version: "9.15.0" }, file: "package.json", line: 5 },
    lockFile: { value: { packageManager: "pnpm", path: "pnpm-lock.yaml" }, file: "pnpm-lock.yaml" },
    runtimeVersion: { value: ">=22.18", file: "package.json", line: 6 },
    moduleType: { value: "module", line: 4 },
    workspace: undefined,
    scriptOrigins: { build: { file: "package.json", line: 8 }, start: { file: "package.json", line: 9 } },
    entryPoint: { value: "src/main.ts", file: "package.json", line: 9 },
    builtEntryPoint: { value: "dist/main.js", file: "package.json", line: 9 },
    framework: { value: { name: "fastify", kind: "server", version: "^5.2.0" }, line: 13 },
    typescript: {
      config: { value: "tsconfig.json" },
      outDir: { value: "dist", file: "tsconfig.json", line: 4 },
      rootDir: { value: "src", file: "tsconfig.json", line: 5 },
    },
    build: { value: { kind: "script", script: "build", command: "tsc" }, line: 8 },
    installScripts: [{ value: "postinstall", line: 10 }],
    nativeAddons: [{ value: "better-sqlite3", line: 14 }],
    port: { value: 4000, file: "src/main.ts", line: 3 },
    healthPath: { value: "/healthz", file: "src/app.ts", line: 2 },
    deno: undefined,
    warnings: [{ code: "build-output-missing", file: "package.json", line: 9 }],
  });
});

test("detectProject describes a project that changed since", async () => {
  const root = await projectTree({ "package.json": { name: "before" } });
  expect((await detectProject(root)).name).toBe("before");
  await writeFile(join(root, "package.json"), '{ "name": "after" }');
  expect((await detectProject(root)).name).toBe("after");
});

async function detect(tree: Parameters<typeof projectTree>[0]): Promise<ProjectDescription> {
  return detectProject(await projectTree(tree));
}

function codes(project: ProjectDescription): string[] {
  return project.warnings.map(({ code }) => code);
}
