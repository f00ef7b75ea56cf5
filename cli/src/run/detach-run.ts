import { formatDuration } from "@dext/core";
import type { ConnectedRun } from "@dext/hosting/control";
import type { RunInfo } from "@dext/protocol";
import { createRunTracker, describeFailure, printJson, printLine, printProgress } from "@dext/hosting/output";
import { cliError } from "../error-codes.ts";
import { exitCodes } from "../exit-code.ts";
import { describeError } from "../report-error.ts";

/** What {@link detachRun} takes. */
export interface DetachRunOptions {
  client: ConnectedRun;
  info: RunInfo;
  begunAt: number;
  json: boolean;
}

/** Waits until everything of a run is up or has failed, says which, and leaves the run to itself. */
export async function detachRun({ client, info, begunAt, json }: DetachRunOptions): Promise<number> {
  const tracker = createRunTracker();
  for await (const event of client.events()) {
    tracker.apply(event);
    if (tracker.isSettled() || tracker.state() === "Stopped") break;
  }
  const failed = tracker.failed();
  // The tracker knows them in the order in which they came up; a person expects that of the AppHost.
  const isOver = tracker.state() === "Stopped";
  const resources = isOver ? tracker.resources() : (await client.snapshot()).resources;
  const took = formatDuration(performance.now() - begunAt);
  if (json) printJson({ version: 1, run: info.run, healthy: failed.length === 0, resources });
  else {
    for (const { name, endpoints } of resources) {
      if (endpoints.length > 0) printLine(`${name}  ${endpoints.map(({ url }) => url).join(" ")}`);
    }
  }
  if (failed.length === 0) {
    if (!json) printLine(`Run ${info.run} is up after ${took}; stop it with: dext stop`);
    return exitCodes.done;
  }
  const names = failed.map((each) => `"${each.name}" (${describeFailure(each)})`).join(", ");
  const error = cliError(
    "DEXT_CLI_RESOURCE_FAILED",
    `Failed: ${names}; the rest of run ${info.run} goes on`,
    {
      hint: "See dext logs; stop the run with: dext stop.",
    },
  );
  if (!json) printProgress(describeError(error));
  return exitCodes.resourceFailed;
}
