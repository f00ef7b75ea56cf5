import { expect, it } from "vitest";

import { parsePsLine } from "../../../../hosting/src/processes/ps-table.ts";

it("A line of ps gives an identity that is one word", () => {
  expect(parsePsLine(" 9198  9191  9190 Ss+  Sat Nov  2 23:10:11 2025   ")).toEqual({
    pid: 9198,
    startTime: "Sat_Nov_2_23_10_11_2025",
    parent: 9191,
    group: 9190,
    session: 9190,
    isZombie: false,
    isStopped: false,
  });
});

it("A line of ps in state Z means an ended process", () => {
  expect(parsePsLine("9198 9191 9190 Z Sat Nov 2 23:10:11 2025")?.isZombie).toBe(true);
});

it.each(["", "  ", "9198 9191 9190"])("A line of ps that is cut off gives nothing: %j", (line) => {
  expect(parsePsLine(line)).toBeUndefined();
});
