import process from "node:process";
import { sleep } from "@dext/core";
import type { LogFrameSource } from "../control/log-frames.ts";
import type { RunClient } from "@dext/protocol";
import { attachRun } from "./attach-run.ts";
import { createDescriptorWriter } from "./descriptor-writer.ts";
import { createLineWriter } from "./line-writer.ts";
import type { LineWriter } from "./line-writer.ts";
import { createPlainRunView } from "./plain-run-view.ts";
import { createRunTracker } from "./run-tracker.ts";

/** What {@link printRun} takes besides the run. */
export interface PrintRunOptions {
  /** An open file to print to, in place of stdout. */
  descriptor?: number | undefined;
  /** When whoever started the run began, in milliseconds since 1970; now when absent. */
  begunAt?: number | undefined;
}

/** The printing of a run. */
export interface PrintedRun {
  /** Resolves when everything is printed, or nothing has gone out for a while. Call it when the run has ended. */
  finish(): Promise<void>;
}

/** Once a run has ended, a reader that takes nothing is waited for so long, in milliseconds. */
const patience = 500;

/** A disk may take its time. */
const patienceForFile = 5000;

/** Prints what happens in a run of this process and what its resources say, until it ends. */
export function printRun(
  run: RunClient & LogFrameSource,
  { descriptor, begunAt = Date.now() }: PrintRunOptions = {},
): PrintedRun {
  const writer = descriptor === undefined ? createLineWriter() : fileWriter(descriptor);
  const printed = print(run, { writer, begunAt });
  return {
    async finish() {
      const done = new AbortController();
      const ended = printed.finally(() => done.abort());
      while (!done.signal.aborted) {
        const before = writer.progress();
        const limit = descriptor === undefined || writer.isFailing() ? patience : patienceForFile;
        await Promise.race([ended, sleep(limit, { signal: done.signal }).catch(() => {})]);
        if (writer.progress() === before) return;
      }
    },
  };
}

async function print(
  run: RunClient & LogFrameSource,
  { writer, begunAt }: { writer: LineWriter; begunAt: number },
): Promise<void> {
  const view = createPlainRunView({ writer });
  const options = { client: run, view, tracker: createRunTracker() };
  await attachRun({ ...options, info: await run.info(), begunAt: begunAt - performance.timeOrigin });
  await writer.drained();
}

function fileWriter(descriptor: number): LineWriter {
  return createDescriptorWriter({
    descriptor,
    onFailure: ({ message }) =>
      process.stderr.write(`The output of the run cannot be written, it is tried again: ${message}\n`),
  });
}
