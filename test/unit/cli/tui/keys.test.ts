import { expect, test } from "vitest";
import { keyNames } from "../../../../cli/src/tui/keys.ts";
import type { InkKey } from "../../../../cli/src/tui/keys.ts";
import { createTextInput } from "../../../../cli/src/tui/text-input.ts";

const none: InkKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
};

test.each<[string, Partial<InkKey>, string[]]>([
  ["", { upArrow: true }, ["up"]],
  ["", { pageDown: true }, ["pagedown"]],
  ["c", { ctrl: true }, ["ctrl+c"]],
  ["jjk", {}, ["j", "j", "k"]],
  ["a\rb", {}, ["a", "return", "b"]],
  ["N", { shift: true }, ["N"]],
  ["x", { meta: true }, []],
  ["\u0001", {}, []],
  [" ", {}, [" "]],
])("keys %j with %j are %j", (input, key, names) => {
  expect(keyNames(input, { ...none, ...key })).toEqual(names);
});

test("a text input takes characters, deletes whole ones, words and everything", () => {
  const input = createTextInput("ab");
  for (const key of ["c", " ", "é", "👩‍👩‍👧", "backspace"]) expect(input.press(key)).toBe(true);
  expect(input.text).toBe("abc é");
  input.press("ctrl+w");
  expect(input.text).toBe("abc ");
  input.press("ctrl+u");
  expect(input.text).toBe("");
  expect(input.press("up")).toBe(false);
});
