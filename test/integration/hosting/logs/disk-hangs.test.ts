import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "@dext/core";
import type { LogLine } from "@dext/protocol";
import { createLogStore } from "../../../../hosting/src/logs/log-store.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-hang-test-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

test("a disk that hangs makes a child wait once, and costs lines in the files only", async () => {
  // A FIFO that nobody reads: opening it for writing does not return, as with a network drive that is gone.
  const run = join(directory, "run");
  const file = join(run, "api.0.000001.log");
  await mkdir(run);
  await promisify(execFile)("mkfifo", [file]);
  const store = createLogStore({
    directory: run,
    ringBytes: 1_048_576,
    clock: {
      ...systemClock,
      setTimer: (callback, { milliseconds, ...rest }) =>
        systemClock.setTimer(callback, { milliseconds: milliseconds / 50, ...rest }),
    },
  });
  const sink = store.sink("api", 0);
  let waits = 0;
  for (let chunk = 0; chunk < 100; chunk += 1) {
    const lines = Array.from({ length: 1000 }, (_, index) => `line ${chunk * 1000 + index}`.padEnd(99));
    if (sink.write("stdout", Buffer.from(`${lines.join("\n")}\n`))) continue;
    waits += 1;
    await sink.drained();
  }
  expect(waits).toBe(1);

  const newest: LogLine[] = [];
  for await (const line of store.read({ tail: 1000 })) newest.push(line);
  expect(newest.map(({ text }) => Number(text.slice(5)))).toEqual(
    Array.from({ length: 1000 }, (_, index) => 99_000 + index),
  );
  // Twice the memory of the ring is kept while the disk may still come back, not more.
  let kept = 0;
  for await (const { text } of store.read()) kept += text.startsWith("line ") ? 1 : 0;
  expect(kept).toBeLessThan((2 * 1_048_576) / 100);
  expect(store.dropped()[0]!.unwritten).toBe(100_000 - kept);

  await store.close();
  // Lets the thread go that still waits for the file.
  await (await open(file, constants.O_RDONLY | constants.O_NONBLOCK)).close();
});
