import { fileDiff } from "../diff/unified-diff.ts";
import type { DiffOptions } from "../diff/unified-diff.ts";
import { generatorError } from "../generator-error.ts";
import type { ConflictChoice, FileState, FileStatus, PlannedFile } from "../plan/change-plan.ts";
import { fileState, isExecutable, isSameFile } from "../plan/file-state.ts";
import { styleOf, withStyle } from "../plan/line-endings.ts";
import type { PlanBuilder } from "../plan/plan-builder.ts";
import { mergeTexts } from "./three-way-merge.ts";

/** A file that a generator wants to write, and that somebody else has written or changed. */
export interface Conflict {
  readonly path: string;
  readonly status: "edited" | "foreign";
  readonly onDisk: FileState;
  /** Undefined when the generator wants to delete it. */
  readonly wanted: FileState | undefined;
  /** As a generator wrote it; undefined for a foreign file. */
  readonly base: FileState | undefined;
  /** The unified diff from what is on disk to what is wanted. */
  diff(options?: DiffOptions): string;
}

/** One choice for all files, or a question for each. */
export type OnConflict = ConflictChoice | ((conflict: Conflict) => ConflictChoice | Promise<ConflictChoice>);

/** What is known about a file that is to be placed. */
export interface Placement {
  readonly wanted: FileState;
  readonly base: FileState | undefined;
  readonly onConflict: OnConflict;
}

/** What became of it. */
export interface Placed {
  readonly file: PlannedFile;
  /** The base of later merges, by path; empty when the file is nobody's but the user's. */
  readonly bases: Readonly<Record<string, FileState>>;
}

/** How a file on disk stands to what is wanted there. */
export function statusOf(
  onDisk: FileState | undefined,
  { wanted, base }: { wanted: FileState | undefined; base: FileState | undefined },
): FileStatus {
  if (onDisk === undefined) return "new";
  if (wanted !== undefined && isSameFile(onDisk, wanted)) return "identical";
  if (base === undefined) return "foreign";
  return isSameFile(onDisk, base) ? "untouched" : "edited";
}

/**
 * Plans a file as far as what is on disk allows; asks about edited and foreign files. An existing file keeps its line
 * endings.
 *
 * @throws DextError `DEXT_GENERATE_CONFLICT` when the choice is `abort`
 */
export async function placeFile(
  builder: PlanBuilder,
  { path, ...placement }: Placement & { path: string },
): Promise<Placed> {
  const { wanted, base } = placement;
  // With what has been planned for it already, such as the edit of another unit.
  const onDisk = builder.read(path);
  const status = statusOf(onDisk, { wanted, base });
  if (onDisk === undefined) {
    builder.write(path, rawOf(wanted), { mode: wanted.mode });
    return { file: { path, status }, bases: { [path]: wanted } };
  }
  if (status === "identical") return { file: { path, status }, bases: { [path]: wanted } };
  if (status === "untouched") {
    overwrite(builder, { path, onDisk, wanted });
    return { file: { path, status }, bases: { [path]: wanted } };
  }
  if (status === "edited" && isKept(placement)) {
    return { file: { path, status, choice: "keep" }, bases: base === undefined ? {} : { [path]: base } };
  }
  const conflict = describeConflict({ path, status: status as Conflict["status"], onDisk, wanted, base });
  return carryOut(builder, { conflict, choice: await choose(conflict, placement.onConflict), wanted });
}

/**
 * Whether an edited file simply stays: nothing new comes, so there is nothing to decide. Who says that files are to be
 * overwritten wants it as it was.
 */
function isKept({ wanted, base, onConflict }: Placement): boolean {
  const isAsked = onConflict === "overwrite" || onConflict === "new" || onConflict === "diff";
  return !isAsked && base !== undefined && isSameFile(wanted, base);
}

/** The choice for a file; an unknown one is refused. */
export async function choose(conflict: Conflict, onConflict: OnConflict): Promise<ConflictChoice> {
  const choice = typeof onConflict === "function" ? await onConflict(conflict) : onConflict;
  if (choice === "abort") throw conflictError(conflict);
  if (choices.includes(choice)) return choice;
  throw generatorError(
    "DEXT_GENERATE_ANSWER_INVALID",
    `"${choice as string}" is no choice for "${conflict.path}"`,
    {
      hint: `Choose one of ${choices.join(", ")}, abort.`,
    },
  );
}

/** What is told about an edited or foreign file. */
export function describeConflict(conflict: Omit<Conflict, "diff">): Conflict {
  const { path, onDisk, wanted } = conflict;
  const after = wanted && inStyleOf(wanted, onDisk);
  return { ...conflict, diff: (options = {}) => fileDiff(path, { ...options, before: onDisk, after }) };
}

const choices: readonly ConflictChoice[] = ["keep", "overwrite", "merge", "diff", "new"];

function carryOut(
  builder: PlanBuilder,
  { conflict, choice, wanted }: { conflict: Conflict; choice: ConflictChoice; wanted: FileState },
): Placed {
  const { path, status, onDisk, base } = conflict;
  const kept = base === undefined ? {} : { [path]: base };
  const file: PlannedFile = { path, status, choice };
  if (choice === "overwrite") {
    overwrite(builder, { path, onDisk, wanted });
    return { file, bases: { [path]: wanted } };
  }
  if (choice === "diff") return { file: { ...file, diff: conflict.diff() }, bases: kept };
  if (choice === "new") {
    writeBeside(builder, { conflict, wanted });
    return { file, bases: kept };
  }
  if (choice === "merge" && isText(onDisk) && isText(wanted) && (base === undefined || isText(base))) {
    const { text, conflicts } = mergeTexts({
      ours: onDisk.contents,
      base: base?.contents,
      theirs: wanted.contents,
    });
    // Rights are merged, too: where the generator wants nothing new, what somebody has given or taken stays.
    const isModeNew = base === undefined || isExecutable(base.mode) !== isExecutable(wanted.mode);
    builder.write(path, text, { mode: isModeNew ? modeFor(onDisk, wanted) : onDisk.mode });
    return { file: { ...file, ...(conflicts === 0 ? {} : { conflicts }) }, bases: { [path]: wanted } };
  }
  // Bytes cannot be merged: who wants to merge them wants to lose nothing.
  return { file: { ...file, choice: "keep" }, bases: kept };
}

/** An earlier `.new` with something else in it may be somebody's work by now: it is not replaced. */
function writeBeside(
  builder: PlanBuilder,
  { conflict, wanted }: { conflict: Conflict; wanted: FileState },
): void {
  const path = `${conflict.path}.new`;
  const now = builder.tree.read(path);
  if (now !== undefined && !isSameFile(now, wanted)) {
    throw generatorError("DEXT_GENERATE_CONFLICT", `"${path}" exists already, from an earlier choice`, {
      hint: "Take over from it what you need, delete it, then try again.",
      details: { path },
    });
  }
  if (now === undefined) builder.write(path, rawOf(wanted), { mode: wanted.mode });
}

function overwrite(
  builder: PlanBuilder,
  { path, onDisk, wanted }: { path: string; onDisk: FileState; wanted: FileState },
): void {
  builder.write(path, rawOf(inStyleOf(wanted, onDisk)), { mode: modeFor(onDisk, wanted) });
}

/** A checkout may have turned LF into CRLF: a file keeps what it has. */
function inStyleOf(wanted: FileState, onDisk: FileState): FileState {
  if (!isText(wanted) || !isText(onDisk)) return wanted;
  const { lineEnding } = styleOf(onDisk.contents);
  if (lineEnding === "\n") return wanted;
  const text = withStyle(wanted.contents, { ...styleOf(wanted.contents), lineEnding });
  return fileState(text, { mode: wanted.mode });
}

/** Rights that somebody has given or taken stay; only whether it can be run is the generator's. */
function modeFor(onDisk: FileState, wanted: FileState): number {
  if (isExecutable(onDisk.mode) === isExecutable(wanted.mode)) return onDisk.mode;
  // Who may read may run.
  return isExecutable(wanted.mode) ? onDisk.mode | ((onDisk.mode & 0o444) >> 2) : onDisk.mode & ~0o111;
}

function isText({ encoding }: FileState): boolean {
  return encoding === "utf8";
}

function rawOf({ contents, encoding }: FileState): string | Uint8Array {
  return encoding === "utf8" ? contents : Buffer.from(contents, "base64");
}

function conflictError({ path, status }: Conflict): Error {
  const what = status === "edited" ? "was edited since it was generated" : "was not made by this generator";
  return generatorError("DEXT_GENERATE_CONFLICT", `"${path}" is to be written, but ${what}`, {
    hint: "Nothing was written. Say what to do with --on-conflict: keep, overwrite, merge, diff or new.",
    details: { path, status },
  });
}
