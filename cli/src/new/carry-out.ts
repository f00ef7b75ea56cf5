import { join, relative } from "node:path";
import process from "node:process";
import { commit, findUncommittedChanges, unifiedDiff } from "@dext/generators";
import type { ChangePlan } from "@dext/generators";
import { printJson, printLine, printProgress, styleFor } from "@dext/hosting/output";
import type { CommandInput } from "../command.ts";
import { partTimes } from "../dockerfile/part-times.ts";
import { exitCodes } from "../exit-code.ts";
import { takeFollowUps } from "./follow-ups.ts";
import { vendorPackages } from "./vendor-packages.ts";

/** Shows a plan, or commits it and takes the steps after it; gives the exit code. */
export async function carryOut(plan: ChangePlan, input: CommandInput): Promise<number> {
  if (input.flag("json")) {
    printJson(plan);
    return exitCodes.done;
  }
  if (input.flag("dry-run")) {
    process.stdout.write(unifiedDiff(plan, { colour: styleFor({ stream: process.stdout }).coloured }));
    return exitCodes.done;
  }
  if (plan.operations.some(({ kind }) => kind !== "create")) await tellUncommitted(plan);
  const { changed } = await commit(plan);
  await partTimes(plan);
  showFiles(plan);
  // An earlier run may have written the files, and ended before the packages were there.
  const isVendored = await vendor(plan);
  if (!changed && plan.operations.length === 0 && !isVendored) {
    showUnchanged(plan);
    return countConflicts(plan);
  }
  let left = plan.followUps.flatMap((step) => (step.kind === "next-step" ? [step.text] : []));
  try {
    left = await takeFollowUps(plan.followUps, {
      target: plan.target,
      install: !input.flag("no-install"),
      git: !input.flag("no-git"),
    });
  } finally {
    // Also when an install fails: the files are written, and nobody tells again what else there is to do.
    showNotes(plan);
    showNextSteps(plan, left);
  }
  return countConflicts(plan);
}

/** Files with the marks of a merge are for a person to settle. */
function countConflicts({ files, target }: ChangePlan): number {
  const marked = files.filter(({ conflicts = 0 }) => conflicts > 0);
  for (const { path, conflicts = 0 } of marked) {
    printProgress(
      `${shownPath(target, path)} has ${conflicts} ${conflicts === 1 ? "conflict" : "conflicts"}: look for "<<<<<<<"`,
    );
  }
  return marked.length === 0 ? exitCodes.done : exitCodes.configuration;
}

async function tellUncommitted({ target, operations }: ChangePlan): Promise<void> {
  const touched = new Set(operations.map(({ path }) => path));
  const both = (await findUncommittedChanges(target)).filter((path) => touched.has(path));
  if (both.length > 0) printProgress(`Not committed to git before this change: ${both.join(", ")}`);
}

async function vendor({ target, records }: ChangePlan): Promise<boolean> {
  if (!records.some(({ answers }) => answers["vendored"] === true)) return false;
  return vendorPackages(target, {
    onBegin: () => printProgress("Putting the packages of Dext into vendor/dext"),
  });
}

function showFiles({ operations, files, target }: ChangePlan): void {
  const style = styleFor({ stream: process.stdout });
  const mark = { create: style.green("+"), modify: style.yellow("~"), delete: style.red("-") };
  for (const { kind, path } of operations) printLine(`${mark[kind]} ${shownPath(target, path)}`);
  for (const { path, status, choice, diff } of files) {
    const kept = status === "edited" ? "kept, edited" : "kept";
    if (choice === "keep" || choice === "diff")
      printLine(`${style.dim("=")} ${shownPath(target, path)} ${style.dim(kept)}`);
    if (diff !== undefined) printLine(diff);
  }
}

/** What could not be written before cannot be now: it is told again, as nobody knows whether somebody has seen to it. */
function showUnchanged({ followUps }: ChangePlan): void {
  const required = followUps.flatMap((step) =>
    step.kind === "next-step" && step.required === true ? [step.text] : [],
  );
  if (required.length === 0) return printLine("Nothing to change: everything is there already.");
  printLine("Nothing to change in files. Unless you have done so already:");
  for (const text of required) printLine(`  ${text.replaceAll("\n", "\n  ")}`);
}

/** As seen from where the command was given. */
function shownPath(target: string, path: string): string {
  return join(relative(process.cwd(), target), path);
}

/** What a person should know, the place in front. */
function showNotes({ followUps }: ChangePlan): void {
  const notes = followUps.filter((step) => step.kind === "note");
  if (notes.length === 0) return;
  printLine("");
  printLine("Notes:");
  for (const { text, file, line } of notes) {
    const place = file === undefined ? "" : `${file}${line === undefined ? "" : `:${line}`}  `;
    printLine(`  ${place}${text}`);
  }
}

function showNextSteps({ target }: ChangePlan, left: readonly string[]): void {
  const folder = relative(process.cwd(), target);
  const steps = [...(folder === "" || left.length === 0 ? [] : [`cd ${folder}`]), ...left];
  if (steps.length === 0) return;
  printLine("");
  printLine("Next:");
  for (const step of steps) printLine(`  ${step.replaceAll("\n", "\n  ")}`);
}
