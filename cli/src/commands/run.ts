import { fstatSync, realpathSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { isDextError } from "@dext/core";
import { listRuns, openRuntimeDirectory } from "@dext/hosting/control";
import { createPlainRunView, createPrintedRunView, styleFor } from "@dext/hosting/output";
import type { RunView } from "@dext/hosting/output";
import { chooseRuntime } from "../apphost/choose-runtime.ts";
import type { AppHostRuntime } from "../apphost/choose-runtime.ts";
import { findAppHost } from "../apphost/find-apphost.ts";
import { appHostOption, runtimeOption } from "../apphost/options.ts";
import type { Command, CommandInput } from "../command.ts";
import { durationOption } from "../duration-option.ts";
import { cliError } from "../error-codes.ts";
import { askParameters } from "../run/ask-parameters.ts";
import { describeRun } from "../run/find-run.ts";
import { createJsonRunView } from "../run/json-run-view.ts";
import { runAppHost } from "../run/run-apphost.ts";
import type { RunPlan } from "../run/run-apphost.ts";
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

/** Asks for the parameters that are missing, where there is somebody to ask, and starts again with them. */
async function runWithParameters(plan: RunPlan, { mayAsk }: { mayAsk: boolean }): Promise<number> {
  try {
    return await runAppHost(plan);
  } catch (error) {
    const missing = isDextError(error) && error.code === "DEXT_RUN_PARAMETER_MISSING";
    if (!missing || !mayAsk || !process.stdin.isTTY || !process.stderr.isTTY) throw error;
    const answers = await askParameters(error.details["parameters"]);
    return runAppHost({ ...plan, environment: { ...plan.environment, ...answers } });
  }
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
