import { extname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker } from "../../../fixtures/docker-engine.ts";
import { useCellEngine } from "../../../fixtures/endings/container-engine.ts";
import type { CellEngine } from "../../../fixtures/endings/container-engine.ts";
import { endings, isOrdered, runCell } from "../../../fixtures/endings/ending-cell.ts";
import type { Cell } from "../../../fixtures/endings/ending-cell.ts";

/** In the middle of other tests; how long it takes by itself is told by run-matrix.ts. */
const allowed = 12_000;

const ways: readonly (Pick<Cell, "front" | "runtime"> & { title: string })[] = [
  { title: "Ctrl-C at the terminal", front: "interface", runtime: "deno" },
  { title: "SIGKILL of the CLI", front: "lines", runtime: "node" },
  { title: "SIGKILL of the AppHost", front: "interface", runtime: "node" },
  { title: "SIGKILL of both", front: "lines", runtime: "deno" },
];

describe.skipIf(!docker.available)(
  `a run of containers and every kind of child ${docker.reason}`,
  { timeout: 90_000 },
  () => {
    let engine: CellEngine;
    beforeAll(async () => {
      engine = await useCellEngine();
    }, 120_000);
    afterAll(() => engine?.release());

    test.each(ways)(
      "leaves nothing after $title, shown as $front, its AppHost on $runtime",
      async ({ title, front, runtime }) => {
        const ending = endings.find((each) => each.title === title) as Cell["ending"];
        const { containers } = engine;
        const outcome = await runCell({ ending, front, runtime, containers });
        expect(outcome).toMatchObject({ alive: [], files: [], terminal: [] });
        expect(outcome.stale.map((name) => extname(name))).toEqual(isOrdered(ending) ? [] : [".lock"]);
        expect(outcome.duration).toBeLessThan(allowed);
      },
    );
  },
);
