// Repeats every cell of the ending matrix and prints what was left:
// `node test/e2e/cli/endings/run-matrix.ts [--times 10] [--at-once 1] [--containers] [part of an ending's title …]`.
// Needs a build; ends with 1 when anything was left.
import process from "node:process";
import { parseArgs } from "node:util";
import { useCellEngine } from "../../../fixtures/endings/container-engine.ts";
import { runCells } from "../../../fixtures/endings/cell-pool.ts";
import { endings } from "../../../fixtures/endings/ending-cell.ts";
import type { Cell, CellOutcome } from "../../../fixtures/endings/ending-cell.ts";

const { values, positionals } = parseArgs({
  options: {
    times: { type: "string", default: "10" },
    "at-once": { type: "string", default: "1" },
    containers: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const ways: readonly Pick<Cell, "front" | "runtime">[] = [
  { front: "interface", runtime: "node" },
  { front: "interface", runtime: "deno" },
  { front: "lines", runtime: "node" },
  { front: "lines", runtime: "deno" },
];
const chosen = endings.filter(
  ({ title }) => positionals.length === 0 || positionals.some((part) => title.includes(part)),
);
const engine = values.containers ? await useCellEngine() : undefined;
const cells = chosen.flatMap((ending) => ways.map((way) => ({ ending, ...way })));
const runs = cells.flatMap((cell) => Array.from({ length: Number(values.times) }, () => cell));
const containers = engine === undefined ? {} : { containers: engine.containers };
const outcomes = runCells(
  runs.map((cell) => ({ ...cell, ...containers })),
  { atOnce: Number(values["at-once"]) },
).map(settle);

let isClean = true;
const title = (text: string): string => text.padEnd(28);
print(title(""), ...ways.map(({ front, runtime }) => `${front}, ${runtime}`));
for (const ending of chosen) {
  const row: string[] = [];
  for (const way of ways) {
    const mine = outcomes.filter((_, index) => {
      const run = runs[index];
      return run?.ending === ending && run.front === way.front && run.runtime === way.runtime;
    });
    row.push(summarize(await Promise.all(mine), `${ending.title}, ${way.front}, ${way.runtime}`));
  }
  print(title(ending.title), ...row);
}
await engine?.release();
process.exitCode = isClean ? 0 : 1;

type Settled = { outcome: CellOutcome } | { error: Error };

function settle(promise: Promise<CellOutcome>): Promise<Settled> {
  return promise.then(
    (outcome) => ({ outcome }),
    (error: unknown) => ({ error: error as Error }),
  );
}

/** `0 of 10, ≤ 1.52 s`: in how many runs something was left, and the longest time until nothing was alive. */
function summarize(settled: readonly Settled[], name: string): string {
  let dirty = 0;
  let longest = 0;
  for (const each of settled) {
    const faults = "error" in each ? [`did not get there: ${each.error.message}`] : faultsOf(each.outcome);
    if ("outcome" in each) longest = Math.max(longest, each.outcome.duration);
    if (faults.length === 0) continue;
    dirty += 1;
    process.stderr.write(`${name}:\n  ${faults.join("\n  ")}\n`);
  }
  isClean &&= dirty === 0;
  return `${dirty} of ${settled.length}, ≤ ${(longest / 1000).toFixed(2)} s`;
}

function faultsOf({ alive, files, terminal }: CellOutcome): string[] {
  return [...alive, ...files.map((file) => `file ${file}`), ...terminal];
}

function print(...columns: readonly string[]): void {
  process.stdout.write(
    `${columns
      .map((column) => column.padEnd(18))
      .join("  ")
      .trimEnd()}\n`,
  );
}
