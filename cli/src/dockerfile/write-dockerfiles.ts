import { join, relative } from "node:path";
import process from "node:process";
import { commit, unifiedDiff } from "@dext/generators";
import type { ChangePlan } from "@dext/generators";
import { printJson, printLine, printProgress, styleFor } from "@dext/hosting/output";
import { planDockerfile } from "@dext/project/dockerfile";
import type { DockerfilePlan, DockerfileProfile } from "@dext/project/dockerfile";
import type { CommandInput } from "../command.ts";
import { cliError } from "../error-codes.ts";
import { exitCodes } from "../exit-code.ts";
import { askAboutConflict } from "../new/ask.ts";
import { canAsk, conflictChoice } from "../new/plan-options.ts";
import { printExplanation } from "./explain.ts";
import { findProjects } from "./find-projects.ts";
import { findOutdated, planChanges } from "./plan-changes.ts";

/**
 * Plans the Dockerfiles of the projects that the command line names, and writes, shows or checks them.
 *
 * @throws DextError `DEXT_DOCKERFILE_…`, `DEXT_PROJECT_…`, `DEXT_GENERATE_CONFLICT` for a Dockerfile of somebody else
 */
export async function writeDockerfiles(input: CommandInput): Promise<number> {
  const profile = profileOf(input);
  const onConflict = conflictChoice(input) ?? (canAsk(input) ? askAboutConflict : "abort");
  const projects = await findProjects(input.names);
  // All of them are planned before the first is written.
  const plans: DockerfilePlan[] = [];
  for (const project of projects) plans.push(await planDockerfile(project, { profile }));
  if (input.flag("check")) return check(plans, input);
  if (input.flag("json")) {
    printJson({ version: 1, dockerfiles: plans });
    return exitCodes.done;
  }
  if (input.flag("explain")) {
    for (const plan of plans) printExplanation(plan);
    return exitCodes.done;
  }
  printWarnings(plans);
  const changes = await planChanges(plans, { onConflict });
  if (input.flag("dry-run")) {
    for (const change of changes) printDiff(change);
    return exitCodes.done;
  }
  for (const change of changes) {
    await commit(change);
    printChange(change);
  }
  for (const plan of plans) printNextStep(plan);
  const isMarked = changes.some(({ files }) => files.some(({ conflicts = 0 }) => conflicts > 0));
  return isMarked ? exitCodes.configuration : exitCodes.done;
}

async function check(plans: readonly DockerfilePlan[], input: CommandInput): Promise<number> {
  const outdated: string[] = [];
  for (const plan of plans) {
    for (const { path } of await findOutdated(plan)) outdated.push(shownPath(plan.context, path));
  }
  if (input.flag("json")) printJson({ version: 1, current: outdated.length === 0, outdated });
  else {
    for (const path of outdated) printLine(`${path} is not as it would be written now`);
    if (outdated.length === 0) printLine("All Dockerfiles are as they would be written now.");
  }
  return outdated.length === 0 ? exitCodes.done : exitCodes.configuration;
}

function printWarnings(plans: readonly DockerfilePlan[]): void {
  const style = styleFor({ stream: process.stderr });
  for (const { warnings, directory } of plans) {
    for (const { message, file, line } of warnings) {
      const place =
        file === undefined ? "" : `${shownPath(directory, file)}${line === undefined ? "" : `:${line}`}: `;
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
  printLine(`Build it with: ${folder === "" ? "" : `cd ${folder} && `}${build.join(" ")}`);
  for (const { id, because } of secrets) printLine(`  secret "${id}": ${because}`);
}

function profileOf(input: CommandInput): DockerfileProfile {
  const given = input.text("profile") ?? "portable";
  if (given === "portable" || given === "modern") return given;
  throw cliError("DEXT_CLI_OPTION_INVALID", `--profile is "${given}"`, {
    hint: "It takes portable or modern.",
  });
}

/** As seen from the current folder. */
function shownPath(folder: string, path: string): string {
  return relative(process.cwd(), join(folder, path)) || ".";
}
