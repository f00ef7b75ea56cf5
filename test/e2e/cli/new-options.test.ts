import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createAppFolder } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { dext, endLeftDexts } from "../../fixtures/cli/dext-process.ts";

afterEach(endLeftDexts);
// Programs on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const generators = `import { defineGenerator } from "@dext/generators";
export default defineGenerator({
  name: "page",
  description: "A page of the site",
  prompts: [
    { name: "name", type: "text", message: "Its name" },
    { name: "pageKind", type: "select", message: "Its kind", choices: ["plain", { value: "list" }], default: "plain" },
    { name: "perPage", type: "number", message: "Items on a page", when: ({ pageKind }) => pageKind === "list" },
    { name: "tags", type: "multiselect", message: "Its tags", choices: ["a", "b", "c"], default: ["a", "b", "c"] },
    { name: "draft", type: "confirm", message: "A draft?", default: true },
    { name: "token", type: "password", message: "A token", optional: true, default: "secret-default" },
    { name: "json", type: "text", message: "More", optional: true, default: "" },
  ],
  actions: ({ answers }) => [{ type: "add", path: "page.json", text: JSON.stringify(answers) }],
});
`;
const plopfile = `export default (plop) => plop.setGenerator("memo", {
  description: "A memo",
  prompts: [
    { type: "input", name: "fileTitle", message: "Title" },
    { type: "confirm", name: "loud", message: "Loud?", default: false },
  ],
  actions: [{ type: "add", path: "{{fileTitle}}.txt", template: "{{#if loud}}!{{/if}}" }],
});
`;

describe("dext new <generator of one's own>", () => {
  it("takes an option for every question, of every type", async () => {
    const folder = await repository();
    const args = [
      "new",
      "page",
      "home",
      "--page-kind",
      "list",
      "--per-page",
      "7",
      "--tags",
      "a,c",
      "--no-draft",
    ];
    const made = await dext([...args, "--token", "t", "--answer-json", "more"], { folder });
    expect(made).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(await readFile(join(folder.path, "page.json"), "utf8"))).toEqual({
      name: "home",
      pageKind: "list",
      perPage: 7,
      tags: ["a", "c"],
      draft: false,
      token: "t",
      json: "more",
    });
    const memo = await dext(["new", "memo", "--file-title", "hello", "--loud"], { folder });
    expect(memo).toMatchObject({ code: 0, stdout: "+ hello.txt\n" });
    expect(await readFile(join(folder.path, "hello.txt"), "utf8")).toBe("!");
  });

  it("takes the name of a plopfile's generator from the first question for a text", async () => {
    const folder = await repository();
    expect(await dext(["new", "memo", "note"], { folder })).toMatchObject({
      code: 0,
      stdout: "+ note.txt\n",
    });
    const twice = await dext(["new", "memo", "note", "more"], { folder });
    expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('given too: "more"') as unknown });
  });

  it("lists them with choices and what is usual, and hides what is secret", async () => {
    const folder = await repository();
    const { code, stdout } = await dext(["new", "page", "--help"], { folder });
    expect(code).toBe(0);
    const lines = stdout.split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, "  "));
    expect(lines.slice(0, 4)).toEqual([
      "A page of the site",
      "",
      "Usage: dext new page [name] [options]",
      "",
    ]);
    expect(lines).toEqual(
      expect.arrayContaining([
        "--name <value>  Its name",
        '--page-kind <value>  Its kind (plain, list; "plain" when not given)',
        "--per-page <number>  Items on a page (only asked where it applies)",
        "--tags <a,b>  Its tags (a, b, c; all when not given)",
        "--draft  A draft? (yes when not given)",
        "--no-draft  The opposite",
        "--token <value>  A token (may be left out)",
        "--answer-json <value>  More (may be left out)",
        "--json  Print what would change as a JSON document, and change nothing",
      ]),
    );
    expect(stdout).not.toContain("secret-default");
  });

  it.each<[string, readonly string[], number, readonly string[]]>([
    ["an option that there is not", ["page", "x", "--page-kinds", "list"], 2, ["Did you mean --page-kind?"]],
    ["a missing answer", ["page"], 2, ['Answers are missing: "name"', "--name <value>"]],
    [
      "a missing answer to a question with a condition",
      ["page", "x", "--page-kind", "list"],
      2,
      ["--per-page <value>"],
    ],
    [
      "an option whose question does not apply",
      ["page", "x", "--per-page", "3"],
      2,
      ["--per-page has no meaning"],
    ],
    ["what cannot be chosen", ["page", "x", "--page-kind", "other"], 2, ['wanted one of "plain", "list"']],
    [
      "text where a number is wanted",
      ["page", "x", "--page-kind", "list", "--per-page", "many"],
      2,
      ["wanted a number"],
    ],
    ["an option without its value", ["page", "--name", "--draft"], 2, ["--name needs a value"]],
    ["a generator that there is not", ["pages"], 2, ['no generator "pages"', '"page"']],
  ])("refuses %s, and writes nothing", async (_, args, code, texts) => {
    const folder = await repository();
    const refused = await dext(["new", ...args], { folder });
    expect(refused).toMatchObject({ code, stdout: "" });
    for (const text of texts) expect(refused.stderr).toContain(text);
    expect(await readdir(folder.path)).not.toContain("page.json");
  });
});

it("dext add takes everything from a file of answers, also one with a byte-order mark", async () => {
  const folder = await createAppFolder({
    "apphost.ts":
      'import { createBuilder } from "@dext/hosting";\nconst host = createBuilder();\nawait host.run();\n',
    "answers.json": '\uFEFF{ "resource": "redis", "name": "store" }',
  });
  onTestFinished(() => folder.remove());
  expect(await dext(["add", "--answers", "answers.json", "--no-install"], { folder })).toMatchObject({
    code: 0,
  });
  expect(await readFile(join(folder.path, "apphost.ts"), "utf8")).toContain('host.addRedis("store")');
  const missing = await dext(["add"], { folder });
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("redis, postgres") as unknown });
});

it("what could not be written is told each time, and not said to be there", async () => {
  const folder = await createAppFolder({ "apphost.ts": "export default make();\n" });
  onTestFinished(() => folder.remove());
  for (const head of ["\nNext:\n", "Nothing to change in files. Unless you have done so already:\n"]) {
    const { code, stdout } = await dext(["add", "redis"], { folder });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(head) as unknown });
    expect(stdout).toContain('const cache = host.addRedis("cache");');
  }
});

async function repository(): Promise<AppFolder> {
  const folder = await createAppFolder({
    "apphost.ts": "",
    "dext.generators.ts": generators,
    "plopfile.mjs": plopfile,
  });
  onTestFinished(() => folder.remove());
  return folder;
}
