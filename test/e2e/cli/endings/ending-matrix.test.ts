import { extname } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { runCells } from "../../../fixtures/endings/cell-pool.ts";
import { endings, isOrdered } from "../../../fixtures/endings/ending-cell.ts";
import type { Cell, CellOutcome } from "../../../fixtures/endings/ending-cell.ts";

/** In the middle of other tests; how long it takes by itself is told by run-matrix.ts. */
const allowed = 6000;

const ways: readonly Pick<Cell, "front" | "runtime">[] = [
  { front: "interface", runtime: "node" },
  { front: "lines", runtime: "deno" },
  { front: "interface", runtime: "deno" },
  { front: "lines", runtime: "node" },
];
const cells = endings.map((ending, index) => ({
  ending,
  ...(ways[index % ways.length] as (typeof ways)[number]),
  title: ending.title,
}));

const killed = endings.filter(({ act }) => act === "SIGKILL");
const startCells = [0, 80].flatMap((early, index) =>
  killed.map((ending, at) => ({
    ending,
    ...(ways[(index + at) % ways.length] as (typeof ways)[number]),
    early,
    title: ending.title,
  })),
);

describe("a run of every kind of child", { timeout: 120_000 }, () => {
  let outcomes: ReadonlyMap<Cell, Promise<CellOutcome>>;
  beforeAll(() => {
    const all: readonly Cell[] = [...cells, ...startCells];
    const promises = runCells(all, { atOnce: 3 });
    // Each is looked at by a test of its own, perhaps after it has failed.
    for (const promise of promises) promise.catch(() => {});
    outcomes = new Map(all.map((cell, index) => [cell, promises[index] as Promise<CellOutcome>]));
  });

  test.each(cells)("leaves nothing after $title, shown as $front, its AppHost on $runtime", async (cell) => {
    const outcome = (await outcomes.get(cell)) as CellOutcome;
    expect(outcome).toMatchObject({ alive: [], files: [], terminal: [] });
    // The lock of a dead AppHost is the next one's to take.
    expect(outcome.stale.map((name) => extname(name))).toEqual(isOrdered(cell.ending) ? [] : [".lock"]);
    // One that was killed has none.
    expect(outcome.exitCode).toBe(cell.ending.exitCode ?? outcome.exitCode);
    expect(outcome.duration).toBeLessThan(allowed);
  });

  test.each(startCells)(
    "leaves nothing after $title $early ms into its start, shown as $front, its AppHost on $runtime",
    async (cell) => {
      const outcome = (await outcomes.get(cell)) as CellOutcome;
      expect(outcome).toMatchObject({ alive: [], terminal: [] });
      // A draft that was being written is removed when it is a minute old.
      expect(outcome.files.filter((name) => !name.endsWith(".tmp"))).toEqual([]);
      expect(outcome.duration).toBeLessThan(allowed);
    },
  );
});
