import { join } from "node:path";
import { formatDuration } from "@dext/core";
import { isFailedState } from "@dext/protocol";
import type { ResourceSnapshot, RunInfo } from "@dext/protocol";
import { createResourceLabels, describeFailure } from "@dext/hosting/output";
import type { Style } from "@dext/hosting/output";

/** What {@link summarizeRun} takes. */
export interface RunSummaryOptions {
  info: RunInfo;
  resources: readonly ResourceSnapshot[];
  /** Milliseconds. */
  duration: number;
  style: Style;
}

/** What stays on the terminal when the interface is gone: what ran, what failed, where the logs are. */
export function summarizeRun({ info, resources, duration, style }: RunSummaryOptions): string[] {
  const labels = createResourceLabels();
  labels.learn(resources);
  const failed = resources.filter(({ state }) => isFailedState(state));
  const ran = resources.filter(({ generation, state }) => generation > 0 && !isFailedState(state));
  const failures = failed.map((resource) => `${labels.label(resource)} (${describeFailure(resource)})`);
  return [
    `${style.bold(info.name)} stopped after ${formatDuration(duration)}`,
    ...(ran.length === 0 ? [] : [`  ran     ${ran.map((resource) => labels.label(resource)).join(", ")}`]),
    ...(failed.length === 0 ? [] : [style.red(`  failed  ${failures.join(", ")}`)]),
    `  logs    ${logFolder(info)}`,
  ];
}

/** Where a run keeps what its resources print. */
function logFolder({ directory, run }: RunInfo): string {
  return join(directory, ".dext", "logs", run);
}
