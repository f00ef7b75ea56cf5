import { join, relative } from "node:path";
import process from "node:process";
import { commit, unifiedDiff } from "@dext/generators";
import type { ChangePlan, OnConflict } from "@dext/generators";
import { printJson, printLine, printProgress, styleFor } from "@dext/hosting/output";
import type { DockerfilePlan, DockerfileProfile } from "@dext/project/dockerfile";
import type { CommandInput } from "../command.ts";
import { cliError } from "../error-codes.ts";
import { exitCodes } from "../exit-code.ts";
import { askAboutConflict } from "../new/ask.ts";
import { canAsk, conflictChoice } from "../new/plan-options.ts";
import { printExplanation } from "./explain.ts";
import { findProjects } from "./find-projects.ts";
import { tellOutdated } from "./outdated-dockerfiles.ts";
import { partTimes } from "./part-times.ts";
import { joinChanges, planProject } from "./plan-changes.ts";
import type { PlannedDockerfile } from "./plan-changes.ts";

/**
 * Plans the Dockerfiles of the projects that the command line names, and writes, shows or compares them.
 *
 * @throws DextError `DEXT_DOCKERFILE_…`, `DEXT_PROJECT_…`, `DEXT_GENERATE_CONFLICT` for a Dockerfile of somebody else
 */
export async function writeDockerfiles(input: CommandInput): Promise<number> {
  const profile = profileOf(input);
  const projects = await findProjects(input.names);
  if (input.flag("outdated")) return tellOutdated(projects, { profile, json: input.flag("json") });
  // All of them are planned before the first is written.
  const planned: PlannedDockerfile[] = [];
  for (const project of projects)
    planned.push(await planProject(project, { profile, onConflict: choiceOf(input) }));
  const plans = planned.map(({ dockerfile }) => dockerfile);
  if (input.flag("json")) {
    printJson({ version: 1, dockerfiles: plans });
    return exitCodes.done;
  }
  if (input.flag("explain")) {
    for (const plan of plans) printExplanation(plan);
    return exitCodes.done;
  }
  printWarnings(plans);
  const changes = joinChanges(planned.map(({ change }) => change));
  if (input.flag("dry-run")) {
    for (const change of changes) printDiff(change);
    return exitCodes.done;
  }
  for (const change of changes) {
    await commit(change);
    await partTimes(change);
    printChange(change);
  }
  if (changes.some(({ operations }) => operations.length > 0)) for (const plan of plans) printNextStep(plan);
  const isMarked = changes.some(({ files }) => files.some(({ conflicts = 0 }) => conflicts > 0));
  return isMarked ? exitCodes.configuration : exitCodes.done;
}

/** What becomes of a file in the way; what only shows something leaves it as it is. */
function choiceOf(input: CommandInput): OnConflict {
  if (input.flag("json") || input.flag("explain")) return "keep";
  return conflictChoice(input) ?? (canAsk(input) ? askAboutConflict : "abort");
}

function printWarnings(plans: readonly DockerfilePlan[]): void {
  const style = styleFor({ stream: process.stderr });
  for (const { warnings, directory } of plans) {
    for (const { message, file, line } of warnings) {
      const project = plans.length > 1 ? `${shownPath(directory, ".")}: ` : "";
      const place =
        file === undefined
          ? project
          : `${shownPath(directory, file)}${line === undefined ? "" : `:${line}`}: `;
      printProgress(`${style.yellow("warning:")} ${place}${message}`);
    }
  }
}

function printDiff(change: ChangePlan): void {
  process.stdout.write(unifiedDiff(change, { colour: styleFor({ stream: process.stdout }).coloured }));
  for (const { diff } of change.files) if (diff !== undefined) process.stdout.write(diff);
}

function printChange({ operations, files, target }: ChangePlan): void {
  const style = styleFor({ stream: process.stdout });
  for (const { kind, path } of operations) {
    const mark = kind === "create" ? style.green("+") : style.yellow("~");
    printLine(`${mark} ${shownPath(target, path)}`);
  }
  for (const { path, choice, diff, conflicts = 0 } of files) {
    if (choice === "keep" || choice === "diff")
      printLine(`${style.dim("=")} ${shownPath(target, path)} ${style.dim("kept")}`);
    if (diff !== undefined) printLine(diff);
    if (conflicts > 0) printProgress(`${shownPath(target, path)} has conflicts: look for "<<<<<<<"`);
  }
  if (operations.length === 0) printLine("Nothing to change: everything is there already.");
}

function printNextStep({ build, context, secrets }: DockerfilePlan): void {
  const folder = relative(process.cwd(), context);
  const command = build.map((word) => shellWord(word)).join(" ");
  printLine(`Build it with: ${folder === "" ? "" : `cd ${shellWord(folder)} && `}${command}`);
  for (const { id, because } of secrets) printLine(`  secret "${id}": ${because}`);
}

/** A word that can be pasted into a shell. */
function shellWord(word: string): string {
  return /^[\w./@+:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function profileOf(input: CommandInput): DockerfileProfile | undefined {
  const given = input.text("profile");
  if (given === undefined || given === "portable" || given === "modern") return given;
  throw cliError("DEXT_CLI_OPTION_INVALID", `--profile is "${given}"`, {
    hint: "It takes portable or modern.",
  });
}

/** As seen from the current folder. */
function shownPath(folder: string, path: string): string {
  return relative(process.cwd(), join(folder, path)) || ".";
}
