import { describe, expect, test } from "vitest";
import { overlay, parseStyledText, printSpans, spansText } from "../../../../cli/src/tui/styled-text.ts";

const esc = "\u001b";

describe("parseStyledText", () => {
  test.each([
    ["plain text", "plain text", [{ text: "plain text", look: "" }]],
    ["nothing", "", []],
    [
      "colours",
      `a ${esc}[31mred${esc}[0m b`,
      [
        { text: "a ", look: "" },
        { text: "red", look: "31" },
        { text: " b", look: "" },
      ],
    ],
    ["what is not ended", `${esc}[1;38;5;208mhot`, [{ text: "hot", look: "1;38;5;208" }]],
    [
      "colons",
      `${esc}[38:2::255:135:0mx${esc}[4:3my`,
      [
        { text: "x", look: "38;2;255;135;0" },
        { text: "y", look: "4;38;2;255;135;0" },
      ],
    ],
    [
      "bright colours and their end",
      `${esc}[97;104mx${esc}[39;49my`,
      [
        { text: "x", look: "97;104" },
        { text: "y", look: "" },
      ],
    ],
    [
      "the end of bold, not of colour",
      `${esc}[1;31mx${esc}[22my`,
      [
        { text: "x", look: "1;31" },
        { text: "y", look: "31" },
      ],
    ],
  ])("keeps %s", (_what, text, spans) => {
    expect(parseStyledText(text)).toEqual(spans);
  });

  test.each([
    ["cursor moves and clearing", `a${esc}[2J${esc}[H${esc}[10;20Hb`, "ab"],
    ["titles and links", `${esc}]0;title\u0007a${esc}]8;;http://x${esc}\\b${esc}]8;;${esc}\\`, "ab"],
    ["device control strings", `a${esc}P1$r0m${esc}\\b`, "ab"],
    ["other escapes", `${esc}ca${esc}7${esc}(Bb${esc}=`, "ab"],
    ["C0, DEL and C1", "a\u0000\u0007\u0008b\u007f\u0085c\u009b31md", "abcd"],
    ["a sequence that is cut off", `ab${esc}[31`, "ab"],
    ["a lone escape", `ab${esc}`, "ab"],
    ["private modes", `${esc}[?1049h${esc}[?25la${esc}[>4;2mb`, "ab"],
  ])("removes %s", (_what, text, left) => {
    expect(spansText(parseStyledText(text))).toBe(left);
  });

  test("shows of a line that overwrites itself what is left", () => {
    expect(spansText(parseStyledText("10 %\r20 %\r30 %"))).toBe("30 %");
    expect(spansText(parseStyledText("text\r"))).toBe("text");
  });

  test("expands tabs to the next eighth column, by cells", () => {
    expect(spansText(parseStyledText("a\tb"))).toBe("a       b");
    expect(spansText(parseStyledText("表示\tb"))).toBe("表示    b");
    expect(spansText(parseStyledText("12345678\tb"))).toBe("12345678        b");
  });

  test("takes thousands of sequences in one line without growing", () => {
    const spans = parseStyledText(`${esc}[31m${esc}[1m`.repeat(5000) + "x");
    expect(spans).toEqual([{ text: "x", look: "1;31" }]);
  });

  test("makes text without halves of characters", () => {
    expect(spansText(parseStyledText("a\ud800b"))).toBe("a\ufffdb");
  });
});

test("printed spans end in the terminal's own look, and have none where colour is not wanted", () => {
  const spans = parseStyledText(`${esc}[31mred`);
  expect(printSpans(spans)).toBe(`${esc}[31mred${esc}[0m`);
  expect(printSpans(spans, { coloured: false })).toBe("red");
  expect(printSpans(overlay(spans, [[0, 1, "7"]]), { coloured: false })).toBe(`${esc}[7mr${esc}[0med`);
});

test("an overlay changes the look of ranges over the ends of spans", () => {
  const spans = [
    { text: "abc", look: "31" },
    { text: "def", look: "" },
  ];
  expect(
    overlay(spans, [
      [1, 4, "7"],
      [5, 6, "4"],
    ]),
  ).toEqual([
    { text: "a", look: "31" },
    { text: "bc", look: "7" },
    { text: "d", look: "7" },
    { text: "e", look: "" },
    { text: "f", look: "4" },
  ]);
});
