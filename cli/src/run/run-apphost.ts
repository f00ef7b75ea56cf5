import type { RunClient } from "@dext/protocol";
import { hasBegun, newRunId, runPaths } from "@dext/hosting/control";
import { attachRun, createRunTracker, describeFailure, untilRunGone } from "@dext/hosting/output";
import type { RunTracker, RunView } from "@dext/hosting/output";
import type { AppHostRuntime } from "../apphost/choose-runtime.ts";
import { diagnoseAppHost } from "../apphost/diagnose-apphost.ts";
import { startAppHost } from "../apphost/start-apphost.ts";
import type { AppHostExit, AppHostProcess } from "../apphost/start-apphost.ts";
import { cliError } from "../error-codes.ts";
import { exitCodeOf, exitCodes } from "../exit-code.ts";
import { describeError } from "../report-error.ts";
import { detachRun } from "./detach-run.ts";
import { stopOnSignal } from "./stop-on-signal.ts";
import { waitForSocket } from "./wait-for-socket.ts";

/** What is run, and how. */
export interface RunPlan {
  file: string;
  runtime: AppHostRuntime;
  /** Of the records and sockets of runs. */
  directory: string;
  /** How long the AppHost may take to get to `host.run()`, in milliseconds; 0 for ever. */
  startLimit: number;
  /** When the command began, by `performance.now()`. */
  begunAt: number;
  /** The AppHost prints the run itself. */
  isPrinter: boolean;
  view: RunView;
  environment: Readonly<Record<string, string>>;
  isIsolated: boolean;
  /** Return when everything is up; with what is printed then. */
  detach: { json: boolean } | undefined;
}

/**
 * Starts an AppHost, shows its run until it ends, and tells how it ended. Nothing is left running when it throws.
 *
 * @returns the exit code of the command
 * @throws DextError what {@link diagnoseAppHost} makes of an AppHost that never ran
 */
export async function runAppHost(plan: RunPlan): Promise<number> {
  const { view } = plan;
  const run = newRunId();
  const { socket: socketPath } = runPaths(plan.directory, run);
  const early: { stream: "stdout" | "stderr"; text: string }[] = [];
  // What it writes to stderr may be its end, which is told in our words then.
  let onLine = (line: (typeof early)[number]): void => {
    if (line.stream === "stdout") view.appHostLine(line);
    else early.push(line);
  };
  const appHost = await startAppHost({
    file: plan.file,
    runtime: plan.runtime,
    operation: "run",
    environment: { ...plan.environment, DEXT_RUN_ID: run, DEXT_BEGUN_AT: String(beginOf(plan)) },
    isPrinter: plan.isPrinter,
    isDetached: plan.detach !== undefined,
    onLine: (line) => onLine(line),
  });
  const tracker = createRunTracker();
  let client: RunClient | undefined;
  const stop = stopOnSignal({
    appHost,
    client: () => client,
    resources: () => tracker.resources(),
    progress: (text) => view.progress(text),
  });
  try {
    const found = await waitForSocket({
      appHost,
      socketPath,
      limit: plan.startLimit,
      hasBegun: () => hasBegun({ directory: plan.directory, appHost: plan.file, run }),
      lastWords: () => early.at(-1)?.text,
      progress: (text) => view.progress(text),
    });
    if (found === undefined) return await endedEarly(appHost, { interrupted: stop.stage() > 0 });
    client = found.client;
    if (plan.detach !== undefined) {
      const exitCode = await detachRun({ ...found, ...plan.detach, begunAt: plan.begunAt });
      appHost.leave();
      return exitCode;
    }
    for (const line of early) view.appHostLine(line);
    onLine = (line) => view.appHostLine(line);
    const options = { ...found, view, tracker, begunAt: plan.begunAt };
    await untilRunGone(() => view.show?.(options) ?? attachRun(options));
    return await finish({ ...plan, appHost, tracker, asked: stop.stage() > 0 });
  } finally {
    if (!appHost.hasExited() && !appHost.isLeft()) await abandon(appHost);
    await appHost.dispose();
    // Last: without it a closed stdout ends this process at once.
    stop.dispose();
  }
}

/** It was interrupted before anything was up, or it is broken. */
async function endedEarly(
  appHost: AppHostProcess,
  { interrupted }: { interrupted: boolean },
): Promise<number> {
  if (!interrupted) throw await diagnoseAppHost(appHost);
  await appHost.exited;
  return exitCodes.interrupted;
}

interface Finish {
  appHost: AppHostProcess;
  tracker: RunTracker;
  view: RunView;
  begunAt: number;
  asked: boolean;
  isIsolated: boolean;
}

async function finish({ appHost, tracker, view, begunAt, asked, isIsolated }: Finish): Promise<number> {
  const exit = await appHost.exited;
  const failed = tracker.failed();
  const error = await failureOf(appHost, { exit, tracker, asked, isIsolated });
  const exitCode = error === undefined ? exitCodes.done : exitCodeOf(error.code);
  view.ended({ exitCode, failed, duration: performance.now() - begunAt });
  // The end is on stdout already, for programs too: this is for people.
  if (error !== undefined) view.progress(describeError(error));
  return exitCode;
}

/** What the exit code of the AppHost says, `undefined` when all went well. */
async function failureOf(
  appHost: AppHostProcess,
  {
    exit,
    tracker,
    asked,
    isIsolated,
  }: Pick<Finish, "tracker" | "asked" | "isIsolated"> & { exit: AppHostExit },
): Promise<ReturnType<typeof cliError> | undefined> {
  const killed = exit.signal !== null;
  if (exit.code === exitCodes.done || (asked && killed)) return undefined;
  if (exit.code === exitCodes.resourceFailed) {
    const failed = tracker.failed();
    const names = failed.map((each) => `"${each.name}" (${describeFailure(each)})`).join(", ");
    return cliError("DEXT_CLI_RESOURCE_FAILED", `Failed: ${names || "a resource"}`, {
      hint: isIsolated
        ? "What they printed stands above; without --isolated it is kept in .dext/logs."
        : "What they printed is kept in .dext/logs beside the AppHost.",
    });
  }
  if (exit.code === exitCodes.interrupted) {
    return cliError("DEXT_CLI_INTERRUPTED", "The run was interrupted");
  }
  const diagnosis = await diagnoseAppHost(appHost);
  if (diagnosis.code !== "DEXT_CLI_APPHOST_NEVER_RAN") return diagnosis;
  const how = exit.signal ?? `exit code ${exit.code}`;
  return cliError("DEXT_CLI_APPHOST_ENDED", `The AppHost ended with ${how} while its run was under way`, {
    hint: "What it printed last stands above.",
  });
}

/** Something went wrong on our side: nothing may be left running. */
async function abandon(appHost: AppHostProcess): Promise<void> {
  appHost.release();
  appHost.signal("SIGTERM");
  const timer = setTimeout(() => appHost.signal("SIGKILL"), 2000);
  await appHost.exited;
  clearTimeout(timer);
}

/** When the command began, in milliseconds since 1970. */
function beginOf({ begunAt }: RunPlan): number {
  return Math.round(performance.timeOrigin + begunAt);
}
