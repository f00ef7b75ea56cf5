import { expect, it } from "vitest";
import { piecesOf, plainText } from "../../../../../generators/src/apphost/existing/interpolate.ts";

const variables = new Map([
  ["A", "a"],
  ["EMPTY", ""],
]);

// https://docs.docker.com/reference/compose-file/interpolation/
it.each([
  ["plain", "plain"],
  ["$A-${A}", "a-a"],
  ["5$$ and $$A", "5$ and $A"],
  ["${EMPTY-x}|${EMPTY:-x}|${NONE-x}|${NONE:-x}", "|x|x|x"],
  ["${A:+other}|${EMPTY:+other}|${EMPTY+other}|${NONE+other}", "other||other|"],
  ["${A:?must be}|${NONE:-${A}}|${NONE:-{}}", "a|a|{}"],
  ["${A:+-p ${A} $$x}|${NONE:+${A}}|${NONE:-$$x-${A}}", "-p a $x||$x-a"],
  ["$ 1 ${} $9 ${A", "$ 1 ${} $9 ${A"],
  ["${NONE}", undefined],
  ["x$NONE", undefined],
  ["${EMPTY:?must be}", undefined],
])("%s is read as Compose reads it", (text, wanted) => {
  expect(plainText(piecesOf(text, variables))).toBe(wanted);
});
