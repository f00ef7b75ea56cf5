import { join } from "node:path";
import { detectProject } from "@dext/project";
import type { ProjectDescription } from "@dext/project";
import { describe, expect, test } from "vitest";
import { projectTree } from "../../fixtures/project-tree.ts";
import type { ProjectTree } from "../../fixtures/project-tree.ts";

/** Five packages: api → domain → core, api -dev-> testing → core, and web, which api does not need. */
function fivePackages(range: string): ProjectTree {
  return {
    "packages/api/package.json": member("api", {
      dependencies: { "@shop/domain": range, zod: "^4" },
      devDependencies: { "@shop/testing": range },
    }),
    "packages/domain/package.json": member("domain", { dependencies: { "@shop/core": range } }),
    "packages/core/package.json": member("core", {}),
    "packages/testing/package.json": member("testing", { dependencies: { "@shop/core": range } }),
    "packages/web/package.json": member("web", { dependencies: { "@shop/domain": range } }),
  };
}

const npmRoot = { name: "shop", private: true, workspaces: ["packages/*"] };

describe("the closure of a member of five packages is exact", () => {
  test.each<[string, string, ProjectTree, string]>([
    ["npm", "^1.0.0", { "package.json": npmRoot, "package-lock.json": "{}" }, "npm"],
    [
      "npm with an object of packages",
      "*",
      { "package.json": { workspaces: { packages: ["./packages/*/"] } } },
      "npm",
    ],
    [
      "pnpm",
      "workspace:*",
      { "pnpm-workspace.yaml": "packages:\n  - packages/*\n", "package.json": {} },
      "pnpm",
    ],
    ["Yarn classic", "1.0.0", { "package.json": npmRoot, "yarn.lock": "# yarn lockfile v1\n" }, "yarn"],
    [
      "Yarn berry",
      "workspace:^",
      { "package.json": npmRoot, "yarn.lock": "__metadata:\n  version: 8\n" },
      "yarn",
    ],
    ["Bun", "workspace:*", { "package.json": npmRoot, "bun.lock": "{}" }, "bun"],
  ])("under %s", async (_, range, root, manager) => {
    const folder = await projectTree({ ...root, ...fivePackages(range) });
    const project = await detectProject(join(folder, "packages/api"));
    expect(project.packageManager?.value.name).toBe(manager);
    expect(project.workspace).toMatchObject({ root: folder, isRoot: false, cycles: [] });
    expect(project.workspace?.members.map(({ path }) => path)).toEqual([
      "packages/api",
      "packages/core",
      "packages/domain",
      "packages/testing",
      "packages/web",
    ]);
    expect(closureOf(project)).toEqual([
      "packages/core production",
      "packages/domain production",
      "packages/testing development",
    ]);
    expect(project.warnings).toEqual([]);
  });

  test("with who needs it and where", async () => {
    const folder = await projectTree({ "package.json": npmRoot, ...fivePackages("*") });
    const { workspace } = await detectProject(join(folder, "packages/api"));
    expect(workspace?.patterns).toMatchObject({ value: ["packages/*"], file: "../../package.json", line: 4 });
    expect(workspace?.closure[0]).toEqual({
      name: "@shop/core",
      version: "1.0.0",
      path: "packages/core",
      manifests: ["packages/core/package.json"],
      needed: "production",
      because: '"@shop/domain" has "@shop/core" in "dependencies"',
      file: "../domain/package.json",
      line: 5,
    });
  });

  test("and empty for a member that needs none, and for the root", async () => {
    const folder = await projectTree({ "package.json": npmRoot, ...fivePackages("*") });
    expect(closureOf(await detectProject(join(folder, "packages/core")))).toEqual([]);
    const root = await detectProject(folder);
    expect(root.workspace).toMatchObject({ root: folder, isRoot: true, closure: [] });
    expect(root.workspace?.members).toHaveLength(5);
  });
});

describe("a dependency means a member of the workspace", () => {
  test("only when the member's version suits, and a warning says so otherwise", async () => {
    const project = await detectIn("packages/a", {
      "package.json": npmRoot,
      "packages/a/package.json": member("a", {
        dependencies: { "@shop/b": "^2.0.0", "@shop/c": "github:x/y" },
      }),
      "packages/b/package.json": member("b", {}),
      "packages/c/package.json": member("c", {}),
    });
    expect(closureOf(project)).toEqual([]);
    expect(project.warnings).toMatchObject([
      {
        code: "workspace-version-mismatch",
        message: expect.stringContaining('wants "@shop/b" in version "^2.0.0", current: "1.0.0"') as string,
        file: "package.json",
        line: 5,
      },
    ]);
  });

  test("by a plain range under pnpm only when pnpm is told to link, or older than 9", async () => {
    const tree = {
      "pnpm-workspace.yaml": "packages: [packages/*]\n",
      "packages/a/package.json": member("a", { dependencies: { "@shop/b": "^1.0.0" } }),
      "packages/b/package.json": member("b", {}),
    };
    expect(closureOf(await detectIn("packages/a", tree))).toEqual([]);
    const linked = "packages: [packages/*]\nlinkWorkspacePackages: true\n";
    const expected = ["packages/b production"];
    expect(closureOf(await detectIn("packages/a", { ...tree, "pnpm-workspace.yaml": linked }))).toEqual(
      expected,
    );
    expect(
      closureOf(await detectIn("packages/a", { ...tree, ".npmrc": "link-workspace-packages=true" })),
    ).toEqual(expected);
    expect(
      closureOf(await detectIn("packages/a", { ...tree, "package.json": { packageManager: "pnpm@8.15.0" } })),
    ).toEqual(expected);
  });

  test("by path, by alias and by the path from the root", async () => {
    const dependencies = {
      one: "file:../b",
      two: "workspace:@shop/c@^1.0.0",
      three: "workspace:packages/d",
      four: "link:../e/",
      five: "workspace:../f",
    };
    const project = await detectIn("packages/a", {
      "package.json": npmRoot,
      "packages/a/package.json": member("a", { dependencies }),
      ...Object.fromEntries(
        ["b", "c", "d", "e", "f"].map((name) => [`packages/${name}/package.json`, member(name, {})]),
      ),
    });
    expect(closureOf(project)).toEqual(
      ["b", "c", "d", "e", "f"].map((name) => `packages/${name} production`),
    );
    expect(project.warnings).toEqual([]);
  });

  test("by optional and peer dependencies, but not by optional peers", async () => {
    const fields = {
      optionalDependencies: { "@shop/b": "*" },
      peerDependencies: { "@shop/c": "*", "@shop/d": "*" },
      peerDependenciesMeta: { "@shop/d": { optional: true } },
    };
    const project = await detectIn("packages/a", {
      "package.json": npmRoot,
      "packages/a/package.json": member("a", fields),
      ...Object.fromEntries(
        ["b", "c", "d"].map((name) => [`packages/${name}/package.json`, member(name, {})]),
      ),
    });
    expect(closureOf(project)).toEqual(["packages/b production", "packages/c production"]);
  });

  test("and a warning names one that is not there", async () => {
    const dependencies = {
      "@shop/gone": "workspace:*",
      outside: "file:../../lib",
      packed: "file:vendor/x.tgz",
    };
    const project = await detectIn("packages/a", {
      "package.json": npmRoot,
      "packages/a/package.json": member("a", { dependencies }),
    });
    expect(project.warnings).toMatchObject([
      {
        code: "workspace-dependency-missing",
        line: 5,
        message: expect.stringContaining("no such member") as string,
      },
      {
        code: "workspace-dependency-missing",
        line: 6,
        message: expect.stringContaining('"../../lib"') as string,
      },
    ]);
  });
});

describe("circles among members are reported", () => {
  test("with the way around, and the closure still has each once", async () => {
    const project = await detectIn("packages/a", {
      "package.json": npmRoot,
      "packages/a/package.json": member("a", { dependencies: { "@shop/b": "*" } }),
      "packages/b/package.json": member("b", { dependencies: { "@shop/c": "*" } }),
      "packages/c/package.json": member("c", { dependencies: { "@shop/d": "*" } }),
      "packages/d/package.json": member("d", { devDependencies: { "@shop/b": "*" } }),
    });
    expect(project.workspace?.cycles).toEqual([["@shop/b", "@shop/c", "@shop/d", "@shop/b"]]);
    expect(closureOf(project)).toEqual([
      "packages/d production",
      "packages/c production",
      "packages/b production",
    ]);
    expect(project.warnings).toMatchObject([
      {
        code: "workspace-cycle",
        message: expect.stringContaining("@shop/b → @shop/c → @shop/d → @shop/b") as string,
      },
    ]);
  });

  test("when the project itself is part of one, and not when a package names itself", async () => {
    const project = await detectIn("packages/a", {
      "package.json": npmRoot,
      "packages/a/package.json": member("a", { dependencies: { "@shop/b": "*" } }),
      "packages/b/package.json": member("b", {
        dependencies: { "@shop/a": "*" },
        devDependencies: { "@shop/b": "*" },
      }),
    });
    expect(project.workspace?.cycles).toEqual([["@shop/a", "@shop/b", "@shop/a"]]);
    expect(closureOf(project)).toEqual(["packages/b production"]);
  });
});

describe("members are listed by", () => {
  const packages = Object.fromEntries(
    ["packages/a", "packages/b", "packages/deep/c", "packages/b/test/d", "packages/node_modules/x"].map(
      (path) => [`${path}/package.json`, { name: path }],
    ),
  );

  test.each<[string, readonly string[], readonly string[]]>([
    ["a star", ["packages/*"], ["packages/a", "packages/b"]],
    ["two stars", ["packages/**"], ["packages/a", "packages/b", "packages/b/test/d", "packages/deep/c"]],
    ["what is excluded", ["packages/**", "!**/test/**", "!packages/a"], ["packages/b", "packages/deep/c"]],
    ["braces", ["packages/{a,b}"], ["packages/a", "packages/b"]],
    ["names", ["packages/a", "./packages/deep/c/", "packages/none", "."], ["packages/a", "packages/deep/c"]],
    ["what a later pattern takes back", ["packages/*", "!packages/*", "packages/b"], ["packages/b"]],
  ])("%s", async (_, workspaces, expected) => {
    const project = await detectIn(".", { "package.json": { workspaces }, ...packages });
    expect(project.workspace?.members.map(({ path }) => path)).toEqual(expected);
  });

  test("pnpm, where what is excluded stays so", async () => {
    const yaml = "packages:\n  - 'packages/*'\n  - '!packages/b'\n  - packages/b\n";
    const project = await detectIn(".", { "pnpm-workspace.yaml": yaml, "package.json": {}, ...packages });
    expect(project.workspace?.members.map(({ path }) => path)).toEqual(["packages/a"]);
    expect(project.workspace?.patterns).toMatchObject({ file: "pnpm-workspace.yaml", line: 2 });
  });
});

describe("the search for a workspace", () => {
  test("ends at the root of a repository", async () => {
    const project = await detectIn("repository/packages/a", {
      "package.json": { workspaces: ["repository/packages/*"] },
      "repository/.git/": "",
      "repository/packages/a/package.json": {},
    });
    expect(project.workspace).toBeUndefined();
  });

  test("passes by a workspace that does not list the folder, with a warning", async () => {
    const project = await detectIn("examples/a", { "package.json": npmRoot, "examples/a/package.json": {} });
    expect(project.workspace).toBeUndefined();
    expect(project.warnings).toMatchObject([
      { code: "workspace-not-member", file: "../../package.json", line: 4 },
    ]);
  });

  test("ignores a pnpm-workspace.yaml with settings only", async () => {
    const project = await detectIn(".", {
      "package.json": {},
      "pnpm-workspace.yaml": "onlyBuiltDependencies: []\n",
    });
    expect(project).toMatchObject({
      workspace: undefined,
      packageManager: { value: { name: "pnpm" } },
      warnings: [],
    });
  });

  test.each([
    [
      "a broken pnpm-workspace.yaml",
      { "pnpm-workspace.yaml": "packages:\n  - 'open\n" },
      "pnpm-workspace.yaml",
    ],
    ["a broken package.json", { "package.json": "{ oops" }, "package.json"],
    ["a deno.json that is a list", { "deno.json": "[]" }, "deno.json"],
  ])("goes on over %s above the folder", async (_, tree, file) => {
    const project = await detectIn("a", { ...tree, "a/package.json": { name: "a" } });
    expect(project.name).toBe("a");
    expect(project.warnings).toMatchObject([{ code: "file-ignored", file: `../${file}` }]);
  });

  test("keeps a member that cannot be read under its path, with a warning", async () => {
    const project = await detectIn("packages/a", {
      "package.json": npmRoot,
      "packages/a/package.json": member("a", {}),
      "packages/b/package.json": "{ nope",
    });
    expect(project.workspace?.members).toMatchObject([
      { name: "@shop/a" },
      { name: "packages/b", manifests: [] },
    ]);
    expect(project.warnings).toMatchObject([{ code: "file-ignored", file: "../b/package.json", line: 1 }]);
  });

  test("warns of two members of one name", async () => {
    const project = await detectIn("packages/a", {
      "package.json": npmRoot,
      "packages/a/package.json": member("a", { dependencies: { "@shop/b": "*" } }),
      "packages/b/package.json": member("b", {}),
      "packages/b2/package.json": member("b", {}),
    });
    expect(closureOf(project)).toEqual(["packages/b production"]);
    expect(project.warnings).toMatchObject([{ code: "workspace-duplicate-name", file: "../b2" }]);
  });

  test("ignores entries that are no text", async () => {
    const project = await detectIn(".", {
      "package.json": { workspaces: [1, null, "a"] },
      "a/package.json": {},
    });
    expect(project.workspace?.members.map(({ path }) => path)).toEqual(["a"]);
  });
});

describe("in a Deno workspace the closure", () => {
  const tree: ProjectTree = {
    "deno.json": { workspace: ["./api", "./lib", "./log", "./fixtures", "./unused"] },
    "deno.lock": "{}",
    "api/deno.json": { name: "@shop/api", exports: "./main.ts" },
    "api/main.ts": 'import { a } from "@shop/lib/deep.ts";\nimport "jsr:@std/path";\n',
    "api/main_test.ts": 'import { b } from "../fixtures/mod.ts";\n',
    "lib/deno.json": { name: "@shop/lib", version: "1.2.0", imports: { log: "../log/mod.ts" } },
    "lib/deep.ts": '// line\nexport * from "log";\n',
    "log/deno.json": { name: "@shop/log" },
    "log/mod.ts": 'const lib = await import("@shop/lib");\n',
    "fixtures/deno.json": { name: "@shop/fixtures" },
    "unused/deno.json": { name: "@shop/unused" },
  };

  test("is read from imports by name, by import map, by path and at run time", async () => {
    const project = await detectIn("api", tree);
    expect(project.runtime.value).toBe("deno");
    expect(project.lockFile?.value.path).toBe("../deno.lock");
    expect(closureOf(project)).toEqual(["fixtures development", "log production", "lib production"]);
    expect(project.workspace?.closure.find(({ path }) => path === "log")).toMatchObject({
      because: '"@shop/lib" imports it',
      file: "../lib/deep.ts",
      line: 2,
    });
    expect(project.workspace?.cycles).toEqual([["@shop/lib", "@shop/log", "@shop/lib"]]);
  });
});

test("native packages of the closure are found, those of other members are not", async () => {
  const project = await detectIn("packages/a", {
    "package.json": npmRoot,
    "packages/a/package.json": member("a", { dependencies: { "@shop/b": "*" } }),
    "packages/b/package.json": member("b", { dependencies: { sharp: "^0.34" } }),
    "packages/c/package.json": member("c", { dependencies: { bcrypt: "^6" } }),
  });
  expect(project.nativeAddons).toMatchObject([{ value: "sharp", file: "../b/package.json", line: 5 }]);
});

test("a workspace of 300 packages that need each other in a row is described", async () => {
  const tree: Record<string, object> = { "package.json": npmRoot };
  for (let index = 0; index < 300; index += 1) {
    const dependencies = index === 299 ? {} : { [`@shop/p${index + 1}`]: "*" };
    tree[`packages/p${index}/package.json`] = member(`p${index}`, { dependencies });
  }
  const project = await detectIn("packages/p0", tree);
  expect(project.workspace?.closure).toHaveLength(299);
  expect(project.workspace?.closure[0]?.path).toBe("packages/p299");
});

function member(name: string, fields: object): object {
  return { name: `@shop/${name}`, version: "1.0.0", ...fields };
}

async function detectIn(folder: string, tree: ProjectTree): Promise<ProjectDescription> {
  return detectProject(join(await projectTree(tree), folder));
}

function closureOf({ workspace }: ProjectDescription): string[] | undefined {
  return workspace?.closure.map(({ path, needed }) => `${path} ${needed}`);
}
