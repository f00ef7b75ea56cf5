import { join } from "node:path";
import { detectProject } from "@dext/project";
import type { ProjectDescription } from "@dext/project";
import { describe, expect, test } from "vitest";
import { projectTree } from "../../fixtures/project-tree.ts";
import type { ProjectTree } from "../../fixtures/project-tree.ts";

describe("the runtime's version is read from", () => {
  test.each<[string, ProjectTree, string, string, number]>([
    [".nvmrc", { ".nvmrc": "22.18.0\n" }, "22.18.0", ".nvmrc", 1],
    [".nvmrc with a v and Windows line ends", { ".nvmrc": "v24\r\n" }, "v24", ".nvmrc", 1],
    [".nvmrc with a name", { ".nvmrc": "lts/jod" }, "lts/jod", ".nvmrc", 1],
    [
      ".nvmrc with comments and settings",
      { ".nvmrc": "# ours\ncorepack=true\n\n22 # LTS\n" },
      "22",
      ".nvmrc",
      4,
    ],
    [".node-version", { ".node-version": "24.1.0" }, "24.1.0", ".node-version", 1],
    [
      ".tool-versions",
      { ".tool-versions": "deno 2.9.6\nnodejs 22.18.0 20.1.0 # two\n" },
      "22.18.0",
      ".tool-versions",
      2,
    ],
    ["mise.toml", { "mise.toml": '[env]\nA = "1"\n[tools]\nnode = "22"\n' }, "22", "mise.toml", 4],
    [".mise.toml with a list", { ".mise.toml": '[tools]\nnode = ["24", "22"]\n' }, "24", ".mise.toml", 2],
    ["mise.toml with a table", { "mise.toml": '[tools]\nnode = { version = "22" }\n' }, "22", "mise.toml", 2],
    ["Volta", { "package.json": { volta: { node: "22.20.0" } } }, "22.20.0", "package.json", 3],
    [
      "devEngines",
      { "package.json": { devEngines: { runtime: [{ name: "node", version: ">=22" }] } } },
      ">=22",
      "package.json",
      6,
    ],
    ["engines", { "package.json": { engines: { node: ">=22.18 <27" } } }, ">=22.18 <27", "package.json", 3],
  ])("%s", async (_, tree, value, file, line) => {
    const project = await detect({ "package.json": {}, ...tree });
    expect(project.runtimeVersion).toMatchObject({ value, file, line });
    expect(project.warnings).toEqual([]);
  });

  test("the files of Deno and of Bun for these", async () => {
    const deno = await detect({ "deno.json": {}, ".dvmrc": "2.9.6", ".nvmrc": "22" });
    expect(deno.runtimeVersion).toMatchObject({ value: "2.9.6", file: ".dvmrc" });
    const bun = await detect({ "package.json": {}, "bun.lock": "", ".bun-version": "1.3.0" });
    expect(bun.runtimeVersion).toMatchObject({ value: "1.3.0", file: ".bun-version" });
    const tools = await detect({ "deno.json": {}, ".tool-versions": "nodejs 22\ndeno 2.9.6\n" });
    expect(tools.runtimeVersion).toMatchObject({ value: "2.9.6", line: 2 });
  });

  test("the folder itself before those above it, and the root's engines last", async () => {
    const root = await projectTree({
      "package.json": { workspaces: ["a", "b"], engines: { node: ">=20" } },
      ".nvmrc": "24",
      "a/package.json": {},
      "a/.nvmrc": "24.1.0",
      "b/package.json": { engines: { node: ">=22" } },
    });
    expect((await detectProject(join(root, "a"))).runtimeVersion).toMatchObject({
      value: "24.1.0",
      file: ".nvmrc",
    });
    expect((await detectProject(join(root, "b"))).runtimeVersion).toMatchObject({
      value: "24",
      file: "../.nvmrc",
    });
  });

  test("nowhere, and never from this machine", async () => {
    expect((await detect({ "package.json": {} })).runtimeVersion).toBeUndefined();
  });
});

describe("versions that cannot both be had are a warning", () => {
  test("for a version file and engines, with the file and the line of each", async () => {
    const project = await detect({ ".nvmrc": "20.11.0", "package.json": { engines: { node: ">=22" } } });
    expect(project.runtimeVersion?.value).toBe("20.11.0");
    expect(project.warnings).toEqual([
      {
        code: "runtime-version-mismatch",
        message: 'Version ">=22" is asked for here and "20.11.0" in .nvmrc:1; the latter is taken',
        file: "package.json",
        line: 3,
      },
    ]);
  });

  test("for two version files, one by the name of a line", async () => {
    const project = await detect({ "package.json": {}, ".nvmrc": "lts/iron", ".node-version": "22" });
    expect(project.warnings).toMatchObject([{ code: "runtime-version-mismatch", file: ".node-version" }]);
  });

  test.each([
    ["22", ">=20"],
    ["v22.18.0", "^22"],
    ["lts/jod", "22.x"],
    ["lts/*", "16"],
    ["node", "16"],
    ["22", "not a range"],
  ])("but not for %s and %s", async (file, node) => {
    const { warnings } = await detect({ ".nvmrc": file, "package.json": { engines: { node } } });
    expect(warnings).toEqual([]);
  });
});

test("a version file without a version is a warning, and the next one counts", async () => {
  for (const content of ["", "\n\n", "# nothing\n", "a=b\n", "two words\n"]) {
    const project = await detect({ "package.json": {}, ".nvmrc": content, ".node-version": "22" });
    expect(project.runtimeVersion?.value).toBe("22");
    expect(project.warnings).toMatchObject([{ code: "runtime-version-invalid", file: ".nvmrc", line: 1 }]);
  }
});

test("a broken mise.toml is a warning with its line", async () => {
  const project = await detect({ "package.json": {}, "mise.toml": '[tools]\nnode = "22\n' });
  expect(project.runtimeVersion).toBeUndefined();
  expect(project.warnings).toMatchObject([{ code: "file-ignored", file: "mise.toml", line: 2 }]);
});

async function detect(tree: ProjectTree): Promise<ProjectDescription> {
  return detectProject(await projectTree(tree));
}
