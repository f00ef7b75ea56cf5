import { describe, expect, it } from "vitest";
import { appendText, editAtAnchor } from "../../../../generators/src/edits/edit-at-anchor.ts";
import type { JsonEdit } from "../../../../generators/src/edits/edit-json.ts";
import { editJson } from "../../../../generators/src/edits/edit-json.ts";

const path = "a.txt";

describe("an edit at an anchor", () => {
  const source = "start\n  // routes\nend\n";

  it.each([
    ["before", "start\n  one\n  two\n  // routes\nend\n"],
    ["after", "start\n  // routes\n  one\n  two\nend\n"],
    ["replace", "start\n  one\ntwo\nend\n"],
  ] as const)("puts text %s it, once", (insert, expected) => {
    const edit = { path, anchor: "// routes", insert, text: "one\ntwo" };
    const edited = editAtAnchor(source, edit);
    expect(edited).toBe(expected);
    expect(editAtAnchor(edited, edit)).toBe(edited);
  });

  it("takes a text anchor and its text as they are, not as patterns", () => {
    const edit = { path, anchor: "a.c($1)", insert: "replace", text: "$& $1 $$" } as const;
    expect(editAtAnchor("abc a.c($1)\n", edit)).toBe("abc $& $1 $$\n");
    expect(() => editAtAnchor("abc($1)\n", edit)).toThrowError("has no place like");
  });

  it.each(["// routes\n", /routes$\n/m])("puts text behind the line of %j, which ends with it", (anchor) => {
    const edited = editAtAnchor(source, { path, anchor, insert: "after", text: "one" });
    expect(edited).toBe("start\n  // routes\n  one\nend\n");
  });

  it("fails when the anchor is not there, or not clear", () => {
    const edit = { path, anchor: /^x/m, insert: "after", text: "y" } as const;
    expect(() => editAtAnchor("a\n", edit)).toThrowError(code("MISSING"));
    expect(() => editAtAnchor("x\nx\n", edit)).toThrowError(code("AMBIGUOUS"));
  });

  it("does nothing where `unless` says that it has been made", () => {
    expect(
      editAtAnchor("a\nb2\n", { path, anchor: "a", insert: "after", text: "b1", unless: /^b\d$/m }),
    ).toBe("a\nb2\n");
  });

  it("appends text once, whatever characters it has", () => {
    const text = ".env\n*.log (x|y)\n";
    const once = appendText("a", { text });
    expect(once).toBe("a\n.env\n*.log (x|y)\n");
    expect(appendText(once, { text })).toBe(once);
  });
});

describe("an edit of JSON", () => {
  it("adds a key in its place among sorted ones, and leaves all else byte by byte", () => {
    const source = '{\n  "name":   "x",\n  "dependencies": {\n    "a": "1",\n    "c": "1"\n  }\n}\n';
    expect(apply(source, { at: ["dependencies", "b"], set: "2" })).toBe(
      '{\n  "name":   "x",\n  "dependencies": {\n    "a": "1",\n    "b": "2",\n    "c": "1"\n  }\n}\n',
    );
    expect(apply(source, { at: ["dependencies", "d"], set: "2" })).toContain('"c": "1",\n    "d": "2"\n  }');
  });

  it("makes the objects on the way, with the file's indentation", () => {
    expect(apply('{\n\t"a": 1\n}\n', { at: ["x", "y"], set: [1] })).toBe(
      '{\n\t"a": 1,\n\t"x": {\n\t\t"y": [\n\t\t\t1\n\t\t]\n\t}\n}\n',
    );
    expect(apply("{}\n", { at: ["a"], set: 1 })).toBe('{\n  "a": 1\n}\n');
  });

  it("keeps comments and trailing commas", () => {
    const source = '{\n  // first, and only\n  "a": 1, // one\n  /* end */\n}\n';
    expect(apply(source, { at: ["b"], set: 2 })).toBe(
      '{\n  // first, and only\n  "a": 1, // one\n  "b": 2,\n  /* end */\n}\n',
    );
    expect(apply('{\n  "a": 1 // no, comma\n}\n', { at: ["b"], set: 2 })).toBe(
      '{\n  "a": 1, // no, comma\n  "b": 2\n}\n',
    );
  });

  it("stays on one line where the rest does", () => {
    expect(apply('{ "a": 1, "w": ["x"] }', { at: ["b"], set: 2 }, { at: ["w"], append: "y" })).toBe(
      '{ "a": 1, "b": 2, "w": ["x", "y"] }',
    );
  });

  it("replaces, leaves with ifAbsent, and removes", () => {
    const source = '{\n  "a": 1,\n  "b": { "c": [1, 2] },\n  "d": 4\n}\n';
    expect(apply(source, { at: ["b", "c"], set: null })).toContain('"b": { "c": null }');
    expect(apply(source, { at: ["a"], set: 9, ifAbsent: true })).toBe(source);
    expect(apply(source, { at: ["a"], remove: true })).toBe('{\n  "b": { "c": [1, 2] },\n  "d": 4\n}\n');
    expect(apply(source, { at: ["d"], remove: true })).toBe('{\n  "a": 1,\n  "b": { "c": [1, 2] }\n}\n');
    expect(apply('{ "a": 1 }', { at: ["a"], remove: true })).toBe("{}");
  });

  it("leaves every comment when it removes, and when it fills what is empty", () => {
    const source = '{\n  // 1\n  "a": 1, // 2\n  // 3\n  "b": [\n    2\n  ] // 4\n  /* 5, */\n}\n';
    expect(apply(source, { at: ["a"], remove: true })).toBe(
      '{\n  // 1\n  // 2\n  // 3\n  "b": [\n    2\n  ] // 4\n  /* 5, */\n}\n',
    );
    expect(apply(source, { at: ["b"], remove: true })).toBe(
      '{\n  // 1\n  "a": 1 // 2\n  // 3\n  // 4\n  /* 5, */\n}\n',
    );
    const none = "{\n  // 1\n  // 2\n  // 3\n  // 4\n  /* 5, */\n}\n";
    expect(apply(source, { at: ["a"], remove: true }, { at: ["b"], remove: true })).toBe(none);
    expect(apply(none, { at: ["c"], set: 3 })).toBe(none.replace("*/\n}", '*/\n  "c": 3\n}'));
    expect(apply('{ "a": 1, "b": 2, "c": 3 }', { at: ["b"], remove: true })).toBe('{ "a": 1, "c": 3 }');
    expect(apply('{ "a": 1, "b": 2 }', { at: ["b"], remove: true })).toBe('{ "a": 1 }');
    expect(apply('{\n  "a": 1,\n  "b": 2,\n}\n', { at: ["b"], remove: true })).toBe('{\n  "a": 1,\n}\n');
  });

  it("adds an item to a list of several lines, and makes the list", () => {
    expect(apply('{\n  "w": [\n    "a"\n  ]\n}\n', { at: ["w"], append: "b" })).toBe(
      '{\n  "w": [\n    "a",\n    "b"\n  ]\n}\n',
    );
    expect(apply('{ "w": [] }', { at: ["w"], append: { a: 1 } })).toContain('"a": 1');
    expect(apply("{ }", { at: ["w"], append: "b" })).toContain('"w": [');
  });

  it("refuses what is no JSON, or holds something else at the place", () => {
    for (const source of ["{", "", "1", "[1]", '{ "a": 1 } x', '{ "a": f() }', '{ "a": "x" }']) {
      expect(() => editJson(source, { path, edits: [{ at: ["a", "b"], set: 1 }] })).toThrowError(
        expect.objectContaining({ code: "DEXT_GENERATE_JSON_INVALID" }),
      );
    }
  });
});

function code(name: string): Error {
  return expect.objectContaining({ code: `DEXT_GENERATE_ANCHOR_${name}` }) as Error;
}

/** The edited document; once more it must stay as it is. */
function apply(source: string, ...edits: JsonEdit[]): string {
  const edited = editJson(source, { path: "a.json", edits });
  expect(editJson(edited, { path: "a.json", edits })).toBe(edited);
  return edited;
}
