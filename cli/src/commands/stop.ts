import { sleep } from "@dext/core";
import { isRunAlive, listRuns, openRuntimeDirectory } from "@dext/hosting/control";
import type { RunRecord } from "@dext/hosting/control";
import type { ResourceSnapshot, RunClient } from "@dext/protocol";
import type { Command } from "../command.ts";
import { describeRun, findRun, runOption } from "../run/find-run.ts";
import { tellWaiting } from "../run/stop-on-signal.ts";
import { printJson, printLine, printProgress } from "../terminal/output.ts";

/** `dext stop` */
export const stopCommand: Command = {
  usage: "[options]",
  takesNames: false,
  options: {
    run: runOption,
    force: { type: "boolean", summary: "Kill at once instead of stopping in order" },
    json: { type: "boolean", summary: "Print a JSON document" },
  },
  notes: ["Returns when the AppHost and everything that it started has ended."],
  async run(input) {
    const { record, client } = await findRun({ run: input.text("run") });
    await client.stop({ reason: "dext stop", ...(input.flag("force") ? { force: true } : {}) });
    await untilGone(record, client);
    // Whatever it may have left behind in the folder of runs.
    await listRuns(await openRuntimeDirectory());
    if (input.flag("json")) printJson({ version: 1, run: record.run, stopped: true });
    else printLine(`Stopped ${describeRun(record)}`);
    return 0;
  },
};

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
