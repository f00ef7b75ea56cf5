import { expect, test } from "vitest";

import { compileGlob } from "../../../../../../hosting/src/embedded/redis/values/glob-pattern.ts";

test.each([
  ["*", "", true],
  ["*", "anything", true],
  ["a*c", "abbbc", true],
  ["a*c", "ab", false],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["[ab]x", "bx", true],
  ["[^ab]x", "bx", false],
  ["[^ab]x", "cx", true],
  ["[a-c]x", "bx", true],
  ["[c-a]x", "bx", true],
  [String.raw`a\*c`, "a*c", true],
  [String.raw`a\*c`, "abc", false],
  [String.raw`[\]]`, "]", true],
  ["[abc", "b", true],
  ["a**b", "axxb", true],
  ["", "", true],
  ["", "a", false],
])("the pattern %j and the text %j: %s", (pattern, text, isMatch) => {
  expect(compileGlob(pattern)(text)).toBe(isMatch);
});

test("many stars do not take for ever", () => {
  const startedAt = performance.now();
  expect(compileGlob("*a".repeat(30))("a".repeat(10_000) + "b")).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});
