import process from "node:process";
import { fileURLToPath } from "node:url";
import { isDextError, toErrorDocument } from "@dext/core";
import type { ErrorDocument } from "@dext/core";
import { describeEngine, engineMissing } from "@dext/hosting/containers";
import type { EngineSearch } from "@dext/hosting/containers";
import { openRuntimeDirectory } from "@dext/hosting/control";
import type { DescribedResource } from "@dext/protocol";
import { columns, printJson, printLine, styleFor } from "@dext/hosting/output";
import type { Style } from "@dext/hosting/output";
import { describeAppHost } from "../apphost/describe-apphost.ts";
import type { Command } from "../command.ts";
import { describeLeft, inspectDeadRuns, removeDeadRuns } from "../doctor/dead-runs.ts";
import type { DeadRuns } from "../doctor/dead-runs.ts";
import { findPrograms } from "../doctor/installed-programs.ts";
import type { InstalledProgram } from "../doctor/installed-programs.ts";
import { findTemplateFindings } from "../doctor/ejected-templates.ts";
import type { TemplateFindings } from "../doctor/ejected-templates.ts";
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
    const [programs, machine, found, templates] = await Promise.all([
      findPrograms(),
      describeMachine(),
      inspectDeadRuns(directory),
      findTemplateFindings(),
    ]);
    const cleaned = input.flag("clean");
    const dead = cleaned ? await removeDeadRuns(found) : found;
    const report: Report = { programs, machine, directory, dead, cleaned, templates };
    if (input.flag("json")) printJson(toDocument(report));
    else for (const line of layOut(report, styleFor({ stream: process.stdout }))) printLine(line);
    return 0;
  },
};

interface Report {
  programs: readonly InstalledProgram[];
  machine: readonly DescribedResource[] | ErrorDocument;
  directory: string;
  dead: DeadRuns;
  cleaned: boolean;
  /** Absent where the repository has no templates of its own. */
  templates: TemplateFindings | undefined;
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

function toDocument({ programs, machine, directory, dead, cleaned, templates }: Report): object {
  const { listing, processes, engine, containers, engineFailure } = dead;
  return {
    version: 1,
    programs,
    engine: engineDocument(engine),
    ...(templates === undefined ? {} : { templates }),
    ...("error" in machine
      ? machine
      : { backing: machine.map(({ kind, launcher, launchers }) => ({ kind, launcher, launchers })) }),
    runs: {
      directory,
      live: listing.runs,
      stale: listing.stale,
      processes: processes.map(({ pid, name }) => ({ pid, name })),
      containers,
      ...(engineFailure === undefined ? {} : { engineFailure }),
      cleaned,
    },
  };
}

function engineDocument({ engine, by, attempts }: EngineSearch): object {
  const places = attempts.map(({ where, because }) => ({ where, because }));
  if (engine === undefined) return { found: false, ...engineMissing(attempts), attempts: places };
  const { name, version, apiVersion, socketPath } = engine;
  return { found: true, name, version, apiVersion, socket: socketPath, by, attempts: places };
}

function layOut({ programs, machine, directory, dead, cleaned, templates }: Report, style: Style): string[] {
  const programRows = programs.map(({ name, version, purpose }) => [
    `  ${name}`,
    version ?? "not found",
    version === undefined ? style.dim(purpose) : purpose,
  ]);
  return [
    style.bold("Programs"),
    ...columns(programRows),
    "",
    style.bold("Container engine"),
    ...layOutEngine(dead.engine, style),
    "",
    style.bold("Backing resources: how a run would get them"),
    ...("error" in machine
      ? [`  ${style.red(machine.error.message)}`]
      : machine.flatMap((resource) => layOutBacking(resource, style))),
    "",
    style.bold(`Runs in ${directory}`),
    ...layOutRuns(dead, { style, cleaned }),
    ...(templates === undefined
      ? []
      : ["", style.bold("Templates of this repository"), ...layOutTemplates(templates, style)]),
  ];
}

function layOutTemplates(templates: TemplateFindings, style: Style): string[] {
  if ("error" in templates) {
    const { message, hint } = templates.error;
    return [`  ${style.red(message)}${hint === undefined ? "" : style.dim(` (${hint})`)}`];
  }
  const { outdated } = templates;
  if (outdated.length === 0) return ["  as Dext has them, but for what was changed in them"];
  return [
    ...outdated.map(({ template, change }) => {
      const what =
        change === "removed" ? "is no longer one of Dext's" : "has changed in Dext since it was ejected";
      return `  ${style.yellow("outdated")} ${template} ${what}`;
    }),
    ...(outdated.some(({ change }) => change === "changed")
      ? [`${style.cyan("hint:")} dext update merges what is new into your copies.`]
      : []),
  ];
}

function layOutEngine({ engine, by, attempts }: EngineSearch, style: Style): string[] {
  if (engine !== undefined) return [`  ${describeEngine(engine)}${style.dim(`, found by ${by}`)}`];
  const { because, remedy } = engineMissing(attempts);
  return [`  ${because} ${style.dim(`(${remedy})`)}`];
}

function layOutRuns(dead: DeadRuns, { style, cleaned }: { style: Style; cleaned: boolean }): string[] {
  const { listing, engineFailure } = dead;
  const left = [...listing.stale, ...describeLeft(dead)];
  const mark = style.yellow(cleaned ? "removed" : "left by a dead run");
  return [
    ...listing.runs.map((run) => `  ${describeRun(run)}, pid ${run.pid}`),
    ...left.map((each) => `  ${mark} ${each}`),
    ...(engineFailure === undefined ? [] : [`  ${style.red(engineFailure)}`]),
    ...(listing.runs.length + left.length === 0 ? ["  none"] : []),
    ...(left.length > 0 && !cleaned ? [`${style.cyan("hint:")} dext doctor --clean removes them.`] : []),
  ];
}

function layOutBacking({ kind, launcher, launchers }: DescribedResource, style: Style): string[] {
  return launchers.map((attempt, index) => {
    const mark = attempt.launcher === launcher ? style.green("*") : " ";
    const remedy = attempt.remedy === undefined ? "" : style.dim(` (${attempt.remedy})`);
    return `  ${(index === 0 ? kind : "").padEnd(10)} ${mark} ${attempt.launcher.padEnd(9)}  ${attempt.because}${remedy}`;
  });
}
