import process from "node:process";
import { formatDuration } from "@dext/core";
import { printableText } from "@dext/hosting/control";
import type { RunInfo } from "@dext/protocol";
import { printLine, printProgress, styleFor } from "@dext/hosting/output";
import type { AttachRunOptions, RunTracker, RunView } from "@dext/hosting/output";
import { summarizeRun } from "./run-summary.ts";
import type { OpenTerminal } from "./run-terminal.ts";

/** Shows a run on the terminal instead of printing it; it reads the run itself. */
export interface TerminalRunView extends RunView {
  /** Takes the place of `attachRun`: shows the run until it ends. */
  show(options: AttachRunOptions): Promise<void>;
}

/** Of what the AppHost prints while the interface is open, so much is shown when it has closed. */
const mostAppHostLines = 1000;

/**
 * The view of `dext run` for a person at a terminal. Before and after the interface it prints like the plain one, so
 * that nothing is lost.
 */
export function createTerminalRunView(): TerminalRunView {
  const style = styleFor({ stream: process.stdout });
  const held: string[] = [];
  let terminal: OpenTerminal | undefined;
  let shown: { info: RunInfo; tracker: RunTracker } | undefined;

  const printAppHostLine = (text: string): void =>
    printLine(`${style.dim("apphost |")} ${printableText(text, { colour: style.coloured })}`);

  return {
    async show({ client, info, tracker, begunAt }) {
      shown = { info, tracker };
      const { runTerminal } = await import("./run-terminal.ts");
      let settled = false;
      try {
        await runTerminal({
          run: client,
          info,
          stdin: process.stdin,
          stdout: process.stdout,
          owned: true,
          // In raw mode Ctrl-C is a key: whoever takes the signal takes the key too.
          onInterrupt: () => process.emit("SIGINT", "SIGINT"),
          onOpen: (open) => (terminal = open),
          onEvent(event) {
            tracker.apply(event);
            if (settled || !tracker.isSettled()) return;
            settled = true;
            terminal?.say(describeSettled(tracker, performance.now() - begunAt));
          },
        });
      } finally {
        terminal = undefined;
        for (const text of held.splice(0)) printAppHostLine(text);
      }
    },
    appHostLine({ text }) {
      if (terminal === undefined) return printAppHostLine(text);
      terminal.say({ text: `apphost: ${printableText(text, { colour: false })}`, level: "info" });
      held.push(text);
      if (held.length > mostAppHostLines) held.shift();
    },
    progress(text) {
      if (terminal === undefined) printProgress(text);
      else terminal.say({ text, level: "warning" });
    },
    ended({ duration }) {
      if (shown === undefined) return;
      const { info, tracker } = shown;
      for (const line of summarizeRun({ info, resources: tracker.resources(), duration, style }))
        printLine(line);
    },
    attached: ignore,
    event: ignore,
    lines: () => undefined,
    settled: ignore,
    flush: ignore,
  };
}

function describeSettled(tracker: RunTracker, duration: number): Parameters<OpenTerminal["say"]>[0] {
  const failed = tracker.failed().length;
  const took = formatDuration(duration);
  return failed === 0
    ? { text: `Everything is up after ${took}`, level: "good" }
    : { text: `${failed} failed, the others are up after ${took}`, level: "error" };
}

/** What there is to tell is on the screen already. */
function ignore(): void {}
