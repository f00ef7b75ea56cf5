import process from "node:process";
import { fileURLToPath } from "node:url";
import { isDextError, toErrorDocument } from "@dext/core";
import type { ErrorDocument } from "@dext/core";
import { inspectRuns, openRuntimeDirectory, removeStale } from "@dext/hosting/control";
import type { RunListing } from "@dext/hosting/control";
import type { DescribedResource } from "@dext/protocol";
import { columns, printJson, printLine, styleFor } from "@dext/hosting/output";
import type { Style } from "@dext/hosting/output";
import { describeAppHost } from "../apphost/describe-apphost.ts";
import type { Command } from "../command.ts";
import { findPrograms } from "../doctor/installed-programs.ts";
import type { InstalledProgram } from "../doctor/installed-programs.ts";
import { describeRun } from "../run/find-run.ts";

/** `dext doctor` */
export const doctorCommand: Command = {
  usage: "[options]",
  takesNames: false,
  options: {
    clean: { type: "boolean", summary: "Remove what dead runs have left" },
    json: { type: "boolean", summary: "Print a JSON document" },
  },
  async run(input) {
    const directory = await openRuntimeDirectory();
    const [programs, machine, listing] = await Promise.all([
      findPrograms(),
      describeMachine(),
      inspectRuns(directory),
    ]);
    if (input.flag("clean")) await removeStale(listing.stale);
    const report: Report = { programs, machine, directory, listing, cleaned: input.flag("clean") };
    if (input.flag("json")) printJson(toDocument(report));
    else for (const line of layOut(report, styleFor({ stream: process.stdout }))) printLine(line);
    return 0;
  },
};

interface Report {
  programs: readonly InstalledProgram[];
  machine: readonly DescribedResource[] | ErrorDocument;
  directory: string;
  listing: RunListing;
  cleaned: boolean;
}

/** What a run would take for each backing resource; an error is a finding like any other. */
async function describeMachine(): Promise<readonly DescribedResource[] | ErrorDocument> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const file = fileURLToPath(new URL(`../doctor/machine-apphost.${extension}`, import.meta.url));
  try {
    const runtime = { name: "node", command: process.execPath, args: process.execArgv } as const;
    return (await describeAppHost(file, { runtime, limit: 30_000 })).resources;
  } catch (error) {
    if (!isDextError(error)) throw error;
    return toErrorDocument(error);
  }
}

function toDocument({ programs, machine, directory, listing, cleaned }: Report): object {
  return {
    version: 1,
    programs,
    ...("error" in machine
      ? machine
      : { backing: machine.map(({ kind, launcher, launchers }) => ({ kind, launcher, launchers })) }),
    runs: { directory, live: listing.runs, stale: listing.stale, cleaned },
  };
}

function layOut({ programs, machine, directory, listing, cleaned }: Report, style: Style): string[] {
  const programRows = programs.map(({ name, version, purpose }) => [
    `  ${name}`,
    version ?? "not found",
    version === undefined ? style.dim(purpose) : purpose,
  ]);
  return [
    style.bold("Programs"),
    ...columns(programRows),
    "",
    style.bold("Backing resources: how a run would get them"),
    ...("error" in machine
      ? [`  ${style.red(machine.error.message)}`]
      : machine.flatMap((resource) => layOutBacking(resource, style))),
    "",
    style.bold(`Runs in ${directory}`),
    ...listing.runs.map((run) => `  ${describeRun(run)}, pid ${run.pid}`),
    ...listing.stale.map((file) => `  ${style.yellow(cleaned ? "removed" : "left by a dead run")} ${file}`),
    ...(listing.runs.length + listing.stale.length === 0 ? ["  none"] : []),
    ...(listing.stale.length > 0 && !cleaned
      ? [`${style.cyan("hint:")} dext doctor --clean removes them.`]
      : []),
  ];
}

function layOutBacking({ kind, launcher, launchers }: DescribedResource, style: Style): string[] {
  return launchers.map((attempt, index) => {
    const mark = attempt.launcher === launcher ? style.green("*") : " ";
    const remedy = attempt.remedy === undefined ? "" : style.dim(` (${attempt.remedy})`);
    return `  ${(index === 0 ? kind : "").padEnd(10)} ${mark} ${attempt.launcher.padEnd(9)}  ${attempt.because}${remedy}`;
  });
}
