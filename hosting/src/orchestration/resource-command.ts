import { isDextError } from "@dext/core";
import type { ResourceCommandRequest } from "@dext/protocol";
import { hostingError } from "../hosting-error.ts";
import { createCommandContext } from "./command-context.ts";
import type { Orchestrator } from "./orchestrator.ts";

/** The commands that every resource knows. */
const builtIn = ["start", "stop", "restart"];

/**
 * Carries out a command on a resource and resolves when that is done.
 *
 * @throws DextError `DEXT_RUN_RESOURCE_UNKNOWN`, `DEXT_RUN_COMMAND_UNKNOWN`, `DEXT_RUN_COMMAND_REFUSED`,
 * `DEXT_RUN_START_FAILED`, `DEXT_RUN_COMMAND_FAILED`
 */
export async function commandResource(
  orchestrator: Orchestrator,
  { resource, command, replica, signal }: ResourceCommandRequest & { resource: string; signal: AbortSignal },
): Promise<void> {
  const tasks = orchestrator.tasksOf(resource, replica);
  refuseWhileStopping(orchestrator, { resource, command });
  if (command === "start") await Promise.all(tasks.map((task) => task.start()));
  else if (command === "stop") await Promise.all(tasks.map((task) => task.stopByHand()));
  else if (command === "restart") await Promise.all(tasks.map((task) => task.restart({ isByHand: true })));
  else await runOwnCommand(orchestrator, { resource, command, replica, signal });
}

/** The error for a resource that the run does not have. */
export function resourceUnknown(name: string, known: readonly string[]): Error {
  return hostingError("DEXT_RUN_RESOURCE_UNKNOWN", `The run has no resource "${name}"`, {
    hint: `It has: ${known.join(", ") || "none"}.`,
    details: { resource: name },
  });
}

async function runOwnCommand(
  orchestrator: Orchestrator,
  {
    resource,
    command,
    replica,
    signal,
  }: { resource: string; command: string; replica: number | undefined; signal: AbortSignal },
): Promise<void> {
  const own = orchestrator.context.resources.get(resource)?.commands ?? [];
  const found = own.find(({ name }) => name === command);
  if (found === undefined) {
    throw hostingError("DEXT_RUN_COMMAND_UNKNOWN", `"${resource}" has no command "${command}"`, {
      hint: `It has: ${[...builtIn, ...own.map(({ name }) => name)].join(", ")}.`,
      details: { resource, command },
    });
  }
  try {
    await found.run(createCommandContext(orchestrator.context, { resource, replica, signal }));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw hostingError(
      "DEXT_RUN_COMMAND_FAILED",
      `The command "${command}" of "${resource}" failed: ${message}`,
      {
        cause: error,
        ...(isDextError(error) && error.hint !== undefined ? { hint: error.hint } : {}),
        details: { resource, command },
      },
    );
  }
}

function refuseWhileStopping(
  orchestrator: Orchestrator,
  details: { resource: string; command: string },
): void {
  if (!orchestrator.isEnding) return;
  throw hostingError(
    "DEXT_RUN_COMMAND_REFUSED",
    `"${details.resource}" cannot ${details.command}: the run is stopping`,
    {
      hint: "Start a new run with dext run.",
      details,
    },
  );
}
