import type { ProjectTree } from "../../fixtures/project-tree.ts";

/** A project that both generators are asked for a Dockerfile of. */
export interface ComparedSample {
  readonly name: string;
  /** The folder of the service in the tree. */
  readonly folder: string;
  /** A source whose change is what a developer does all day. */
  readonly source: string;
  /** Writes the lock file. */
  readonly lock: readonly string[];
  readonly tree: ProjectTree;
  /** A development dependency, which has no business in the image. */
  readonly developmentPackage: string;
}

const main = `import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { z } from "zod";

const port = z.coerce.number().parse(process.env.PORT ?? 3000);
const app = new Hono();
app.get("/", (context) => context.text("revision 1"));
app.get("/alive", (context) => context.text("alive"));
const server = serve({ fetch: app.fetch, port });
process.on("SIGTERM", () => {
  server.close();
  if ("closeIdleConnections" in server) server.closeIdleConnections();
});
`;

const service = {
  name: "@shop/api",
  version: "1.0.0",
  private: true,
  type: "module",
  scripts: { build: "tsc", start: "node dist/main.js" },
  dependencies: { "@hono/node-server": "2.1.8", hono: "4.13.19", zod: "4.6.7" },
  devDependencies: { "@types/node": "24.0.0", typescript: "5.9.3" },
  engines: { node: ">=22.18" },
};

const tsconfig = {
  compilerOptions: {
    target: "es2024",
    module: "nodenext",
    strict: true,
    skipLibCheck: true,
    rootDir: "src",
    outDir: "dist",
  },
  include: ["src"],
};

const files: ProjectTree = {
  "tsconfig.json": tsconfig,
  "src/main.ts": main,
  "src/main.test.ts": "",
  ".env": "PASSWORD=hunter2\n",
  ".nvmrc": "26.10.0\n",
};

function single(
  name: string,
  { packageManager, lock }: { packageManager?: string; lock: readonly string[] },
): ComparedSample {
  const manifest = packageManager === undefined ? service : { ...service, packageManager };
  return {
    name,
    folder: ".",
    source: "src/main.ts",
    lock,
    tree: { "package.json": manifest, ...files },
    developmentPackage: "typescript",
  };
}

/** A service with a library of its workspace beside another service that it has nothing to do with. */
const workspace: ComparedSample = {
  name: "npm, workspace member",
  folder: "services/api",
  source: "src/main.ts",
  lock: ["npm", "install", "--package-lock-only", "--ignore-scripts"],
  developmentPackage: "typescript",
  tree: {
    "package.json": { name: "shop", private: true, workspaces: ["services/*", "packages/*"] },
    ".nvmrc": "26.10.0\n",
    "packages/greeting/package.json": {
      name: "@shop/greeting",
      version: "1.0.0",
      type: "module",
      main: "index.js",
    },
    "packages/greeting/index.js": 'export const greeting = "hello";\n',
    "services/other/package.json": {
      name: "@shop/other",
      version: "1.0.0",
      dependencies: { express: "5.1.0" },
    },
    "services/other/index.js": "",
    "services/api/package.json": {
      ...service,
      dependencies: { ...service.dependencies, "@shop/greeting": "1.0.0" },
    },
    "services/api/tsconfig.json": tsconfig,
    "services/api/src/main.ts": `import "@shop/greeting";\n${main}`,
    "services/api/.env": "PASSWORD=hunter2\n",
  },
};

export const comparedSamples: readonly ComparedSample[] = [
  single("npm, single package", { lock: ["npm", "install", "--package-lock-only", "--ignore-scripts"] }),
  single("pnpm, single package", {
    packageManager: "pnpm@10.20.0",
    lock: ["npx", "--yes", "pnpm@10.20.0", "install", "--lockfile-only"],
  }),
  single("Yarn 1, single package", {
    packageManager: "yarn@1.22.22",
    lock: ["npx", "--yes", "yarn@1.22.22", "install", "--ignore-scripts", "--ignore-engines"],
  }),
  workspace,
];
