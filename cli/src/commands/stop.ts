import { isDextError, sleep } from "@dext/core";
import type { DextError } from "@dext/core";
import { connectRun, inspectRuns, isRunAlive, listRuns, openRuntimeDirectory } from "@dext/hosting/control";
import type { RunRecord } from "@dext/hosting/control";
import type { ResourceSnapshot, RunClient } from "@dext/protocol";
import { printJson, printLine, printProgress } from "@dext/hosting/output";
import type { Command, CommandInput } from "../command.ts";
import { commandEach } from "./resource-commands.ts";
import { describeRun, findRun, runOption } from "../run/find-run.ts";
import type { FoundRun } from "../run/find-run.ts";
import { tellWaiting } from "../run/stop-on-signal.ts";

/** `dext stop` */
export const stopCommand: Command = {
  usage: "[resource…] [options]",
  takesNames: true,
  options: {
    run: runOption,
    all: { type: "boolean", summary: "Stop every run of this user" },
    force: { type: "boolean", summary: "Kill at once instead of stopping in order" },
    json: { type: "boolean", summary: "Print a JSON document" },
  },
  notes: [
    "Without names the whole run. Returns when the AppHost and everything that it started has ended.",
    "Where no run is going on, what runs that crashed have left is removed.",
  ],
  async run(input) {
    if (input.names.length > 0)
      return commandEach(input, { names: input.names, command: "stop", done: "Stopped" });
    const directory = await openRuntimeDirectory();
    const { runs: records } = await inspectRuns(directory);
    const runs = input.flag("all") ? records.map(connectTo) : await findOne(input, records);
    if (isDextError(runs) || runs.length === 0) return cleanUp(directory, { input, missing: runs });
    await Promise.all(runs.map((run) => stopRun(run, { force: input.flag("force") })));
    // Whatever they may have left behind in the folder of runs.
    await listRuns(directory);
    const [{ record }] = runs as [FoundRun];
    if (!input.flag("json")) for (const run of runs) printLine(`Stopped ${describeRun(run.record)}`);
    else if (!input.flag("all")) printJson({ version: 1, run: record.run, stopped: true });
    else printJson({ version: 1, runs: runs.map((run) => run.record.run), stopped: true });
    return 0;
  },
};

function connectTo(record: RunRecord): FoundRun {
  return { record, client: connectRun({ socketPath: record.socket }) };
}

/** The run that is meant, or the error that says that there is none. */
async function findOne(
  input: CommandInput,
  records: readonly RunRecord[],
): Promise<readonly FoundRun[] | DextError> {
  try {
    return [await findRun({ run: input.text("run"), records })];
  } catch (error) {
    if (isDextError(error) && error.code === "DEXT_CLI_RUN_NOT_FOUND") return error;
    throw error;
  }
}

/** Where nothing runs, what is to be stopped may be what a crashed run has left. */
async function cleanUp(
  directory: string,
  { input, missing }: { input: CommandInput; missing: DextError | readonly FoundRun[] },
): Promise<number> {
  const { describeLeft, inspectDeadRuns, removeDeadRuns } = await import("../doctor/dead-runs.ts");
  const dead = await removeDeadRuns(await inspectDeadRuns(directory));
  const removed = describeLeft(dead);
  if (removed.length === 0 && isDextError(missing)) throw missing;
  if (input.flag("json")) printJson({ version: 1, runs: [], stopped: true, removed });
  else if (removed.length === 0) printLine("Nothing runs");
  else for (const each of removed) printLine(`Removed what a dead run had left: ${each}`);
  return 0;
}

async function stopRun({ record, client }: FoundRun, { force }: { force: boolean }): Promise<void> {
  await client.stop({ reason: "dext stop", ...(force ? { force } : {}) });
  await untilGone(record, client);
}

async function untilGone(record: RunRecord, client: RunClient): Promise<void> {
  for (let tick = 1; isRunAlive(record); tick += 1) {
    await sleep(50);
    if (tick % 20 === 0) tellWaiting(await stoppingResources(client), printProgress);
  }
}

async function stoppingResources(client: RunClient): Promise<readonly ResourceSnapshot[]> {
  try {
    return (await client.snapshot({ signal: AbortSignal.timeout(500) })).resources;
  } catch {
    // It is on its way out.
    return [];
  }
}
