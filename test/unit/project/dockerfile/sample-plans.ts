import { join } from "node:path";
import { detectProject } from "@dext/project";
import { planDockerfile } from "@dext/project/dockerfile";
import type { DockerfilePlan, PlanDockerfileOptions } from "@dext/project/dockerfile";
import { projectTree } from "../../../fixtures/project-tree.ts";
import type { ProjectTree } from "../../../fixtures/project-tree.ts";

/** The plan for a project whose files are given; `in` is its folder below them. */
export async function planFor(
  tree: ProjectTree,
  { in: folder = ".", ...options }: PlanDockerfileOptions & { in?: string } = {},
): Promise<DockerfilePlan> {
  const root = await projectTree(tree);
  return planDockerfile(await detectProject(join(root, folder)), options);
}

const code =
  'import { createServer } from "node:http";\ncreateServer().listen(process.env.PORT ?? 3000);\n// "/alive"\n';

/** A project that is compiled. */
export const npmTree: ProjectTree = {
  "package.json": {
    name: "api",
    version: "1.2.3",
    type: "module",
    packageManager: "npm@11.6.0",
    engines: { node: "^22.18" },
    scripts: { build: "tsc", start: "node --enable-source-maps dist/main.js" },
    dependencies: { hono: "^4" },
    devDependencies: { typescript: "^7" },
  },
  "package-lock.json": { lockfileVersion: 3 },
  "tsconfig.json": { compilerOptions: { outDir: "dist", rootDir: "src" } },
  "src/main.ts": code,
  "public/index.html": "",
  "test/main.test.ts": "",
  ".env": "PASSWORD=hunter2",
  "README.md": "",
};

/** A member of a workspace that needs one of two others, and one more to be built. */
export function memberTree(manager: "npm" | "pnpm" | "yarn" | "berry" | "bun"): ProjectTree {
  const declared = {
    npm: "npm@11.6.0",
    pnpm: "pnpm@10.20.0",
    yarn: "yarn@1.22.22",
    berry: "yarn@4.10.3",
    bun: "bun@1.3.0",
  };
  const range = manager === "npm" || manager === "yarn" ? "1.0.0" : "workspace:*";
  return {
    "package.json": {
      name: "acme",
      private: true,
      packageManager: declared[manager],
      workspaces: ["packages/*", "services/*"],
    },
    ".node-version": "24.21.0\n",
    "tsconfig.base.json": {},
    ...lockOf[manager],
    "packages/lib/package.json": member("lib", { exports: "./dist/mod.js", scripts: { build: "tsc" } }),
    "packages/lib/src/mod.ts": "export {};",
    "packages/tool/package.json": member("tool", {}),
    "packages/tool/index.js": "",
    "packages/other/package.json": member("other", {}),
    "packages/other/index.js": "",
    "services/api/package.json": member("api", {
      type: "module",
      scripts: { start: "node src/main.ts" },
      dependencies: { "@acme/lib": range, hono: "^4" },
      devDependencies: { "@acme/tool": range },
    }),
    "services/api/src/main.ts": code,
  };
}

function member(name: string, more: object): object {
  return { name: `@acme/${name}`, version: "1.0.0", ...more };
}

const lockOf: Readonly<Record<string, ProjectTree>> = {
  npm: { "package-lock.json": { lockfileVersion: 3 } },
  pnpm: {
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    "pnpm-workspace.yaml": "packages:\n  - packages/*\n  - services/*\n",
  },
  yarn: { "yarn.lock": "# yarn lockfile v1\n" },
  berry: { "yarn.lock": "__metadata:\n  version: 8\n", ".yarnrc.yml": "nodeLinker: node-modules\n" },
  bun: { "bun.lock": '{ "lockfileVersion": 1 }' },
};

/** A project of Deno with packages. */
export const denoTree: ProjectTree = {
  "deno.json": {
    name: "@acme/edge",
    version: "0.3.0",
    tasks: { start: "deno run --allow-net --allow-env=PORT main.ts" },
    imports: { "@hono/hono": "jsr:@hono/hono@^4" },
  },
  "deno.lock": { version: "5" },
  "main.ts": 'Deno.serve({ port: Number(Deno.env.get("PORT") ?? 8000) }, () => new Response("/alive"));\n',
  ".tool-versions": "deno 2.9.6\n",
};

/** Code without a package: nothing is installed. */
export const bareTree: ProjectTree = {
  "package.json": { type: "module", main: "server.js" },
  "server.js": code,
};

/** Every kind of project that has a plan. */
export const samples: readonly (readonly [name: string, tree: ProjectTree, folder: string])[] = [
  ["npm", npmTree, "."],
  ["an npm member", memberTree("npm"), "services/api"],
  ["a pnpm member", memberTree("pnpm"), "services/api"],
  ["a Yarn 1 member", memberTree("yarn"), "services/api"],
  ["a Yarn 4 member", memberTree("berry"), "services/api"],
  ["a Bun member", memberTree("bun"), "services/api"],
  ["Deno", denoTree, "."],
  ["no package", bareTree, "."],
];
