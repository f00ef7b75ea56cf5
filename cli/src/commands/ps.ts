import process from "node:process";
import type { ResourceSnapshot } from "@dext/protocol";
import {
  columns,
  describeProblems,
  createResourceLabels,
  printJson,
  printLine,
  styleFor,
} from "@dext/hosting/output";
import type { Command } from "../command.ts";
import { describeRun, findRun, runOption } from "../run/find-run.ts";

/** `dext ps` */
export const psCommand: Command = {
  usage: "[options]",
  takesNames: false,
  options: {
    run: runOption,
    json: { type: "boolean", summary: "Print a JSON document" },
  },
  async run(input) {
    const { record, client } = await findRun({ run: input.text("run") });
    const snapshot = await client.snapshot();
    if (input.flag("json")) {
      printJson(snapshot);
      return 0;
    }
    printLine(styleFor({ stream: process.stdout }).dim(`Run ${describeRun(record)}, ${snapshot.state}`));
    for (const line of describeResources(snapshot.resources)) printLine(line);
    return 0;
  },
};

function describeResources(resources: readonly ResourceSnapshot[]): string[] {
  const labels = createResourceLabels();
  labels.learn(resources);
  const rows = resources.map((resource) => [
    labels.label(resource),
    resource.kind,
    resource.state,
    resource.health,
    resource.launcher ?? "",
    resource.restarts === 0 ? "" : String(resource.restarts),
    resource.usage === undefined ? "" : `${Math.round(resource.usage.cpu * 100)} %`,
    resource.usage === undefined ? "" : `${Math.round(resource.usage.memory / 1_048_576)} MiB`,
    resource.pid === undefined ? "" : String(resource.pid),
    resource.endpoints.map(({ url }) => url).join(" "),
    resource.healthMessage ?? resource.reason ?? describeProblems(resource) ?? "",
  ]);
  return columns([
    ["NAME", "KIND", "STATE", "HEALTH", "LAUNCHER", "RESTARTS", "CPU", "MEMORY", "PID", "ENDPOINTS", ""],
    ...rows,
  ]);
}
