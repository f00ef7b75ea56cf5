import { describe, expect, test } from "vitest";
import { plainValue } from "../../../project/src/json-access.ts";
import { JsonSyntaxError, parseJsonDocument } from "../../../project/src/json-document.ts";

describe("parseJsonDocument gives what JSON.parse gives", () => {
  test.each([
    '{"a":1,"b":[true,false,null],"c":{"d":"e"}}',
    '"\\u00e9\\ud83d\\ude00\\n\\/\\\\\\""',
    "[-0, 0.5, 1e3, -1.25E-2, 12345678901234567890]",
    " \t\r\n{ } \n",
    "[[[[]]]]",
    '{"":""}',
    '"é😀 // no comment /* here */"',
  ])("for %s", (text) => {
    expect(JSON.stringify(plainValue(parseJsonDocument(text).root))).toBe(JSON.stringify(JSON.parse(text)));
    expect(parseJsonDocument(text).extension).toBeUndefined();
  });

  test("and refuses what it refuses, for texts with a letter changed", () => {
    const text = '{"name":"x","list":[1,-2.5e3,true,null,{"deep":"\\u0041\\n"}],"n":0}';
    for (let index = 0; index < text.length; index += 1) {
      for (const letter of '{}[]",:\\0a-.e \n') {
        const changed = text.slice(0, index) + letter + text.slice(index + 1);
        const ours = outcome(() => plainOrExtended(changed));
        expect({ changed, outcome: ours }).toEqual({ changed, outcome: outcome(() => JSON.parse(changed)) });
      }
    }
  });
});

test("lines are counted for members, items and after comments", () => {
  const { root, extension } = parseJsonDocument(
    '{\n  /* one\n     two */\n  "a": [\n    1,\n    2 // here\n  ],\r\n  "b":\n 3,\n}',
  );
  const members = root.value as ReadonlyMap<string, { line: number; value: unknown }>;
  expect(members.get("a")?.line).toBe(4);
  expect(members.get("a")?.value).toMatchObject([{ line: 5 }, { line: 6 }]);
  expect(members.get("b")?.line).toBe(8);
  expect(extension).toEqual({ what: "comment", line: 2 });
});

test("a member called __proto__ is a member, and the last of two counts", () => {
  const { root, duplicates } = parseJsonDocument('{ "__proto__": { "polluted": 1 },\n"a": 1, "a": 2 }');
  expect([...(root.value as ReadonlyMap<string, unknown>).keys()]).toEqual(["__proto__", "a"]);
  expect((plainValue(root) as Record<string, unknown>)["a"]).toBe(2);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(duplicates).toEqual([{ name: "a", line: 2 }]);
});

test("a text of ten megabytes and one of many lines are parsed", () => {
  expect((parseJsonDocument(`"${"x".repeat(10_000_000)}"`).root.value as string).length).toBe(10_000_000);
  const items = parseJsonDocument(`[${"1,\n".repeat(100_000)}1]`).root.value as readonly { line: number }[];
  expect(items.at(-1)?.line).toBe(100_001);
});

describe("a syntax error tells", () => {
  test.each([
    ["{", "Found the end of the file", 1, 2],
    ["{\n\n 'a': 1 }", `Found "'", wanted a name in double quotes or "}"`, 3, 2],
    ["[1 2]", 'Found "2", wanted "," or "]"', 1, 4],
    ["[,]", 'Found ",", wanted a value', 1, 2],
    ["[1,,2]", 'Found ",", wanted a value', 1, 4],
    ["01", 'Found "0", wanted a value', 1, 1],
    ["NaN", 'Found "N", wanted a value', 1, 1],
    ['"\\x"', "A string holds a bad escape", 1, 1],
    ["/* /", "A comment is not closed", 1, 1],
    ["/ 1", 'Found "/", wanted a value', 1, 1],
    ["  ", "The file is empty", 1, 3],
    ["[".repeat(200_000), "Nested deeper than 500 levels", 1, 501],
  ])("%j: %s", (text, message, line, column) => {
    let caught: unknown;
    try {
      parseJsonDocument(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(JsonSyntaxError);
    expect(caught).toMatchObject({ message: expect.stringContaining(message) as string, line, column });
  });
});

/** Extensions are the one thing that `JSON.parse` refuses and the parser takes. */
function plainOrExtended(text: string): unknown {
  const document = parseJsonDocument(text);
  if (document.extension !== undefined) throw new Error("extended");
  return plainValue(document.root);
}

function outcome(parse: () => unknown): string {
  try {
    return JSON.stringify(parse());
  } catch {
    return "refused";
  }
}
