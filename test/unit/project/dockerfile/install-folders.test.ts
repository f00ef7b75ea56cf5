import { describe, expect, it } from "vitest";
import type { ProjectTree } from "../../../fixtures/project-tree.ts";
import { memberTree, npmTree, planFor } from "./sample-plans.ts";

const manifest = npmTree["package.json"] as object;

/** The stages that install: what comes before the build, and what production has. */
async function installing(tree: ProjectTree, folder = "."): Promise<{ before: string; production: string }> {
  const { dockerfile } = await planFor(tree, { in: folder });
  const [, before = ""] = /AS manifests\n([^]*?)\n\n/.exec(dockerfile.text) ?? [];
  const [, production = ""] = /AS production\n([^]*?)\n\n/.exec(dockerfile.text) ?? [];
  return { before, production };
}

describe("patches", () => {
  it("are there before the install wherever pnpm is told to find them", async () => {
    const settings =
      "packages:\n  - packages/*\n  - services/*\npatchedDependencies:\n  a@1.0.0: tools/patches/a.patch\n";
    const tree = { ...memberTree("pnpm"), "pnpm-workspace.yaml": settings, "tools/patches/a.patch": "" };
    const { before, production } = await installing(tree, "services/api");
    expect(before).toContain("COPY tools/patches ./tools/patches");
    expect(production).toContain("rm -rf packages/tool tools/patches");
  });

  it("are there before the install wherever Yarn is told to find them", async () => {
    const tree: ProjectTree = {
      "package.json": {
        name: "api",
        packageManager: "yarn@4.10.3",
        scripts: { start: "node main.js" },
        dependencies: { a: "patch:a@npm%3A1.0.0#./fixes/a.patch", b: "patch:b@npm%3A1.0.0#~/b.patch" },
      },
      "yarn.lock": "__metadata:\n  version: 8\n",
      ".yarnrc.yml": "nodeLinker: node-modules\n",
      "fixes/a.patch": "",
      "b.patch": "",
      "main.js": "",
    };
    const { before } = await installing(tree);
    expect(before).toContain("COPY package.json yarn.lock .yarnrc.yml b.patch ./");
    expect(before).toContain("COPY fixes ./fixes");
  });

  it("are applied where production has patch-package, and missed with a word where it has not", async () => {
    const scripts = { ...(manifest as { scripts: object }).scripts, postinstall: "patch-package" };
    const packages = { hono: "^4", "patch-package": "^8" };
    const tree = { ...npmTree, "patches/hono+4.0.0.patch": "" };
    const own = { ...tree, "package.json": { ...manifest, scripts, dependencies: packages } };
    const { before, production } = await installing(own);
    expect(before).toContain("COPY patches ./patches");
    expect(production).toContain(
      "npm ci --omit=dev --ignore-scripts \\\n    && node_modules/.bin/patch-package",
    );
    expect((await planFor(own)).warnings.map(({ message }) => message).join()).not.toContain("postinstall");
    const { warnings } = await planFor({
      ...tree,
      "package.json": { ...manifest, scripts, devDependencies: packages },
    });
    expect(warnings.map(({ message }) => message).join()).toContain('production has no "patch-package"');
  });
});

it("the cache of Yarn is left out where it is for one machine only", async () => {
  const tree = { ...memberTree("berry"), ".yarn/cache/a.zip": "", ".yarn/releases/yarn.cjs": "" };
  expect((await installing(tree, "services/api")).before).toContain("COPY .yarn/cache ./.yarn/cache");
  const ignoring = { ...tree, ".gitignore": ".yarn/*\n!.yarn/releases\n" };
  const { before } = await installing(ignoring, "services/api");
  expect(before).toContain("COPY .yarn/releases ./.yarn/releases");
  expect(before).not.toContain("cache");
});

describe("a dependency that is a folder", () => {
  it("is there when it is installed and when the program runs", async () => {
    const dependencies = { "@acme/lib": "file:./libs/lib" };
    const tree = {
      ...npmTree,
      "package.json": { ...manifest, dependencies },
      "libs/lib/package.json": { name: "@acme/lib" },
    };
    const { before, production } = await installing(tree);
    expect(before).toContain("COPY libs/lib ./libs/lib");
    expect(production).not.toContain("rm -rf libs");
  });

  it("is refused where no image of the project can reach it", async () => {
    const dependencies = { "@acme/lib": "file:../lib" };
    await expect(
      planFor({ ...npmTree, "package.json": { ...manifest, dependencies } }),
    ).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_FOLDER_OUTSIDE",
      message: expect.stringMatching(/^package\.json:\d+: "@acme\/lib" is "file:\.\.\/lib"/) as unknown,
    });
  });
});
