import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GeneratorDefinition } from "@dext/generators";
import { commit, defineGenerator, loadGenerators, plan, undo } from "@dext/generators";
import { describe, expect, it } from "vitest";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

const service = defineGenerator({
  name: "service",
  description: "A service",
  prompts: [
    { name: "name", type: "text", message: "Name" },
    { name: "port", type: "number", message: "Port", default: 3000 },
    { name: "token", type: "password", message: "Token", optional: true },
  ],
  actions: ({ answers }) => [
    { type: "add-tree", templates: "thing", into: String(answers["name"]), data: { kind: "api" } },
    { type: "json-edit", path: "package.json", edits: [{ at: ["workspaces"], append: answers["name"] }] },
    { type: "modify", path: "list.txt", anchor: "# end", insert: "before", template: "line.ejs" },
    { type: "append", path: ".gitignore", text: "dist/\n" },
    { type: "follow-up", step: { kind: "install", directory: "." } },
  ],
  plan(draft, { answers }) {
    draft.add({ path: `${String(answers["name"])}/start.sh`, text: "#!/bin/sh\n", executable: true });
  },
});

const files = {
  "templates/thing/src/main.ts.ejs":
    "export const name = <%= js(name) %>;\nexport const port = <%= port %>;\n",
  "templates/thing/kind.txt.ejs": "<%= word(kind) %>\n",
  "templates/thing/icon.bin": Uint8Array.of(255, 0),
  "templates/line.ejs": "- <%= word(name) %>\n",
  "package.json": '{\r\n  "name": "x"\r\n}\r\n',
  "list.txt": "# begin\n# end",
  ".gitignore": "node_modules/\n",
};

describe("a generator", () => {
  it("makes one plan of templates, edits and follow-ups, and a second run changes nothing", async () => {
    const root = await targetFolder(files);
    const before = snapshot(root);
    const made = await plan(service, { name: "api", token: "secret" }, { target: root });
    expect(snapshot(root)).toEqual(before);
    expect(made.followUps).toEqual([{ kind: "install", directory: "." }]);
    expect(JSON.stringify(made)).not.toContain("secret");
    await commit(made);
    expect(snapshot(root)).toMatchObject({
      "api/src/main.ts": 'file 644 export const name = "api";\nexport const port = 3000;\n',
      "api/kind.txt": "file 644 api\n",
      "api/icon.bin": "file 644 \u00FF\u0000",
      "api/start.sh": "file 755 #!/bin/sh\n",
      "package.json": 'file 644 {\r\n  "name": "x",\r\n  "workspaces": [\r\n    "api"\r\n  ]\r\n}\r\n',
      "list.txt": "file 644 # begin\n- api\n# end",
      ".gitignore": "file 644 node_modules/\ndist/\n",
    });
    const after = snapshot(root);
    const again = await plan(service, { name: "api", token: "secret" }, { target: root });
    expect(again.operations).toEqual([]);
    expect(await commit(again)).toMatchObject({ changed: false });
    expect(snapshot(root)).toEqual(after);
    await undo(root);
    expect(snapshot(root)).toEqual(before);
  });

  it.each<[string, Partial<GeneratorDefinition>]>([
    ["a condition", { prompts: [{ name: "a", type: "text", message: "", when: fail }] }],
    ["a check of answers", { prompts: [{ name: "name", type: "text", message: "", validate: fail }] }],
    ["a filter", { prompts: [{ name: "name", type: "text", message: "", filter: fail }] }],
    ["choices", { prompts: [{ name: "name", type: "select", message: "", choices: fail }] }],
    ["a look at the target", { detect: () => Promise.reject(new TypeError("mine")) }],
    ["more prompts", { morePrompts: fail }],
    ["the name of what it makes", { unit: fail }],
  ])("tells an error of %s as the generator's mistake", async (_, part) => {
    const generator = defineGenerator({ name: "g", description: "", plan: () => {}, ...part });
    const target = await targetFolder({});
    const answers = generator.prompts?.[0]?.name === "name" ? { name: "x" } : {};
    await expect(plan(generator, answers, { target })).rejects.toMatchObject({
      code: "DEXT_GENERATE_GENERATOR_FAILED",
      message: 'The generator "g" failed: mine',
      details: { generator: "g" },
    });
  });

  it("changes nothing either in a checkout with the line endings of Windows", async () => {
    const root = await targetFolder({});
    const text = "one\ntwo\n";
    const generator = defineGenerator({
      name: "g",
      description: "",
      plan: (draft) => draft.add({ path: "a.txt", text }),
    });
    await commit(await plan(generator, {}, { target: root }));
    for (const path of ["a.txt", ".dext/generated/g.json"]) {
      const now = await readFile(join(root, path), "utf8");
      await writeFile(join(root, path), now.replaceAll("\n", "\r\n"));
    }
    expect(await commit(await plan(generator, {}, { target: root }))).toMatchObject({ changed: false });
  });

  it("takes the answers of the run before, when it is run again", async () => {
    const root = await targetFolder(files);
    await commit(await plan(service, { name: "api", port: 4000 }, { target: root }));
    const again = await plan(service, { name: "api" }, { target: root });
    expect(again.operations).toEqual([]);
    expect(again.records[0]?.answers).toEqual({ name: "api", port: 4000 });
    // An answer that is undefined is none: it hides no other.
    const byFile = await plan(service, { name: undefined }, { target: root, file: { name: "api" } });
    expect(byFile.records[0]?.answers).toEqual({ name: "api", port: 4000 });
  });

  it.each<[string, Partial<GeneratorDefinition>]>([
    [
      "an action",
      {
        actions: [
          { type: "add", path: "a.txt", text: "a" },
          { type: "add", path: "../b", text: "b" },
        ],
      },
    ],
    [
      "a template",
      {
        actions: [
          { type: "add", path: "a.txt", text: "a" },
          { type: "add", path: "b", template: "bad.ejs" },
        ],
      },
    ],
    [
      "its code",
      {
        plan(draft) {
          draft.add({ path: "a.txt", text: "a" });
          throw new Error("broken");
        },
      },
    ],
    [
      "a later action type",
      { actions: [{ type: "add", path: "a.txt", text: "a" }, { type: "chmod", path: "a.txt" } as never] },
    ],
    [
      "a missing anchor",
      {
        actions: [
          { type: "add", path: "a.txt", text: "a" },
          { type: "modify", path: "list.txt", anchor: "nowhere", insert: "after", text: "x" },
        ],
      },
    ],
    [
      "a path that is pasted",
      { actions: ({ answers }) => [{ type: "add", path: `${String(answers["name"])}/a.txt`, text: "a" }] },
    ],
  ])("writes nothing when %s fails half-way", async (_, parts) => {
    const root = await targetFolder({ ...files, "templates/bad.ejs": "<%= name %>" });
    const before = snapshot(root);
    const generator = defineGenerator({
      name: "bad",
      description: "",
      prompts: [{ name: "name", type: "text", message: "" }],
      ...parts,
    });
    await expect(plan(generator, { name: "../../up" }, { target: root })).rejects.toMatchObject({
      code: expect.stringMatching(/^DEXT_GENERATE_/) as string,
    });
    expect(snapshot(root)).toEqual(before);
  });

  it("edits a file that it makes itself before it is settled", async () => {
    const generator = defineGenerator({
      name: "g",
      description: "",
      actions: [
        { type: "add", path: "a.json", text: "{}\n" },
        { type: "json-edit", path: "a.json", edits: [{ at: ["x"], set: 1 }] },
      ],
    });
    const root = await targetFolder();
    await commit(await plan(generator, {}, { target: root }));
    expect(await readFile(join(root, "a.json"), "utf8")).toBe('{\n  "x": 1\n}\n');
    expect((await plan(generator, {}, { target: root })).operations).toEqual([]);
  });

  it("keeps runs of different names apart, also where they look alike", async () => {
    const root = await targetFolder(files);
    for (const name of ["a", "b"]) await commit(await plan(service, { name }, { target: root }));
    const simple = defineGenerator({ ...service, actions: [] });
    const units = await Promise.all(
      ["x y", "x-y", "x/y"].map(
        async (name) =>
          (await plan({ ...simple, plan: () => {} }, { name }, { target: root })).records[0]?.unit,
      ),
    );
    expect(new Set(units).size).toBe(3);
    expect(Object.keys(snapshot(root)).filter((path) => path.startsWith(".dext/generated/"))).toEqual([
      ".dext/generated/service-a.json",
      ".dext/generated/service-b.json",
    ]);
  });

  it("runs into a folder that does not exist yet, and is undone with it", async () => {
    const parent = await targetFolder();
    const generator = defineGenerator({
      name: "g",
      description: "",
      actions: [{ type: "add", path: "a/b.txt", text: "b" }],
    });
    await commit(await plan(generator, {}, { target: join(parent, "new/app") }));
    expect(snapshot(parent)["new/app/a/b.txt"]).toBe("file 644 b");
    await undo(join(parent, "new/app"));
    expect(snapshot(parent)).toEqual({});
  });

  it.each([
    ["no name", { description: "", actions: [] }],
    ["a name with a slash", { name: "a/b", description: "", actions: [] }],
    ["nothing to do", { name: "a", description: "" }],
    [
      "a question asked twice",
      { name: "a", description: "", actions: [], prompts: [{ name: "x" }, { name: "x" }] },
    ],
  ])("is refused with %s", (_, definition) => {
    expect(() => defineGenerator(definition as never)).toThrowError(
      expect.objectContaining({ code: "DEXT_GENERATE_GENERATOR_INVALID" }),
    );
  });

  it("leaves an AppHost alone that cannot be edited safely, and tells what to paste", async () => {
    const generator = defineGenerator({
      name: "g",
      description: "",
      actions: [
        {
          type: "apphost",
          path: "apphost.ts",
          edits: [{ kind: "resource", method: "addRedis", name: "cache" }],
        },
      ],
    });
    const usual = await targetFolder({ "apphost.ts": "const host = createBuilder();\nawait host.run();\n" });
    expect((await plan(generator, {}, { target: usual })).operations).toHaveLength(1);
    const unusual = await targetFolder({ "apphost.ts": "export default (host) => host.run();\n" });
    const made = await plan(generator, {}, { target: unusual });
    expect(made.operations).toEqual([]);
    expect(made.followUps[0]).toMatchObject({
      kind: "next-step",
      text: expect.stringContaining('host.addRedis("cache")') as string,
    });
  });
});

describe("a repository's generators", () => {
  it("come from dext.generators.ts, one or several", async () => {
    const source = new URL("../../../../generators/src/generator/definition.ts", import.meta.url).href;
    const root = await targetFolder({
      "dext.generators.mjs": `import { defineGenerator } from ${JSON.stringify(source)};
export default [defineGenerator({ name: "hello", description: "Says hello",
  prompts: [{ name: "name", type: "text", message: "Whom" }],
  actions: ({ answers }) => [{ type: "add", path: "hello.txt", text: "Hello " + answers.name + "\\n" }] })];`,
    });
    expect((await loadGenerators(root)).map(({ name }) => name)).toEqual(["hello"]);
    expect((await plan("hello", { name: "x" }, { target: root })).operations[0]).toMatchObject({
      path: "hello.txt",
    });
    await expect(plan("nothing", {}, { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_GENERATOR_UNKNOWN",
      hint: 'There are "hello", "app", "service", "component", "resource", "apphost", "generator", "dockerfile", "eject".',
    });
  });

  it.each([
    ["throws", "throw new Error('broken')", "DEXT_GENERATE_GENERATOR_FAILED"],
    ["exports nothing", "export {}", "DEXT_GENERATE_GENERATOR_INVALID"],
    ["exports something else", "export default 1", "DEXT_GENERATE_GENERATOR_INVALID"],
  ])("say what is wrong when the file %s", async (_, text, code) => {
    const root = await targetFolder({ "dext.generators.mjs": text });
    await expect(loadGenerators(root)).rejects.toMatchObject({ code });
    await rm(join(root, "dext.generators.mjs"));
    await writeFile(join(root, "other.txt"), "");
    expect(await loadGenerators(root)).toEqual([]);
  });
});

function fail(): never {
  throw new TypeError("mine");
}
