import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { detectProject } from "@dext/project";
import { planDockerfile } from "@dext/project/dockerfile";
import type { DockerfilePlan } from "@dext/project/dockerfile";
import { docker, isPodman, useDockerEngine } from "../../fixtures/docker-engine.ts";
import type { TestEngine } from "../../fixtures/docker-engine.ts";
import {
  bunImage,
  compiler,
  compilerImage,
  dockerCommand,
  hasNpm,
  ImageTester,
  nodeBuilderImage,
  writePlan,
} from "../../fixtures/dockerfile/build-engine.ts";
import { expectContents, expectRun } from "../../fixtures/dockerfile/expect-image.ts";
import { matrixTree, versions } from "../../fixtures/dockerfile/matrix.ts";
import { packPackage } from "../../fixtures/dockerfile/npm-package.ts";
import type { PackedPackage } from "../../fixtures/dockerfile/npm-package.ts";
import { locks, server } from "../../fixtures/dockerfile/sample-projects.ts";
import { projectTree } from "../../fixtures/project-tree.ts";
import type { ProjectTree } from "../../fixtures/project-tree.ts";

const run = promisify(execFile);
const isAble = docker.available && !isPodman && dockerCommand !== undefined && hasNpm;
// What fetches programs from the registry takes minutes.
const isWhole = process.env["DEXT_TEST_DOCKERFILES"] === "all";
const within = isWhole ? 1000 : 5000;

describe.skipIf(!isAble)(`the image of ${docker.reason}`, { timeout: 300_000 }, () => {
  let used: TestEngine;
  let images: ImageTester;
  let tag: string;

  beforeAll(async () => {
    used = await useDockerEngine();
    images = new ImageTester(used);
    tag = `dext-test/case:${process.pid}`;
  }, 90_000);

  afterEach(async () => {
    vi.unstubAllEnvs();
    await images?.docker(["rmi", "--force", tag]).catch(() => {});
  });

  afterAll(async () => {
    await used?.release();
  });

  it.skipIf(!compiler.available)(
    `a project with a native add-on is compiled where there is a compiler, and runs where there is none ${compiler.reason}`,
    async () => {
      const addon = await packPackage(nativeAddon);
      const plan = await planFor({
        ...projectWith("unix-dgram", { spec: "file:vendor/unix-dgram-1.0.0.tgz", ...addon }),
        "vendor/unix-dgram-1.0.0.tgz": addon.bytes,
        "main.js": server(
          'import answer from "unix-dgram";\nif (answer !== 42) throw new Error(String(answer));',
        ),
      });
      expect(plan.dockerfile.text).toContain("FROM ${REGISTRY}/${BUILD_IMAGE} AS tools\n");
      await images.build(plan, {
        base: await nodeBuilderImage(used),
        buildBase: await compilerImage(used),
        tag,
      });
      await expectContents(images, {
        tag,
        present: ["app/main.js", "app/node_modules/unix-dgram/addon.node"],
        absent: ["app/vendor"],
      });
      expect(
        (await images.filesIn(tag, "usr/")).filter((path) => /\/(?:cc|tcc|libtcc1\.a)$/.test(path)),
      ).toEqual([]);
      await expectRun(images, { tag, within });
    },
  );

  it("a project with packages of a private registry is lent the token, which is in no layer and no history", async () => {
    const token = `npm_${randomUUID().replaceAll("-", "")}`;
    const library = await packPackage({
      "package.json": JSON.stringify({ name: "@acme/private", version: "1.0.0", main: "index.js" }),
      // Never the same: npm's cache on the builder has what earlier runs were allowed to fetch.
      "index.js": `module.exports = "${randomUUID()}";\n`,
    });
    const { host, requests } = await startRegistry({ token, library });
    const plan = await planFor({
      ...projectWith("@acme/private", { spec: "1.0.0", resolved: `http://${host}/private.tgz`, ...library }),
      ".npmrc": `@acme:registry=http://${host}/\n//${host}/:_authToken=\${NPM_TOKEN}\n`,
      "main.js": server('import "@acme/private";'),
    });
    const base = await nodeBuilderImage(used);
    await expect(images.build(plan, { base, tag })).rejects.toThrow(/401|E401|NPM_TOKEN/);
    expect(requests.every(({ isAllowed }) => !isAllowed)).toBe(true);
    vi.stubEnv("NPM_TOKEN", token);
    const secrets = plan.build.flatMap((word, index) =>
      word === "--secret" ? [word, plan.build[index + 1] ?? ""] : [],
    );
    const { log } = await images.build(plan, { base, tag, args: secrets });
    expect(requests.some(({ isAllowed }) => isAllowed)).toBe(true);
    expect(log).not.toContain(token);
    await expectContents(images, {
      tag,
      present: ["app/node_modules/@acme/private/index.js"],
      absent: [".npmrc"],
    });
    expect(await images.docker(["history", "--no-trunc", tag])).not.toContain(token);
    expect(await images.holds(tag, "app/main.js")).toBe(true);
    expect(await images.holds(tag, token)).toBe(false);
    await expectRun(images, { tag, within });
  });

  it.skipIf(!isWhole)("a project that Bun runs has Bun alone", async () => {
    const folder = await temporaryFolder();
    await run("npm", ["install", "--prefix", folder, "--no-save", versions.bun]);
    const tree = await matrixTree({ manager: "bun", shape: "single", build: "stripped" });
    const manifest = tree["package.json"] as object;
    const plan = await planFor({
      ...tree,
      "package.json": { ...manifest, scripts: { start: "bun src/main.ts" } },
    });
    expect(plan.dockerfile.text).toContain("ARG BASE_IMAGE=oven/bun:");
    const base = await bunImage(used, join(folder, "node_modules/bun/bin/bun.exe"));
    await images.build(plan, { base, tag });
    await expectContents(images, { tag, present: ["app/src/main.ts"], absent: ["typescript", "is-even"] });
    await expectRun(images, { tag, within });
  });

  it.skipIf(!isWhole)(
    "a project whose packages Yarn keeps in the repository is installed without a network",
    async () => {
      const tree = await matrixTree({ manager: "yarn-berry", shape: "single", build: "stripped" });
      const folder = await temporaryFolder();
      const settings = "enableGlobalCache: false\ncompressionLevel: 0\n";
      await writeFile(join(folder, "package.json"), JSON.stringify(tree["package.json"]));
      await copyFile(join(locks, "yarn-berry-single/yarn.lock"), join(folder, "yarn.lock"));
      await writeFile(join(folder, ".yarnrc.yml"), settings);
      const yarn = ["exec", "--yes", "--package=@yarnpkg/cli-dist@4.10.3", "--", "yarn", "install"];
      await run("npm", yarn, { cwd: folder });
      const cache: Record<string, Uint8Array> = {};
      for (const name of await readdir(join(folder, ".yarn/cache")))
        cache[`.yarn/cache/${name}`] = await readFile(join(folder, ".yarn/cache", name));
      const plan = await planFor({
        ...tree,
        ...cache,
        "yarn.lock": await readFile(join(folder, "yarn.lock"), "utf8"),
        ".yarnrc.yml": settings,
      });
      expect(plan.dockerfile.text).toContain('YARN_NODE_LINKER="node-modules"');
      expect(plan.dockerfile.text).not.toContain("type=cache,id=yarn");
      const log = await images.build(plan, { base: await nodeBuilderImage(used), tag });
      // Packages of other platforms only are not there.
      expect(log.log).not.toContain("can't be found in the cache");
      await expectContents(images, {
        tag,
        present: ["app/src/main.ts"],
        absent: ["app/.yarn", "typescript", "is-even"],
      });
      await expectRun(images, { tag, within });
    },
  );
});

/** A registry that hands out one package, to whoever has the token. */
async function startRegistry({
  token,
  library,
}: {
  token: string;
  library: PackedPackage;
}): Promise<{ host: string; requests: { isAllowed: boolean }[] }> {
  const requests: { isAllowed: boolean }[] = [];
  const registry: Server = createServer((request, response) => {
    const isAllowed = request.headers.authorization === `Bearer ${token}`;
    requests.push({ isAllowed });
    if (isAllowed) response.end(library.bytes);
    else response.writeHead(401).end();
  });
  registry.listen(0, "127.0.0.1");
  await once(registry, "listening");
  onTestFinished(() => {
    registry.close();
    registry.closeAllConnections();
  });
  return { host: `127.0.0.1:${(registry.address() as AddressInfo).port}`, requests };
}

async function planFor(tree: ProjectTree): Promise<DockerfilePlan> {
  const plan = await planDockerfile(await detectProject(await projectTree(tree)));
  await writePlan(plan);
  return plan;
}

/** A project with one dependency, and its lock file. */
function projectWith(
  name: string,
  { spec, resolved = spec, integrity }: { spec: string; resolved?: string; integrity: string },
): ProjectTree {
  const own = { name: "api", version: "1.0.0", dependencies: { [name]: spec } };
  return {
    "package.json": { ...own, type: "module", private: true, scripts: { start: "node main.js" } },
    ".nvmrc": "24\n",
    "package-lock.json": {
      name: "api",
      version: "1.0.0",
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": own,
        [`node_modules/${name}`]: { version: "1.0.0", resolved, integrity, hasInstallScript: true },
      },
    },
  };
}

/** Compiled without a header of the system, for which the images would need packages of their distribution. */
const nativeAddon = {
  "package.json": JSON.stringify({
    name: "unix-dgram",
    version: "1.0.0",
    main: "index.js",
    scripts: { install: "cc -shared -nostdlib -o addon.node addon.c" },
  }),
  "index.js": 'module.exports = require("./addon.node");\n',
  "addon.c": `typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
extern int napi_create_int32(napi_env env, int value, napi_value *result);
napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value result;
  napi_create_int32(env, 42, &result);
  return result;
}
`,
};

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dext-case-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
