import process from "node:process";
import type { ConnectedRun } from "@dext/hosting/control";
import { isFailedState } from "@dext/protocol";
import type { RunClient, RunInfo } from "@dext/protocol";
import { attachRun, createPlainRunView, createRunTracker, printLine, styleFor } from "@dext/hosting/output";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { findRun, runOption } from "../run/find-run.ts";
import { hasTerminal } from "../tui/has-terminal.ts";

/** `dext attach` */
export const attachCommand: Command = {
  usage: "[options]",
  takesNames: false,
  options: { run: runOption },
  notes: [
    "Leaving does not stop the run. Without a terminal it prints lines until the run ends.",
    "Ends with 0 when it was left or the run was stopped, 4 when a resource of the run failed.",
  ],
  async run(input) {
    const { client } = await findRun({ run: input.text("run") });
    const info = await client.info();
    return hasTerminal() ? showOnTerminal(client, info) : printLines(client, info);
  },
};

/** Loaded here and not before: ink and React take their time. */
async function showOnTerminal(client: RunClient, info: RunInfo): Promise<number> {
  const { runTerminal } = await import("../tui/run-terminal.ts");
  const aborted = new AbortController();
  const abort = (): void => aborted.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, abort);
  try {
    const { ended, resources } = await runTerminal({
      run: client,
      info,
      stdin: process.stdin,
      stdout: process.stdout,
      owned: false,
      signal: aborted.signal,
    });
    if (ended !== "run") {
      printLine(`${info.name} goes on; see it again with: dext attach --run ${info.run}`);
      return ended === "left" ? exitCodes.done : exitCodes.interrupted;
    }
    const { summarizeRun } = await import("../tui/run-summary.ts");
    const duration = Date.now() - info.startedAt;
    const style = styleFor({ stream: process.stdout });
    for (const line of summarizeRun({ info, resources, duration, style })) printLine(line);
    return resources.some(({ state }) => isFailedState(state)) ? exitCodes.resourceFailed : exitCodes.done;
  } finally {
    for (const signal of signals) process.off(signal, abort);
  }
}

async function printLines(client: ConnectedRun, info: RunInfo): Promise<number> {
  const view = createPlainRunView();
  const tracker = createRunTracker();
  await attachRun({ client, info, view, tracker, begunAt: performance.now() });
  const failed = tracker.failed();
  const exitCode = failed.length === 0 ? exitCodes.done : exitCodes.resourceFailed;
  view.ended({ exitCode, failed, duration: Date.now() - info.startedAt });
  return exitCode;
}
