import { describe, expect, test } from "vitest";
import { spansText } from "../../../../cli/src/tui/styled-text.ts";
import { fitText, textWidth, truncateText } from "../../../../cli/src/tui/text-width.ts";
import { sliceSpans, wrapSpans } from "../../../../cli/src/tui/wrap-spans.ts";

const plain = (text: string): { text: string; look: string }[] => [{ text, look: "" }];
const wrapped = (text: string, width: number): string[] => wrapSpans(plain(text), width).map(spansText);

describe("wrapSpans", () => {
  test.each([
    ["abcdef", 3, ["abc", "def"]],
    ["abcdefg", 3, ["abc", "def", "g"]],
    ["abc", 3, ["abc"]],
    ["", 3, [""]],
    ["a表b示", 3, ["a表", "b示"]],
    ["表示表", 3, ["表", "示", "表"]],
    ["👩‍👩‍👧ab", 3, ["👩‍👩‍👧a", "b"]],
    ["e\u0301e\u0301e\u0301", 2, ["e\u0301e\u0301", "e\u0301"]],
    ["表", 1, ["表"]],
  ])("breaks %j at %i cells", (text, width, rows) => {
    expect(wrapped(text, width)).toEqual(rows);
  });

  test("keeps looks on both sides of a break", () => {
    const spans = [
      { text: "ab", look: "31" },
      { text: "cdef", look: "32" },
    ];
    expect(wrapSpans(spans, 3)).toEqual([
      [
        { text: "ab", look: "31" },
        { text: "c", look: "32" },
      ],
      [{ text: "def", look: "32" }],
    ]);
  });

  test("breaks a line of 64 KiB without a pause", () => {
    const started = performance.now();
    expect(wrapSpans(plain("é".repeat(32_768)), 100)).toHaveLength(328);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

test.each([
  ["abcdef", { from: 2, width: 3 }, "cde"],
  ["ab", { from: 2, width: 3 }, ""],
  ["a表示b", { from: 0, width: 2 }, "a "],
  ["a表示b", { from: 2, width: 3 }, " 示"],
  ["a表示b", { from: 3, width: 9 }, "示b"],
])("a slice of %j at %j is %j", (text, part, expected) => {
  expect(spansText(sliceSpans(plain(text), part))).toBe(expected);
});

test.each([
  ["", 0],
  ["abc", 3],
  ["表示", 4],
  ["e\u0301", 1],
  ["👩‍👩‍👧", 2],
  ["🇩🇪", 2],
])("%j takes %i cells", (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test("text is cut and filled to a width", () => {
  expect(truncateText("abcdef", 4)).toBe("abc…");
  expect(truncateText("abcd", 4)).toBe("abcd");
  expect(truncateText("表示表示", 4)).toBe("表…");
  expect(truncateText("abc", 0)).toBe("");
  expect(fitText("表", 4)).toBe("表  ");
  expect(fitText("表示表", 4)).toBe("表… ");
});
