import { formatDuration, isDextError, nearestName, sleep } from "@dext/core";
import type { ResourceSnapshot } from "@dext/protocol";
import { describeFailure, printJson, printLine } from "@dext/hosting/output";
import type { Command, CommandInput } from "../command.ts";
import { durationOption } from "../duration-option.ts";
import { cliError } from "../error-codes.ts";
import { checkNames } from "../run/check-names.ts";
import { findRun, runOption } from "../run/find-run.ts";
import type { FoundRun } from "../run/find-run.ts";
import { waitForState, waitTargets } from "../run/wait-for-state.ts";
import type { WaitOutcome, WaitTarget } from "../run/wait-for-state.ts";

/** `dext wait` */
export const waitCommand: Command = {
  usage: "[resource…] [options]",
  takesNames: true,
  options: {
    for: {
      type: "string",
      value: "<state>",
      summary: "healthy (unless given), running, finished or stopped",
    },
    timeout: { type: "string", value: "<time>", summary: "How long to wait at most: 60s unless given" },
    run: runOption,
    json: { type: "boolean", summary: "Print a JSON document" },
  },
  notes: [
    "Without names: every resource that starts by itself. A job that has finished counts as healthy and as running.",
    "Ends with 0 when all are there, else with 4 and the names of those that are not: after the timeout, or as soon",
    "as one has failed or the run has ended. A run that is just being started is waited for too, 10 seconds at most.",
  ],
  async run(input) {
    const target = targetOf(input);
    const timeout = durationOption(input, { name: "timeout", otherwise: "60s" });
    const signal = AbortSignal.timeout(Math.ceil(timeout));
    const { record, client } = await findRunSoon(input, signal);
    const outcome = await waitForState({
      client,
      names: input.names,
      target,
      signal,
      check: (snapshot) => checkNames(input.names, snapshot),
    });
    if (outcome.missing.length > 0) throw describeOutcome(outcome, { target, timeout });
    if (input.flag("json")) {
      printJson({ version: 1, run: record.run, for: target, resources: outcome.waited });
    } else {
      const names = [...new Set(outcome.waited.map(({ name }) => name))];
      printLine(
        names.length === 0 ? "There is nothing to wait for" : `${capitalise(target)}: ${names.join(", ")}`,
      );
    }
    return 0;
  },
};

/** A script that has just started `dext run` in the background would be faster than the AppHost. */
async function findRunSoon(input: CommandInput, signal: AbortSignal): Promise<FoundRun> {
  const until = performance.now() + 10_000;
  for (;;) {
    try {
      return await findRun({ run: input.text("run") });
    } catch (error) {
      const mayCome = isDextError(error) && error.code === "DEXT_CLI_RUN_NOT_FOUND";
      if (!mayCome || signal.aborted || performance.now() > until) throw error;
    }
    await sleep(50);
  }
}

function targetOf(input: CommandInput): WaitTarget {
  const given = input.text("for") ?? "healthy";
  const target = waitTargets.find((each) => each === given.toLowerCase());
  if (target !== undefined) return target;
  const near = nearestName(given, waitTargets);
  throw cliError("DEXT_CLI_OPTION_INVALID", `--for is "${given}", wanted: ${waitTargets.join(", ")}`, {
    hint: near === undefined ? "Run: dext wait --help" : `Did you mean ${near}?`,
  });
}

function describeOutcome(
  { missing, because, waited }: WaitOutcome,
  { target, timeout }: { target: WaitTarget; timeout: number },
): Error {
  const reasons: Record<WaitOutcome["because"], string> = {
    reached: "",
    timeout: `within ${formatDuration(timeout)}`,
    failed: "and cannot get there any more",
    ended: "before the run ended",
  };
  const names = missing.map((resource) => `"${resource.name}" (${describeNow(resource)})`).join(", ");
  return cliError("DEXT_CLI_WAIT_FAILED", `Not ${target} ${reasons[because]}: ${names}`, {
    hint: `Look with: dext logs ${missing[0]?.name ?? ""}`.trimEnd(),
    details: {
      for: target,
      because,
      missing: [...new Set(missing.map(({ name }) => name))],
      resources: waited,
    },
  });
}

function describeNow(resource: ResourceSnapshot): string {
  const { state, health, healthMessage } = resource;
  if (state === "Exited" || state === "FailedToStart") return `${state}: ${describeFailure(resource)}`;
  if (state !== "Running") return resource.reason === undefined ? state : `${state}: ${resource.reason}`;
  return healthMessage === undefined ? `Running, ${health}` : `Running, ${health}: ${healthMessage}`;
}

function capitalise(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
