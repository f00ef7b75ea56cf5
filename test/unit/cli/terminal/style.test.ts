import { expect, test } from "vitest";
import { columns } from "../../../../hosting/src/output/columns.ts";
import { styleFor } from "../../../../hosting/src/output/style.ts";

test.each([
  ["a terminal", true, {}, true],
  ["a pipe", false, {}, false],
  ["a terminal with NO_COLOR", true, { NO_COLOR: "1" }, false],
  ["a terminal with an empty NO_COLOR", true, { NO_COLOR: "" }, true],
  ["a pipe with FORCE_COLOR", false, { FORCE_COLOR: "1" }, true],
  ["a terminal with FORCE_COLOR=0", true, { FORCE_COLOR: "0" }, false],
  ["FORCE_COLOR and NO_COLOR", true, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
  ["a dumb terminal", true, { TERM: "dumb" }, false],
])("styleFor colours for %s: %s", (_, isTTY, environment, coloured) => {
  const style = styleFor({ stream: { isTTY }, environment });
  expect(style.coloured).toBe(coloured);
  expect(style.red("x")).toBe(coloured ? "\u001b[31mx\u001b[39m" : "x");
  expect(style.red("")).toBe("");
});

test("columns are as wide as their widest cell and leave nothing at the ends", () => {
  expect(
    columns([
      ["a", "bb", "c"],
      ["aaa", "b", ""],
    ]),
  ).toEqual(["a    bb  c", "aaa  b"]);
});
