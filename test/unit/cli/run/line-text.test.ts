import { expect, test } from "vitest";
import { lineText } from "../../../../cli/src/run/line-text.ts";

const esc = "\u001b";

test.each([
  ["plain text", "hello", "hello", "hello"],
  ["colour", `${esc}[31mred${esc}[39m`, "red", `${esc}[31mred${esc}[39m${esc}[0m`],
  ["colour that is not reset", `${esc}[1;38;5;9mred`, "red", `${esc}[1;38;5;9mred${esc}[0m`],
  ["a cleared screen", `${esc}[2J${esc}[3J${esc}[Hready`, "ready", "ready"],
  ["a reset terminal", `${esc}cready`, "ready", "ready"],
  ["a hidden cursor", `${esc}[?25lwait`, "wait", "wait"],
  ["a window title", `${esc}]0;title\u0007text`, "text", "text"],
  ["a progress bar", "10 %\r50 %\r100 %", "100 %", "100 %"],
  ["a line of Windows", "hello\r", "hello", "hello"],
])("lineText shows %s without and with colour", (_, text, plain, coloured) => {
  expect(lineText(text, { coloured: false })).toBe(plain);
  expect(lineText(text, { coloured: true })).toBe(coloured);
});

test("lineText keeps links", () => {
  const link = `${esc}]8;;http://localhost${esc}\\here${esc}]8;;${esc}\\`;
  expect(lineText(link, { coloured: true })).toBe(`${link}${esc}[0m`);
});
