import { describe, expect, test } from "vitest";
import { printableText } from "../../../../hosting/src/logs/printable-text.ts";

const coloured = (text: string): string => printableText(text, { colour: true });
const plain = (text: string): string => printableText(text, { colour: false });

describe("printableText", () => {
  test("leaves plain text as it is", () => {
    expect(coloured("größe\t🚀")).toBe("größe\t🚀");
  });

  test("ends a colour with its line", () => {
    expect(coloured("\u001b[31mred")).toBe("\u001b[31mred\u001b[0m");
    expect(coloured("\u001b[31mred\u001b[0m")).toBe("\u001b[31mred\u001b[0m");
    expect(coloured("\u001b[31mred\u001b[m")).toBe("\u001b[31mred\u001b[m");
    const twice = "\u001b[1;31mred\u001b[0m then \u001b[32mgreen";
    expect(coloured(twice)).toBe(`${twice}\u001b[0m`);
  });

  test("ends a link with its line", () => {
    const link = "\u001b]8;;http://localhost\u001b\\here";
    expect(coloured(link)).toBe(`${link}\u001b]8;;\u001b\\`);
    expect(coloured(`${link}\u001b]8;;\u001b\\`)).toBe(`${link}\u001b]8;;\u001b\\`);
  });

  test("takes all sequences out when colour is not wanted", () => {
    expect(plain("\u001b[31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007")).toBe("red link");
  });

  test.each([
    ["clears the screen", "a\u001b[2Jb"],
    ["moves the cursor", "a\u001b[10;10Hb"],
    ["switches to the other screen", "a\u001b[?1049hb"],
    ["sets a title", "a\u001b]0;title\u0007b"],
    ["resets the terminal", "a\u001bcb"],
    ["asks for the terminal's name", "a\u001bP+q544e\u001b\\b"],
    ["rings the bell", "a\u0007b"],
    ["goes back", "a\u0008b"],
    ["uses C1 controls", "a\u009bb"],
    ["chooses a character set", "a\u001b(0b"],
  ])("leaves out what %s", (_, text) => {
    expect(coloured(text)).toBe("ab");
  });

  test("leaves out a sequence that was cut short", () => {
    expect(coloured("a\u001b")).toBe("a");
    expect(coloured("a\u001b[31")).not.toContain("\u001b");
  });

  test("shows the last state of a line that was overwritten", () => {
    expect(plain("10%\r20%\r30%\r")).toBe("30%");
  });
});
