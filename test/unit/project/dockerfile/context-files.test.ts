import { describe, expect, it } from "vitest";
import type { ProjectTree } from "../../../fixtures/project-tree.ts";
import { memberTree, planFor } from "./sample-plans.ts";

function bare(start: string, files: ProjectTree): ProjectTree {
  return {
    "package.json": { name: "api", type: "module", engines: { node: "24" }, scripts: { start } },
    ...files,
  };
}

describe("what git leaves out", () => {
  const files: ProjectTree = {
    ".gitignore":
      "uploads/\n*.local.json\n!keep.local.json\n/data\nlogs/*\n!logs/.gitkeep\nconfig/*\n!config/base.json\n",
    "main.js": "",
    "uploads/picture.txt": "",
    "data/rows.json": "",
    "cache-of-mine/x.js": "",
    "settings.local.json": "",
    "keep.local.json": "",
    "config/base.json": "",
  };

  it("is in no image, since it is not on every machine", async () => {
    const { dockerfile, ignoreFile } = await planFor(bare("node main.js", files));
    expect(dockerfile.text.match(/^COPY .*$/gm)).toEqual([
      "COPY package.json ./",
      "COPY keep.local.json main.js ./",
      "COPY cache-of-mine ./cache-of-mine",
      "COPY config ./config",
    ]);
    expect(ignoreFile.text).not.toMatch(/uploads|data|logs|settings/);
  });

  it("goes by the rules above a member too", async () => {
    const tree = memberTree("npm");
    const { dockerfile } = await planFor(
      { ...tree, ".gitignore": "services/*/generated\n", "services/api/generated/a.ts": "" },
      { in: "services/api" },
    );
    expect(dockerfile.text).not.toContain("generated");
  });

  it("is nothing to start", async () => {
    const tree = bare("node dist/main.js", { "dist/main.js": "", ".gitignore": "dist\n" });
    await expect(planFor(tree)).rejects.toMatchObject({ code: "DEXT_DOCKERFILE_BUILD_SCRIPT_MISSING" });
    const inPlace = bare("node server.js", { "server.js": "", ".gitignore": "*.js\n" });
    await expect(planFor(inPlace)).rejects.toThrow('"server.js" is not in the repository, since git is told');
  });
});

describe("what the program starts with or imports", () => {
  it.each(["dist/main.js", "test/main.js", "deploy/main.js"])(
    "is in the image wherever it lies: %s",
    async (file) => {
      const { dockerfile, ignoreFile } = await planFor(bare(`node ${file}`, { [file]: "" }));
      const [folder = ""] = file.split("/");
      expect(dockerfile.text).toContain(`COPY ${folder} ./${folder}\n`);
      expect(ignoreFile.text).toContain(`!${folder}\n`);
    },
  );

  it("is in the image whatever it is called, but for settings that are secret", async () => {
    const { dockerfile } = await planFor(
      bare("node main.js", {
        "main.js": 'import "./app.config.js"; import "./src/start.js";',
        "src/start.js": 'import "../credentials.js"; import "../keys/mod.js"; import "../secrets.json";',
        "app.config.js": "",
        "credentials.js": "",
        "secrets.json": "{}",
        "keys/mod.js": "",
        "certs/unused.js": "",
      }),
    );
    expect(dockerfile.text).toContain("COPY app.config.js credentials.js main.js ./\n");
    expect(dockerfile.text).toContain("COPY keys ./keys\n");
    expect(dockerfile.text).not.toMatch(/secrets\.json|certs/);
  });
});

describe("what the program reads by name", () => {
  const files = {
    "src/main.ts": 'import "./settings.ts";',
    "src/settings.ts":
      'file("config.yaml"); file("config.{environment}.yaml"); new URL("../data/prices.csv", import.meta.url); file("secrets.yaml");',
    "config.yaml": "",
    "config.production.yaml": "",
    "data/prices.csv": "",
    "secrets.yaml": "",
    "fly.toml": "",
  };

  it("is in the image beside the sources", async () => {
    const { dockerfile } = await planFor(bare("node src/main.ts", files));
    expect(dockerfile.text).toContain("COPY config.production.yaml config.yaml ./\n");
    expect(dockerfile.text).toContain("COPY data ./data\n");
    expect(dockerfile.text).not.toMatch(/secrets|fly/);
  });

  it("is in the image beside what is built, and nothing else of its folder", async () => {
    const tree = bare("node dist/main.js", files);
    const scripts = { build: "tsc", start: "node dist/main.js" };
    const { dockerfile, ignoreFile } = await planFor({
      ...tree,
      "package.json": { ...(tree["package.json"] as object), scripts, dependencies: { config: "^4" } },
      "package-lock.json": { lockfileVersion: 3 },
      "config/default.json": "{}",
    });
    for (const path of ["config.yaml", "config.production.yaml", "data/prices.csv", "config"]) {
      expect(dockerfile.text).toContain(`COPY ${path} ./${path}\n`);
    }
    expect(dockerfile.text).not.toMatch(/COPY (?:src|secrets|fly)/);
    expect(ignoreFile.text).toContain("!config.yaml\n");
  });
});

describe("a package of the workspace", () => {
  it("brings what it hands out beside its build", async () => {
    const tree = memberTree("npm");
    const lib = {
      ...(tree["packages/lib/package.json"] as object),
      exports: { ".": "./dist/mod.js", "./schema/*": "./schemata/*", "./codes": "./codes.json" },
    };
    const files = { "packages/lib/schemata/a.json": "{}", "packages/lib/codes.json": "{}" };
    const { dockerfile } = await planFor(
      { ...tree, ...files, "packages/lib/package.json": lib },
      { in: "services/api" },
    );
    expect(dockerfile.text).toContain("COPY packages/lib/schemata ./packages/lib/schemata\n");
    expect(dockerfile.text).toContain("COPY packages/lib/codes.json ./packages/lib/\n");
  });

  it("is built with the configurations that its own extends", async () => {
    const tree: ProjectTree = {
      ...memberTree("npm"),
      "packages/lib/tsconfig.json": { extends: ["../../config/tsconfig.json", "../tsconfig.json"] },
      "config/tsconfig.json": { extends: "./strict" },
      "config/strict.json": {},
      "packages/tsconfig.json": {},
      "packages/tool/tsconfig.base.json": {},
    };
    const { dockerfile, ignoreFile } = await planFor(tree, { in: "services/api" });
    for (const path of ["config/tsconfig.json", "config/strict.json", "packages/tsconfig.json"]) {
      expect(dockerfile.text).toContain(`COPY ${path} ./${path}\n`);
      expect(ignoreFile.text).toContain(`!${path}\n`);
    }
    // A package may be there for its configuration alone.
    expect(ignoreFile.text).toContain("!packages/tool/tsconfig.base.json\n");
  });
});
