import { detectProject } from "@dext/project";
import { describe, expect, test } from "vitest";
import { projectTree } from "../../fixtures/project-tree.ts";
import type { ProjectTree } from "../../fixtures/project-tree.ts";

const cases: readonly (readonly [string, ProjectTree, string, string | undefined])[] = [
  ["a package.json alone", { "package.json": {} }, "node", "package.json"],
  ["a deno.json alone", { "deno.json": {} }, "deno", "deno.json"],
  ["a deno.jsonc with comments", { "deno.jsonc": "{ // tasks\n}" }, "deno", "deno.jsonc"],
  [
    "a script that runs node",
    { "package.json": { scripts: { dev: "node a.js" } }, "deno.json": {} },
    "node",
    "package.json",
  ],
  [
    "a script that runs tsx",
    { "package.json": { scripts: { dev: "tsx watch a.ts" } }, "bun.lock": "" },
    "node",
    "package.json",
  ],
  [
    "a script that runs deno",
    { "package.json": { scripts: { dev: "deno run -A a.ts" } } },
    "deno",
    "package.json",
  ],
  [
    "a script that runs a file with bun",
    { "package.json": { scripts: { dev: "bun --hot a.ts" } } },
    "bun",
    "package.json",
  ],
  [
    "a script that bun merely starts",
    { "package.json": { scripts: { dev: "bun run build" }, engines: { node: "22" } } },
    "node",
    "package.json",
  ],
  [
    "a deno.json for publishing beside scripts",
    { "package.json": { scripts: { dev: "vite" } }, "deno.json": { exports: "./mod.ts" } },
    "node",
    "package.json",
  ],
  [
    "a task called dev beside a package.json",
    { "package.json": {}, "deno.json": { tasks: { dev: "vite" } } },
    "deno",
    "deno.json",
  ],
  [
    "Deno's lock file beside both manifests",
    { "package.json": {}, "deno.json": {}, "deno.lock": "{}" },
    "deno",
    "deno.lock",
  ],
  ["Bun's lock file", { "package.json": {}, "bun.lock": "{}" }, "bun", "bun.lock"],
  [
    "Bun's lock file with engines.node",
    { "package.json": { engines: { node: "22" } }, "bun.lock": "{}" },
    "node",
    "package.json",
  ],
  ["engines.bun", { "package.json": { engines: { bun: ">=1" } } }, "bun", "package.json"],
  ["packageManager bun", { "package.json": { packageManager: "bun@1.3.0" } }, "bun", "package.json"],
  ["code alone", { "main.ts": "console.log(1)" }, "node", "main.ts"],
  ["code that calls Deno", { "main.ts": "\nDeno.serve(() => new Response())" }, "deno", "main.ts"],
  ["code that imports from JSR", { "main.ts": 'import { x } from "jsr:@a/b";' }, "deno", "main.ts"],
  ["code that calls Bun", { "index.ts": "Bun.serve({})" }, "bun", "index.ts"],
];

describe("the runtime is found by", () => {
  test.each(cases)("%s", async (_, tree, value, file) => {
    const { runtime } = await detectProject(await projectTree(tree));
    expect(runtime).toMatchObject({ value, file });
    expect(runtime.because).not.toBe("");
  });
});

describe("the framework is found by", () => {
  test.each([
    [{ next: "15.0.0", react: "19" }, "next"],
    [{ "@sveltejs/kit": "^2", vite: "^7" }, "sveltekit"],
    [{ "@react-router/dev": "^7", vite: "^7" }, "react-router"],
    [{ "@remix-run/dev": "^2", vite: "^5" }, "remix"],
    [{ astro: "^5" }, "astro"],
    [{ nuxt: "^4" }, "nuxt"],
    [{ "@nestjs/core": "^11", express: "^5" }, "nest"],
    [{ hono: "^4", vitest: "^3" }, "hono"],
    [{ express: "^5" }, "express"],
    [{ fastify: "^5", vite: "^7" }, "fastify"],
    [{ vite: "^7" }, "vite"],
  ])("the packages %j", async (devDependencies, name) => {
    const { framework } = await detectProject(await projectTree({ "package.json": { devDependencies } }));
    expect(framework).toMatchObject({ value: { name }, file: "package.json" });
  });

  test("imports of Deno", async () => {
    const imports = { "@/": "./", fresh: "jsr:@fresh/core@^2.0.0", "@std/assert": "jsr:@std/assert@1" };
    const { framework } = await detectProject(await projectTree({ "deno.json": { imports } }));
    expect(framework).toEqual({
      value: { name: "fresh", package: "@fresh/core", version: "^2.0.0", kind: "site" },
      because: '"fresh" is imported from it',
      file: "deno.json",
      line: 4,
    });
  });

  test("nothing of a peer", async () => {
    const tree = { "package.json": { peerDependencies: { express: "*" } } };
    expect((await detectProject(await projectTree(tree))).framework).toBeUndefined();
  });
});

test("Deno's tasks, import map, lock and permissions are described", async () => {
  const { deno, scripts, scriptOrigins } = await detectProject(
    await projectTree({
      "deno.jsonc": `{
  // tasks
  "tasks": {
    "dev": "deno run --watch main.ts",
    "all": { "description": "both", "dependencies": ["dev"] },
    "check": { "command": "deno check" },
    "odd": 7
  },
  "importMap": "./imports.json",
  "nodeModulesDir": "auto",
  "permissions": { "default": { "net": true } },
}`,
      "imports.json": { imports: { hono: "jsr:@hono/hono@^4" } },
      "deno.lock": "{}",
      "main.ts": "",
    }),
  );
  expect({ ...scripts }).toEqual({ dev: "deno run --watch main.ts", all: "", check: "deno check" });
  expect(scriptOrigins["check"]).toEqual({ file: "deno.jsonc", line: 6 });
  expect(deno).toMatchObject({
    config: "deno.jsonc",
    lock: { value: "deno.lock" },
    permissions: { value: ["-P"], line: 11 },
    imports: { hono: "jsr:@hono/hono@^4" },
    nodeModulesDir: { value: "auto", line: 10 },
  });
});

test("a task counts before a script of the same name", async () => {
  const tree = {
    "package.json": { scripts: { dev: "vite" } },
    "deno.json": { tasks: { dev: "deno run a.ts" } },
  };
  const { scripts, scriptOrigins } = await detectProject(await projectTree(tree));
  expect(scripts["dev"]).toBe("deno run a.ts");
  expect(scriptOrigins["dev"]?.file).toBe("deno.json");
});
