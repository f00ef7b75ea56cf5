import { expect, test } from "vitest";
import { layOut } from "../../../../cli/src/tui/layout.ts";

test.each([
  [{ columns: 60, rows: 15 }, "two-panes"],
  [{ columns: 59, rows: 15 }, "one-pane"],
  [{ columns: 60, rows: 14 }, "one-pane"],
  [{ columns: 24, rows: 5 }, "one-pane"],
  [{ columns: 23, rows: 5 }, "too-small"],
  [{ columns: 80, rows: 4 }, "too-small"],
  [{ columns: 1, rows: 1 }, "too-small"],
])("a screen of %j has the layout %s", (size, kind) => {
  expect(layOut(size).kind).toBe(kind);
});

test("panes fill the screen at every size", () => {
  for (let columns = 60; columns < 400; columns += 1) {
    const layout = layOut({ columns, rows: 40 });
    if (layout.kind !== "two-panes") throw new Error(layout.kind);
    expect(layout.left + 1 + layout.right).toBe(columns);
    expect(layout.left).toBeGreaterThanOrEqual(24);
    expect(layout.right).toBeGreaterThanOrEqual(35);
  }
});
