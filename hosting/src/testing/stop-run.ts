import { rm } from "node:fs/promises";
import type { RunClient } from "@dext/protocol";
import type { RunPaths } from "../control/runtime-directory.ts";
import { endRunProcesses } from "../processes/stale-processes.ts";
import type { AppHostProcess } from "./apphost-process.ts";
import { testingError } from "./error-codes.ts";

/** What is to be stopped. */
export interface StopRunOptions {
  runId: string;
  /** The private folder of the run, which is removed. */
  folder: string;
  paths: RunPaths;
  process: AppHostProcess;
}

/** How long a run may take to stop before it is killed, in milliseconds. */
const stopTimeout = 30_000;
/** How long a killed process may take to be gone, in milliseconds. */
const killTimeout = 10_000;

/** Stops a run in order, or what is left of it when its AppHost is gone, and removes what it has written. */
export async function stopRun(
  client: RunClient,
  { runId, folder, paths, process }: StopRunOptions,
): Promise<void> {
  if (process.exit === undefined) {
    await client.stop({ reason: "the test has ended" }).catch(() => process.signal("SIGTERM"));
  }
  let exit = await process.waitForExit(stopTimeout);
  if (exit === undefined) {
    process.signal("SIGKILL");
    exit = await process.waitForExit(killTimeout);
  }
  if (exit?.code !== 0 && exit?.code !== 4) {
    // Its guardian does this too; here it is waited for.
    await endRunProcesses(runId, { ledger: paths.ledger });
    await rm(paths.temporary, { recursive: true, force: true });
  }
  await rm(folder, { recursive: true, force: true });
}

/** How long an AppHost that no longer answers may take to be gone, in milliseconds. */
const endTimeout = 1000;

/** The error for an AppHost that is no more; undefined when it is still there. */
export async function explainEnd(process: AppHostProcess): Promise<Error | undefined> {
  const exit = await process.waitForExit(endTimeout);
  if (exit === undefined) return undefined;
  const how = exit.signal === null ? `with exit code ${exit.code}` : `by ${exit.signal}`;
  return testingError(
    "DEXT_TESTING_APPHOST_ENDED",
    `The AppHost "${process.file}" has ended ${how}${await process.lastLinesText()}`,
    { details: { file: process.file, code: exit.code, signal: exit.signal } },
  );
}
