import { fstatSync, realpathSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { isDextError } from "@dext/core";
import { listRuns, newRunId, openRuntimeDirectory, runPaths } from "@dext/hosting/control";
import type { RunClient } from "@dext/protocol";
import {
  attachRun,
  createPlainRunView,
  createPrintedRunView,
  createRunTracker,
  describeFailure,
  styleFor,
  untilRunGone,
} from "@dext/hosting/output";
import type { RunTracker, RunView } from "@dext/hosting/output";
import { chooseRuntime } from "../apphost/choose-runtime.ts";
import type { AppHostRuntime } from "../apphost/choose-runtime.ts";
import { diagnoseAppHost } from "../apphost/diagnose-apphost.ts";
import { findAppHost } from "../apphost/find-apphost.ts";
import { appHostOption, runtimeOption } from "../apphost/options.ts";
import { startAppHost } from "../apphost/start-apphost.ts";
import type { AppHostExit, AppHostProcess } from "../apphost/start-apphost.ts";
import type { Command, CommandInput } from "../command.ts";
import { durationOption } from "../duration-option.ts";
import { cliError } from "../error-codes.ts";
import { exitCodeOf, exitCodes } from "../exit-code.ts";
import { describeError } from "../report-error.ts";
import { askParameters } from "../run/ask-parameters.ts";
import { detachRun } from "../run/detach-run.ts";
import { describeRun } from "../run/find-run.ts";
import { createJsonRunView } from "../run/json-run-view.ts";
import { stopOnSignal } from "../run/stop-on-signal.ts";
import { waitForSocket } from "../run/wait-for-socket.ts";
import { hasTerminal } from "../tui/has-terminal.ts";

/** `dext run` */
export const runCommand: Command = {
  usage: "[resource…] [options]",
  takesNames: true,
  options: {
    apphost: appHostOption,
    runtime: runtimeOption,
    inspect: {
      type: "string",
      value: "<resource>",
      multiple: true,
      summary: "Run this resource with a debugger; may be given several times",
    },
    profile: {
      type: "string",
      value: "<name>",
      multiple: true,
      summary: "Also run the resources of this profile; may be given several times",
    },
    "until-finished": {
      type: "boolean",
      summary: "End when every resource has finished, or one has failed",
    },
    detach: {
      type: "boolean",
      summary: "Return when everything is up or has failed, and let the run go on",
    },
    isolated: {
      type: "boolean",
      summary:
        "Run beside other runs of the same AppHost: free ports, data and parameters of its own, all gone with it; other commands do not find it",
    },
    "start-timeout": {
      type: "string",
      value: "<time>",
      summary: "How long the AppHost may take to get to host.run(): 30s unless given, 0 for ever",
    },
    plain: { type: "boolean", summary: "Print lines on a terminal too, instead of the interface" },
    json: { type: "boolean", summary: "Print events and lines as one JSON document a line" },
  },
  notes: [
    "With names: these resources and what they depend on. Ctrl-C stops in order, a second one at once.",
    "Ends with 0 when it was stopped, 4 when a resource failed.",
  ],
  run: runSystem,
};

async function runSystem(input: CommandInput): Promise<number> {
  const begunAt = performance.now();
  const startLimit = durationOption(input, { name: "start-timeout", otherwise: "30s" });
  refuseWindows();
  const file = findAppHost({ path: input.text("apphost") });
  const runtime = chooseRuntime(file, { wanted: input.text("runtime") });
  refuseTogether(input, ["detach", "isolated"]);
  refuseTogether(input, ["detach", "until-finished"]);
  const isolated = input.flag("isolated") ? await mkdtemp(join(tmpdir(), "dext-isolated-")) : undefined;
  const directory = isolated ?? (await openRuntimeDirectory());
  try {
    if (isolated === undefined) await refuseSecond(file, directory);
    const isPrinter = mayPrint(input, runtime);
    const plan: RunPlan = {
      file,
      runtime,
      directory,
      startLimit,
      begunAt,
      isPrinter,
      view: isPrinter ? createPrintedRunView() : await createView(input),
      environment: {
        ...contractEnvironment(input, directory),
        ...(isolated === undefined ? {} : { DEXT_ISOLATED: isolated }),
      },
      isIsolated: isolated !== undefined,
      detach: input.flag("detach") ? { json: input.flag("json") } : undefined,
    };
    return await runWithParameters(plan, { mayAsk: !input.flag("json") });
  } finally {
    if (isolated !== undefined) await rm(isolated, { recursive: true, force: true });
  }
}

/** On a terminal the interface, elsewhere lines. */
async function createView(input: CommandInput): Promise<RunView> {
  if (input.flag("json")) return createJsonRunView();
  if (!showsInterface(input)) return createPlainRunView();
  return (await import("../tui/terminal-run-view.ts")).createTerminalRunView();
}

/**
 * Where stdout is a file the AppHost writes to it itself, which saves the way through this process. Nothing else would
 * do: two who write to a pipe or a terminal may tear each other's lines. Deno hands no descriptors on.
 */
function mayPrint(input: CommandInput, runtime: AppHostRuntime): boolean {
  if (runtime.name !== "node" || process.platform === "win32") return false;
  if (["json", "detach"].some((option) => input.flag(option)) || showsInterface(input)) return false;
  try {
    return fstatSync(1).isFile();
  } catch {
    return false;
  }
}

/** When the command began, in milliseconds since 1970. */
function beginOf({ begunAt }: RunPlan): number {
  return Math.round(performance.timeOrigin + begunAt);
}

interface RunPlan {
  file: string;
  runtime: AppHostRuntime;
  directory: string;
  startLimit: number;
  begunAt: number;
  /** The AppHost prints the run itself. */
  isPrinter: boolean;
  view: RunView;
  environment: Readonly<Record<string, string>>;
  isIsolated: boolean;
  detach: { json: boolean } | undefined;
}

/** Asks for the parameters that are missing, where there is somebody to ask, and starts again with them. */
async function runWithParameters(plan: RunPlan, { mayAsk }: { mayAsk: boolean }): Promise<number> {
  try {
    return await runOnce(plan);
  } catch (error) {
    const missing = isDextError(error) && error.code === "DEXT_RUN_PARAMETER_MISSING";
    if (!missing || !mayAsk || !process.stdin.isTTY || !process.stderr.isTTY) throw error;
    const answers = await askParameters(error.details["parameters"]);
    return runOnce({ ...plan, environment: { ...plan.environment, ...answers } });
  }
}

async function runOnce(plan: RunPlan): Promise<number> {
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

function contractEnvironment(input: CommandInput, directory: string): Record<string, string> {
  const inspected = input.list("inspect");
  const coloured = styleFor({ stream: process.stdout }).coloured && !input.flag("json");
  return {
    DEXT_RUNTIME_DIRECTORY: directory,
    ...(input.names.length === 0 ? {} : { DEXT_RESOURCES: input.names.join(",") }),
    ...(input.list("profile").length === 0 ? {} : { DEXT_PROFILES: input.list("profile").join(",") }),
    ...endRule(input),
    ...(inspected.length === 0 ? {} : { DEXT_INSPECT: inspected.join(",") }),
    // The AppHost's own stdout is a pipe: it cannot see that there is colour where its lines end up.
    ...(coloured ? { FORCE_COLOR: "1" } : {}),
  };
}

function refuseTogether(input: CommandInput, [first, second]: readonly [string, string]): void {
  if (!input.flag(first) || !input.flag(second)) return;
  throw cliError("DEXT_CLI_OPTION_INVALID", `--${first} and --${second} do not go together`, {
    hint: `Leave one of them out: dext run --help tells what they do.`,
  });
}

/** At the interface somebody may start again what has ended, so nothing ends the run but being asked to. */
function endRule(input: CommandInput): Record<string, string> {
  if (input.flag("until-finished")) return { DEXT_END: "until-finished" };
  return showsInterface(input) ? { DEXT_END: "asked" } : {};
}

function showsInterface(input: CommandInput): boolean {
  return !["json", "plain", "detach"].some((option) => input.flag(option)) && hasTerminal();
}

async function refuseSecond(file: string, directory: string): Promise<void> {
  const real = realpathSync(file);
  const running = (await listRuns(directory)).find(({ appHost }) => appHost === real || appHost === file);
  if (running === undefined) return;
  throw cliError("DEXT_CLI_ALREADY_RUNNING", `"${file}" runs already: ${describeRun(running)}`, {
    hint: `Stop it with dext stop --run ${running.run}, or add --isolated to run it twice.`,
    details: { run: running.run, pid: running.pid },
  });
}

function refuseWindows(): void {
  if (process.platform !== "win32") return;
  throw cliError("DEXT_CLI_PLATFORM_UNSUPPORTED", "dext run does not work on Windows itself", {
    hint: "Run it in WSL2: https://learn.microsoft.com/windows/wsl/install",
  });
}
