import { describe, expect, it } from "vitest";
import type { ProjectTree } from "../../../fixtures/project-tree.ts";
import { bareTree, denoTree, memberTree, npmTree, planFor } from "./sample-plans.ts";

const manifest = npmTree["package.json"] as object;
const { "package-lock.json": _lock, ...unlocked } = npmTree;
const { "deno.lock": _denoLock, ...unlockedDeno } = denoTree;

function below(folder: string, tree: ProjectTree): ProjectTree {
  return Object.fromEntries(Object.entries(tree).map(([path, content]) => [`${folder}/${path}`, content]));
}

describe("a Dockerfile is refused", () => {
  it("without a lock file where there are dependencies", async () => {
    await expect(planFor(unlocked)).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_LOCK_FILE_MISSING",
      hint: expect.stringContaining("npm install") as unknown,
    });
    await expect(planFor(unlockedDeno)).rejects.toMatchObject({ code: "DEXT_DOCKERFILE_LOCK_FILE_MISSING" });
  });

  it("with a lock file of another folder only", async () => {
    const tree = {
      "package.json": {},
      "package-lock.json": {},
      ".git/HEAD": "",
      ...below("server", unlocked),
    };
    await expect(planFor(tree, { in: "server" })).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_LOCK_FILE_MISSING",
      message: expect.stringContaining('("../package-lock.json" is another folder\'s)') as unknown,
    });
  });

  it("but not where a lock file of another folder is not needed", async () => {
    const edge = below("edge", { "deno.json": {}, "main.ts": "Deno.serve({ port: 8000 }, answer);" });
    const { dockerfile } = await planFor({ "deno.lock": "{}", ".git/HEAD": "", ...edge }, { in: "edge" });
    expect(dockerfile.text).not.toContain("deno install --frozen");
    expect(dockerfile.text).not.toContain("deno.lock");
  });

  it("when lock files disagree and nothing says which counts", async () => {
    const { packageManager: _, ...undeclared } = manifest as { packageManager: string };
    const tree = { ...npmTree, "package.json": undeclared, "yarn.lock": "# yarn lockfile v1\n" };
    await expect(planFor(tree)).rejects.toMatchObject({ code: "DEXT_DOCKERFILE_LOCK_FILES_DISAGREE" });
  });

  it("but not when the manifest says which counts", async () => {
    const { warnings, dockerfile } = await planFor({ ...npmTree, "yarn.lock": "# yarn lockfile v1\n" });
    expect(dockerfile.text).toContain("npm ci");
    expect(warnings.map(({ code }) => code)).toContain("lock-files-disagree");
  });

  it("when the manifest declares a package manager whose lock file is not there", async () => {
    const tree = { ...npmTree, "package.json": { ...manifest, packageManager: "pnpm@10.0.0" } };
    await expect(planFor(tree)).rejects.toMatchObject({ code: "DEXT_DOCKERFILE_LOCK_FILES_DISAGREE" });
  });

  it("when packages of the workspace need each other in a circle", async () => {
    const tree = memberTree("npm");
    const lib = tree["packages/lib/package.json"] as object;
    const circular = { ...lib, dependencies: { "@acme/api": "1.0.0" } };
    await expect(
      planFor({ ...tree, "packages/lib/package.json": circular }, { in: "services/api" }),
    ).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_WORKSPACE_CYCLE",
      message: expect.stringContaining("@acme/api → @acme/lib → @acme/api") as unknown,
    });
  });

  it("but not when only testing closes the circle and none has to be built first", async () => {
    const tree = memberTree("npm");
    const tested = {
      ...(tree["packages/lib/package.json"] as object),
      devDependencies: { "@acme/tool": "1.0.0" },
    };
    const tool = {
      ...(tree["packages/tool/package.json"] as object),
      dependencies: { "@acme/lib": "1.0.0" },
    };
    const files = { ...tree, "packages/lib/package.json": tested, "packages/tool/package.json": tool };
    await expect(planFor(files, { in: "services/api" })).resolves.toMatchObject({ version: 1 });
    const building = { ...tool, main: "./dist/mod.js", scripts: { build: "tsc" } };
    await expect(
      planFor({ ...files, "packages/tool/package.json": building }, { in: "services/api" }),
    ).rejects.toMatchObject({ code: "DEXT_DOCKERFILE_WORKSPACE_CYCLE" });
  });

  it("for Yarn 3 without the plugin that installs for production", async () => {
    const tree: ProjectTree = {
      ...memberTree("berry"),
      "package.json": {
        name: "acme",
        packageManager: "yarn@3.8.7",
        workspaces: ["packages/*", "services/*"],
      },
    };
    await expect(planFor(tree, { in: "services/api" })).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_PLUGIN_MISSING",
      hint: expect.stringContaining("yarn plugin import workspace-tools") as unknown,
    });
    const plugin = ".yarn/plugins/@yarnpkg/plugin-workspace-tools.cjs";
    const settings = `nodeLinker: node-modules\nplugins:\n  - path: ${plugin}\n`;
    const { dockerfile } = await planFor(
      { ...tree, [plugin]: "", ".yarnrc.yml": settings },
      { in: "services/api" },
    );
    expect(dockerfile.text).toContain("COPY .yarn/plugins ./.yarn/plugins\n");
  });

  it("without a build script where the start script runs what a build makes", async () => {
    const tree = { ...npmTree, "package.json": { ...manifest, scripts: { start: "node dist/main.js" } } };
    await expect(planFor(tree)).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_BUILD_SCRIPT_MISSING",
      message: expect.stringMatching(/^package\.json:\d+: /) as unknown,
    });
  });

  it("when a package of the workspace hands out what nothing builds, but not when it is in the repository", async () => {
    const tree = memberTree("npm");
    const lib = { name: "@acme/lib", version: "1.0.0", exports: { ".": { default: "./dist/mod.js" } } };
    const unbuilt = { ...tree, "packages/lib/package.json": lib, "packages/lib/dist/mod.js": "" };
    await expect(
      planFor({ ...unbuilt, ".gitignore": "node_modules\n/**/dist/\n" }, { in: "services/api" }),
    ).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_BUILD_SCRIPT_MISSING",
      message: expect.stringContaining('"@acme/lib" consists of "./dist/mod.js"') as unknown,
    });
    const { dockerfile } = await planFor(unbuilt, { in: "services/api" });
    expect(dockerfile.text).toContain("COPY packages/lib/dist ./packages/lib/dist\n");
  });

  it("for a site that nothing serves", async () => {
    const site = { type: "module", scripts: { build: "vite build" }, devDependencies: { vite: "^8" } };
    await expect(
      planFor({ "package.json": site, "package-lock.json": {}, "index.html": "", "src/main.ts": "" }),
    ).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
      message: expect.stringContaining('it is a site of vite without a script "start"') as unknown,
    });
  });

  it("when the entry point does not exist", async () => {
    const wrong = { "package.json": { type: "module", scripts: { start: "node sever.js" } }, "other.js": "" };
    await expect(planFor(wrong)).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
      message: expect.stringContaining('"sever.js" does not exist') as unknown,
    });
    const none = { "package.json": { type: "module" }, "readme.js.txt": "" };
    await expect(planFor(none)).rejects.toMatchObject({ code: "DEXT_DOCKERFILE_ENTRY_POINT_MISSING" });
  });

  it("for a version of the runtime that is none", async () => {
    await expect(planFor({ ...bareTree, ".nvmrc": "twenty-four\n" })).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_VERSION_UNKNOWN",
      message: expect.stringContaining('".nvmrc:1" asks for Node "twenty-four"') as unknown,
    });
  });

  it("for a version of the package manager that is none", async () => {
    const tree = { ...npmTree, "package.json": { ...manifest, packageManager: "npm@$(id)" } };
    await expect(planFor(tree)).rejects.toMatchObject({ code: "DEXT_DOCKERFILE_VERSION_UNKNOWN" });
  });

  it("when nothing says what installs the dependencies", async () => {
    await expect(planFor({ "main.js": "" })).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_PACKAGE_MANAGER_UNKNOWN",
    });
  });
});

describe("hostile names", () => {
  it("become no instruction and no shell", async () => {
    const name = '$(touch /tmp/x)"\\ ${A}';
    const tree = {
      ...bareTree,
      "package.json": { name, type: "module", main: "server.js" },
      "a b; rm": "",
      "a b $X.js": "",
    };
    const { dockerfile } = await planFor(tree);
    expect(dockerfile.text).toContain('title="\\$(touch /tmp/x)\\"\\\\ \\${A}"');
    expect(dockerfile.text).toContain(String.raw`COPY ["a b \\$X.js","server.js","./"]`);
  });

  it("that hold a line break are refused", async () => {
    const tree = { ...bareTree, "package.json": { name: "a\nRUN id", type: "module", main: "server.js" } };
    await expect(planFor(tree)).rejects.toMatchObject({ code: "DEXT_DOCKERFILE_VALUE_UNQUOTABLE" });
  });
});
