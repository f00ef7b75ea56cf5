import { sleep } from "@dext/core";
import { connectRun, isRunAlive, listRuns, openRuntimeDirectory } from "@dext/hosting/control";
import type { RunRecord } from "@dext/hosting/control";
import type { ResourceSnapshot, RunClient } from "@dext/protocol";
import { printJson, printLine, printProgress } from "@dext/hosting/output";
import type { Command } from "../command.ts";
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
  notes: ["Without names the whole run. Returns when the AppHost and everything that it started has ended."],
  async run(input) {
    if (input.names.length > 0)
      return commandEach(input, { names: input.names, command: "stop", done: "Stopped" });
    const found = input.flag("all") ? await everyRun() : [await findRun({ run: input.text("run") })];
    await Promise.all(found.map((run) => stopRun(run, { force: input.flag("force") })));
    // Whatever they may have left behind in the folder of runs.
    await listRuns(await openRuntimeDirectory());
    const json = input.flag("json");
    if (json && input.flag("all"))
      printJson({ version: 1, runs: found.map(({ record }) => record.run), stopped: true });
    else if (json) printJson({ version: 1, run: found[0]?.record.run, stopped: true });
    else for (const { record } of found) printLine(`Stopped ${describeRun(record)}`);
    if (!json && found.length === 0) printLine("Nothing runs");
    return 0;
  },
};

async function everyRun(): Promise<FoundRun[]> {
  const records = await listRuns(await openRuntimeDirectory());
  return records.map((record) => ({ record, client: connectRun({ socketPath: record.socket }) }));
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
