import { commit, loadGenerators, plan } from "@dext/generators";
import { describe, expect, it } from "vitest";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

/** A repository with a plopfile whose generator "g" has these actions (JavaScript). */
async function repository(actions: string, files: Record<string, string> = {}, more = ""): Promise<string> {
  return targetFolder({
    "plopfile.mjs": `export default (plop) => {
  ${more}
  plop.setGenerator("g", { description: "A generator", prompts: [{ type: "input", name: "name", message: "Name" }], actions: ${actions} });
};`,
    ...files,
  });
}

function shout(mark: string): string {
  return `plop.setHelper("shout", (text) => text + "${mark}"); plop.setPartial("part", "<{{shout name}}>");`;
}

// Each of these was seen in node-plop 0.32.
describe("a plopfile", () => {
  it("writes no part of its output when a later action fails", async () => {
    const root = await repository(
      '[{ type: "add", path: "a.txt", template: "a" }, { type: "add", path: "b.txt", templateFile: "none.hbs" }]',
    );
    const before = snapshot(root);
    await expect(plan("g", { name: "x" }, { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_GENERATOR_FAILED",
    });
    expect(snapshot(root)).toEqual(before);
  });

  it("writes nothing even where abortOnFail is off", async () => {
    const root = await repository(
      '[{ type: "add", path: "../b.txt", template: "", abortOnFail: false }, { type: "add", path: "a.txt", template: "a" }]',
    );
    await expect(plan("g", { name: "x" }, { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_PATH_INVALID",
    });
  });

  it("renders code, not HTML", async () => {
    const root = await repository(
      '[{ type: "add", path: "{{kebabCase name}}.ts", templateFile: "t/a.hbs" }]',
      {
        "t/a.hbs": "const a = <T>('{{name}}' && \"{{upperCase name}}\");\n",
      },
    );
    await commit(await plan("g", { name: "a<b>&'c'" }, { target: root }));
    expect(snapshot(root)["a-b-c.ts"]).toBe("file 644 const a = <T>('a<b>&'c'' && \"A<B>&'C'\");\n");
  });

  it("does not leave the target", async () => {
    const root = await repository('[{ type: "add", path: "{{name}}/a.txt", template: "a" }]');
    await expect(plan("g", { name: "../out" }, { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_PATH_INVALID",
    });
  });

  it("fails when a modify matches nothing", async () => {
    const root = await repository('[{ type: "modify", path: "a.txt", pattern: /nowhere/, template: "x" }]', {
      "a.txt": "a\n",
    });
    await expect(plan("g", { name: "x" }, { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_ANCHOR_MISSING",
    });
  });

  it("deletes no folder, whatever is forced", async () => {
    const root = await repository('[{ type: "add", path: "folder", template: "x", force: true }]', {
      "folder/a.txt": "a",
    });
    await expect(plan("g", { name: "x" }, { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_NOT_A_FILE",
    });
  });

  it("overwrites no file of somebody else, whatever is forced", async () => {
    const root = await repository('[{ type: "add", path: "a.txt", template: "x", force: true }]', {
      "a.txt": "a",
    });
    await expect(plan("g", { name: "x" }, { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_CONFLICT",
    });
  });

  it("appends behind text, not behind a pattern made of it, and once", async () => {
    const root = await repository(
      '[{ type: "append", path: "a.txt", pattern: "a.c(", template: "$& {{name}}" }]',
      { "a.txt": "abc(\na.c(\nend\n" },
    );
    await commit(await plan("g", { name: "x" }, { target: root }));
    expect(snapshot(root)["a.txt"]).toBe("file 644 abc(\na.c(\n$& x\nend\n");
    expect((await plan("g", { name: "x" }, { target: root })).operations).toEqual([]);
  });

  it("refers by $1 to what its pattern has found, as a template can and an answer cannot, and puts it back once", async () => {
    const root = await repository(
      '[{ type: "modify", path: "a.txt", pattern: /(\\/\\/ HERE)/g, template: "$1\\n{{name}} costs $$5" }]',
      { "a.txt": "x\n// HERE\ny\n" },
    );
    await commit(await plan("g", { name: "a$1$&" }, { target: root }));
    expect(snapshot(root)["a.txt"]).toBe("file 644 x\n// HERE\na$1$& costs $5\ny\n");
    await commit(await plan("g", { name: "b" }, { target: root }));
    expect(snapshot(root)["a.txt"]).toBe("file 644 x\n// HERE\nb costs $5\na$1$& costs $5\ny\n");
    for (const name of ["a$1$&", "b"]) {
      expect((await plan("g", { name }, { target: root })).operations).toEqual([]);
    }
  });

  it("inserts at a place that a pattern only looks at", async () => {
    const root = await repository(
      '[{ type: "modify", path: "a.txt", pattern: /(?=end)/, template: "{{name}}\\n" }]',
      { "a.txt": "start\nend\n" },
    );
    await commit(await plan("g", { name: "x" }, { target: root }));
    expect(snapshot(root)["a.txt"]).toBe("file 644 start\nx\nend\n");
    expect((await plan("g", { name: "x" }, { target: root })).operations).toEqual([]);
  });

  it("transforms a file as a whole, after what it has replaced in it", async () => {
    const root = await repository(
      `[{ type: "modify", path: "a.txt", pattern: "b", template: "{{name}}", transform: async (text) => text.toUpperCase() },
        { type: "modify", path: "b.txt", transform: (text, answers) => text + answers.name + "\\n" }]`,
      { "a.txt": "a\r\nb\r\n", "b.txt": "b\n" },
    );
    await commit(await plan("g", { name: "x" }, { target: root }));
    expect(snapshot(root)).toMatchObject({ "a.txt": "file 644 A\r\nX\r\n", "b.txt": "file 644 b\nx\n" });
  });

  it("appends on lines of their own only, and refuses another separator", async () => {
    const action = '[{ type: "append", path: "a.txt", pattern: "a", separator: ", ", template: "b" }]';
    const root = await repository(action, { "a.txt": "a\n" });
    await expect(plan("g", { name: "x" }, { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_GENERATOR_INVALID",
      hint: expect.stringContaining('"modify"') as unknown,
    });
  });

  it("keeps CRLF in a file that it edits", async () => {
    const root = await repository('[{ type: "modify", path: "a.txt", pattern: "b", template: "b1\\nb2" }]', {
      "a.txt": "a\r\nb\r\nc\r\n",
    });
    await commit(await plan("g", { name: "x" }, { target: root }));
    expect(snapshot(root)["a.txt"]).toBe("file 644 a\r\nb1\r\nb2\r\nc\r\n");
  });

  it("has helpers and partials of its own, which do not leak into others", async () => {
    const action = '[{ type: "add", path: "a.txt", template: "{{> part}}" }]';
    const [one, two] = [await repository(action, {}, shout("!")), await repository(action, {}, shout("?"))];
    const [first, second] = [await loadGenerators(one), await loadGenerators(two)];
    const textOf = async (root: string, generators: typeof first): Promise<unknown> =>
      (await plan("g", { name: "x" }, { target: root, generators })).operations[0];
    expect(await textOf(two, second)).toMatchObject({ after: { contents: "<x?>" } });
    expect(await textOf(one, first)).toMatchObject({ after: { contents: "<x!>" } });
    const plain = await repository('[{ type: "add", path: "a.txt", template: "{{shout name}}" }]');
    await expect(plan("g", { name: "x" }, { target: plain })).rejects.toThrowError(/shout/);
  });

  it("takes functions, custom action types, comments, skips, data, and actions made of the answers", async () => {
    const root = await repository(
      `(answers) => ["a comment", { type: "add", path: "a.txt", template: "{{greeting}} {{name}}", data: { greeting: "Hi" } },
        { type: "add", path: "b.txt", template: "", skip: () => "not needed" },
        { type: "note", text: answers.name }, () => "done"]`,
      {},
      'plop.setActionType("note", (answers, config) => { globalThis.plopNote = config.text; return ""; });',
    );
    const { operations } = await plan("g", { name: "x" }, { target: root });
    expect(operations).toMatchObject([{ path: "a.txt", after: { contents: "Hi x" } }]);
    expect((globalThis as { plopNote?: string }).plopNote).toBe("x");
  });

  it("is answered by flags, also where a prompt has a condition, and by the shapes of inquirer", async () => {
    const root = await targetFolder({
      "plopfile.mjs": `export default (plop) => plop.setGenerator("g", { prompts: [
        { type: "list", name: "kind", message: "Kind", choices: [{ name: "An API", value: "api" }, "worker"] },
        { type: "confirm", name: "docs", message: "Docs", when: (answers) => answers.kind === "api" },
        { type: "list", name: "size", message: "Size", choices: ({ kind }) => kind === "api" ? ["s", "m"] : [], default: "m" },
        { type: "checkbox", name: "extras", message: "Extras", choices: ["a", "b"] } ],
        actions: (answers) => [{ type: "add", path: "a.json", template: JSON.stringify(answers) }] });`,
    });
    const { operations } = await plan("g", { kind: "api", docs: "yes", extras: "a,b" }, { target: root });
    expect(operations).toMatchObject([
      { after: { contents: '{"kind":"api","docs":true,"size":"m","extras":["a","b"]}' } },
    ]);
    await expect(plan("g", { kind: "cron" }, { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_ANSWER_INVALID",
    });
  });

  it("with addMany is refused, and told what to use", async () => {
    const root = await repository('[{ type: "addMany", destination: ".", base: "t", templateFiles: "t/*" }]');
    await expect(plan("g", { name: "x" }, { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_GENERATOR_INVALID",
      hint: expect.stringContaining("add-tree") as string,
    });
  });
});
