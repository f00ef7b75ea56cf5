import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LogLine } from "@dext/protocol";
import { openLogFolder } from "../../../../hosting/src/logs/log-folder.ts";
import { createLogStore } from "../../../../hosting/src/logs/log-store.ts";
import type { LogStore } from "../../../../hosting/src/logs/log-store.ts";
import { openOutputPipes } from "../../../../hosting/src/logs/output-pipes.ts";

const children = 4;
const linesEach = 60_000;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-flood-test-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Each child writes its lines one by one, as fast as it can. */
async function flood(store: LogStore): Promise<void> {
  const script = `const pad = "x".repeat(100);
    for (let i = 0; i < ${linesEach}; i += 1) require("fs").writeSync(1, process.argv[1] + " " + i + " " + pad + "\\n");`;
  await Promise.all(
    Array.from({ length: children }, async (_, index) => {
      const pipes = await openOutputPipes();
      const child = spawn(process.execPath, ["-e", script, `svc${index}`], {
        stdio: ["ignore", pipes.stdout, pipes.stderr],
      });
      await pipes.connect(child, store.sink(`svc${index}`, 0)).drain({ timeout: 30_000 });
    }),
  );
}

/** Finds lines that are torn, missing, doubled or out of order. */
async function findFaults(lines: AsyncIterable<LogLine>): Promise<{ wrong: LogLine[]; counts: number[] }> {
  const next = new Map<string, number>();
  let seq = 0;
  const wrong: LogLine[] = [];
  for await (const line of lines) {
    const number = next.get(line.resource) ?? 0;
    if (line.text !== `${line.resource} ${number} ${"x".repeat(100)}` || line.seq !== seq + 1)
      wrong.push(line);
    next.set(line.resource, number + 1);
    seq = line.seq;
  }
  return { wrong: wrong.slice(0, 3), counts: [...next.values()] };
}

const faultless = { wrong: [], counts: Array.from({ length: children }, () => linesEach) };

describe("four children that write as fast as they can", { timeout: 60_000 }, () => {
  test("lose nothing while nobody reads", async () => {
    const store = createLogStore({ directory, ringBytes: 1_048_576 });
    await flood(store);
    await store.close();
    expect(store.dropped()).toEqual([]);
    expect(await findFaults((await openLogFolder(directory)).read())).toEqual(faultless);
    expect(await findFaults(store.read())).toEqual(faultless);
  });

  test("lose nothing for a reader that keeps up, nor for one that stalls for the whole time", async () => {
    const store = createLogStore({ directory, ringBytes: 1_048_576 });
    const stalled = store.read({ follow: true })[Symbol.asyncIterator]();
    const following = findFaults(store.read({ follow: true }));
    const flooding = flood(store);
    const first = await stalled.next();
    await flooding;
    await store.close();
    expect(await following).toEqual(faultless);
    const late = await findFaults(
      (async function* () {
        yield first.value as LogLine;
        for (let next = await stalled.next(); next.done !== true; next = await stalled.next())
          yield next.value;
      })(),
    );
    expect(late).toEqual(faultless);
  });
});
