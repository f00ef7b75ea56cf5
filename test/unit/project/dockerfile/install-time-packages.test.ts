import { describe, expect, it } from "vitest";
import type { ProjectTree } from "../../../fixtures/project-tree.ts";
import { planFor } from "./sample-plans.ts";

const compilers = "ARG BUILD_IMAGE=library/node:24-bookworm\n";

function project(manifest: object, files: ProjectTree): ProjectTree {
  return {
    "package.json": { name: "api", type: "module", engines: { node: "24" }, main: "main.js", ...manifest },
    "main.js": "",
    ...files,
  };
}

/** Of an own `ssh2`: it needs one package that is compiled, and would like another. */
const npmLock = {
  lockfileVersion: 3,
  packages: {
    "": { dependencies: { shell: "1" }, devDependencies: { bundler: "1" } },
    "node_modules/shell": {
      version: "1.0.0",
      dependencies: { wire: "1" },
      optionalDependencies: { speed: "1" },
    },
    "node_modules/wire": { version: "1.0.0", hasInstallScript: true, dependencies: { nan: "2" } },
    "node_modules/nan": { version: "2.0.0" },
    "node_modules/speed": {
      version: "1.0.0",
      hasInstallScript: true,
      dependencies: { nan: "2" },
      optional: true,
    },
    "node_modules/bundler": { version: "1.0.0", hasInstallScript: true, dev: true },
    "node_modules/stranger": {
      version: "1.0.0",
      hasInstallScript: true,
      dependencies: { "node-gyp-build": "4" },
    },
  },
};

const pnpmLock = (more: string): string => `lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      shell:
        specifier: '1'
        version: 1.0.0

packages:

  '@acme/wire@1.0.0':
    resolution: {integrity: sha512-x}
${more}
  shell@1.0.0:
    resolution: {integrity: sha512-x}

snapshots:

  '@acme/wire@1.0.0':
    dependencies:
      node-addon-api: 8.0.0
      node-gyp-build: 4.8.0

  shell@1.0.0:
    dependencies:
      '@acme/wire': 1.0.0
`;

const olderPnpmLock = (requires: string): string =>
  `lockfileVersion: '6.0'\n\npackages:\n\n  /shell@1.0.0:\n    dependencies:\n      wire: 1.0.0\n\n  /wire@1.0.0:\n${requires}    dependencies:\n      nan: 2.0.0\n`;

const dependencies = { dependencies: { shell: "1" } };
const native = (value: string): object =>
  expect.objectContaining({ subject: "native add-on", value }) as object;

describe("what is compiled by an install", () => {
  it("is found at any depth by the lock file of npm, but for what may fail", async () => {
    const plan = await planFor(
      project({ ...dependencies, devDependencies: { bundler: "1" } }, { "package-lock.json": npmLock }),
    );
    expect(plan.dockerfile.text).toContain(compilers);
    expect(plan.findings).toContainEqual(native("wire"));
    expect(plan.findings).not.toContainEqual(native("speed"));
    expect(plan.findings).not.toContainEqual(native("stranger"));
    expect(plan.findings).not.toContainEqual(native("bundler"));
  });

  it("runs its scripts where those of the project itself have to be left out, each where it is needed", async () => {
    const scripts = { build: "bundler", start: "node dist/main.js", prepare: "codegen" };
    const { dockerfile } = await planFor(
      project(
        { ...dependencies, scripts, devDependencies: { bundler: "1" } },
        { "package-lock.json": npmLock },
      ),
    );
    expect(dockerfile.text).toContain("npm ci --ignore-scripts \\\n    && npm rebuild wire\n");
    expect(dockerfile.text).toContain("npm ci --omit=dev --ignore-scripts \\\n    && npm rebuild wire\n");
  });

  it.each([
    ["has no script", { version: "12.0.0", dependencies: { bindings: "1" } }],
    ["is for another system", { version: "12.0.0", hasInstallScript: true, os: ["darwin"] }],
  ])("is none of a known name that %s", async (_, entry) => {
    const lock = { lockfileVersion: 3, packages: { "node_modules/better-sqlite3": entry } };
    const tree = project({ dependencies: { "better-sqlite3": "12" } }, { "package-lock.json": lock });
    expect((await planFor(tree)).dockerfile.text).not.toContain("BUILD_IMAGE");
  });

  it("is known by its name where the lock file tells nothing of it", async () => {
    const tree = project({ dependencies: { bcrypt: "6" } }, { "bun.lockb": "" });
    expect((await planFor(tree)).dockerfile.text).toContain(compilers);
  });

  it.each([
    ["is found by the lock file of pnpm", pnpmLock(""), {}, true],
    [
      "is left out when pnpm's lock file has it for another system",
      pnpmLock("    os: [darwin, win32]\n"),
      {},
      false,
    ],
    [
      "is left out when pnpm may not run its script",
      pnpmLock(""),
      { onlyBuiltDependencies: ["esbuild"] },
      false,
    ],
    ["counts when pnpm may run its script", pnpmLock(""), { onlyBuiltDependencies: ["@acme/wire"] }, true],
  ])("%s", async (_, lock, pnpm, isNative) => {
    const manifest = { ...dependencies, packageManager: "pnpm@10.20.0", pnpm };
    const { dockerfile } = await planFor(project(manifest, { "pnpm-lock.yaml": lock }));
    expect(dockerfile.text.includes(compilers)).toBe(isNative);
  });

  it("goes by the settings of pnpm's workspace file", async () => {
    const manifest = { ...dependencies, packageManager: "pnpm@12.0.0" };
    const files = {
      "pnpm-lock.yaml": pnpmLock(""),
      "pnpm-workspace.yaml": "allowBuilds:\n  '@acme/wire': false\n",
    };
    expect((await planFor(project(manifest, files))).dockerfile.text).not.toContain("BUILD_IMAGE");
    const broken = "allowBuilds:\n  '@acme/wire': [\n";
    const { warnings } = await planFor(project(manifest, { ...files, "pnpm-workspace.yaml": broken }));
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: "file-ignored", file: "pnpm-workspace.yaml" }),
    );
  });

  it("is told by requiresBuild of an older pnpm", async () => {
    const manifest = { ...dependencies, packageManager: "pnpm@8.15.0" };
    const withScript = await planFor(
      project(manifest, { "pnpm-lock.yaml": olderPnpmLock("    requiresBuild: true\n") }),
    );
    expect(withScript.dockerfile.text).toContain(compilers);
    const without = await planFor(project(manifest, { "pnpm-lock.yaml": olderPnpmLock("") }));
    expect(without.dockerfile.text).not.toContain("BUILD_IMAGE");
  });

  it.each([
    [
      "yarn@1.22.22",
      "yarn.lock",
      '# yarn lockfile v1\n\n\n"@acme/wire@^1.0.0", "@acme/wire@1":\n  version "1.0.0"\n  dependencies:\n    nan "^2.0.0"\n\nshell@1:\n  version "1.0.0"\n  dependencies:\n    "@acme/wire" "^1.0.0"\n',
    ],
    [
      "yarn@4.10.3",
      "yarn.lock",
      '__metadata:\n  version: 8\n\n"@acme/wire@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "@acme/wire@npm:1.0.0"\n  dependencies:\n    nan: "npm:^2.0.0"\n  languageName: node\n\n"shell@npm:1":\n  version: 1.0.0\n  dependencies:\n    "@acme/wire": "npm:^1.0.0"\n',
    ],
    [
      "bun@1.3.0",
      "bun.lock",
      '{\n  "lockfileVersion": 1,\n  "packages": {\n    "shell": ["shell@1.0.0", "", { "dependencies": { "@acme/wire": "1" } }, "sha512-x"],\n    "@acme/wire": ["@acme/wire@1.0.0", "", { "dependencies": { "nan": "2" } }, "sha512-x"],\n  },\n}\n',
    ],
  ])("is found by the lock file of %s", async (packageManager, name, lock) => {
    const plan = await planFor(project({ ...dependencies, packageManager }, { [name]: lock }));
    expect(plan.dockerfile.text).toContain(compilers);
    expect(plan.findings).toContainEqual(native("@acme/wire"));
  });

  it("that Yarn's lock file calls optional may fail", async () => {
    const lock =
      '__metadata:\n  version: 8\n\n"wire@npm:1":\n  version: 1.0.0\n  dependencies:\n    nan: "npm:2"\n\n"shell@npm:1":\n  version: 1.0.0\n  dependencies:\n    wire: "npm:1"\n  dependenciesMeta:\n    wire:\n      optional: true\n';
    const plan = await planFor(
      project({ ...dependencies, packageManager: "yarn@4.10.3" }, { "yarn.lock": lock }),
    );
    expect(plan.dockerfile.text).not.toContain("nan");
    expect(plan.findings).not.toContainEqual(native("wire"));
  });
});
