import { dirname } from "node:path";

import { takeLock } from "../commit/commit-lock.ts";
import type { CommitMachine } from "../commit/commit-machine.ts";
import { thisMachine } from "../commit/commit-machine.ts";
import { recoverLocked, recoverOn } from "../commit/recover.ts";
import { runTransaction } from "../commit/run-transaction.ts";
import { generatorError } from "../generator-error.ts";
import type { ChangePlan, Operation } from "../plan/change-plan.ts";
import { planVersion } from "../plan/change-plan.ts";
import { isExecutable } from "../plan/file-state.ts";
import { kindOnDisk } from "../plan/kind-on-disk.ts";
import { isOwnPath } from "../plan/plan-path.ts";
import type { TargetTree } from "../plan/target-tree.ts";
import { openTargetTree } from "../plan/target-tree.ts";
import type { UndoEntry, UndoRecord } from "./undo-record.ts";
import { readUndoRecord, undoPath } from "./undo-record.ts";

/** A file that an undo does not touch. */
export interface LeftFile {
  readonly path: string;
  readonly reason: "edited" | "deleted" | "created-again";
}

/** What taking the last commit back would do. */
export interface UndoPlan {
  /** To be shown, as by `unifiedDiff`; not to be committed: {@link undo} does that. */
  readonly plan: ChangePlan;
  readonly left: readonly LeftFile[];
  /** When the commit was made, in milliseconds since 1970. */
  readonly committedAt: number;
  /** What was generated, such as `service-api`. */
  readonly units: readonly string[];
}

/** What an undo has done. */
export interface UndoResult {
  /** Files that are as they were before the commit. */
  readonly undone: readonly string[];
  readonly left: readonly LeftFile[];
}

/**
 * Looks at what taking back the last commit would do; changes nothing but to end a commit that a kill cut off.
 *
 * @throws DextError `DEXT_GENERATE_NOTHING_TO_UNDO`
 */
export async function planUndo(target: string): Promise<UndoPlan> {
  await recoverOn(target, thisMachine());
  const tree = openTargetTree(target);
  const record = lastCommit(tree);
  const { operations, left } = reverse(tree, record);
  const { committedAt, units } = record;
  return {
    plan: {
      version: planVersion,
      target: tree.root,
      operations: operations.filter(({ path }) => !isOwnPath(path)),
      followUps: [],
      files: [],
      records: [],
    },
    left,
    committedAt,
    units,
  };
}

/**
 * Takes the last commit back: every file that is still as it was generated, bit by bit, with modes and folders. What
 * was changed since stays, and is told.
 *
 * @throws DextError `DEXT_GENERATE_NOTHING_TO_UNDO`, and what `commit` throws
 */
export async function undo(target: string): Promise<UndoResult> {
  return undoOn(target, thisMachine());
}

/** {@link undo}, on a machine that tests can stand in for. */
export async function undoOn(target: string, machine: CommitMachine): Promise<UndoResult> {
  await recoverOn(target, machine);
  const tree = openTargetTree(target);
  const madeFolders = foldersUpwards(tree.root, lastCommit(tree).madeLevels);
  const lock = await takeLock(tree.root, { machine, madeFolders });
  try {
    recoverLocked(tree.root, machine);
    const now = openTargetTree(target);
    const record = lastCommit(now);
    const { operations, left } = reverse(now, record);
    await runTransaction(tree.root, {
      machine,
      operations,
      // One that a link leads to now is another.
      removedFolders: record.madeFolders.filter((folder) => kindOnDisk(now, folder) === "folder"),
      exactModes: true,
    });
    return { undone: operations.map(({ path }) => path).filter((path) => !isOwnPath(path)), left };
  } finally {
    lock.release();
  }
}

function lastCommit(tree: TargetTree): UndoRecord {
  const record = readUndoRecord(tree);
  if (record !== undefined) return record;
  throw generatorError("DEXT_GENERATE_NOTHING_TO_UNDO", `There is no commit to undo in "${tree.root}"`, {
    hint: "Only the last commit of a generator can be taken back, once, on the machine that made it.",
  });
}

/** What restores the tree, and what has to stay. The record of the commit goes too. */
function reverse(tree: TargetTree, record: UndoRecord): { operations: Operation[]; left: LeftFile[] } {
  const operations: Operation[] = [];
  const left: LeftFile[] = [];
  for (const entry of record.entries) {
    const step = reverseEntry(tree, entry);
    if ("reason" in step) left.push(step);
    else operations.push(step);
  }
  const own = tree.read(undoPath);
  if (own !== undefined) operations.push({ kind: "delete", path: undoPath, before: own });
  return { operations, left };
}

function reverseEntry(tree: TargetTree, { path, before, after }: UndoEntry): Operation | LeftFile {
  const kind = kindOnDisk(tree, path);
  if (after === undefined) {
    if (kind !== "nothing" || before === undefined) return { path, reason: "created-again" };
    return { kind: "create", path, after: before };
  }
  if (kind === "other") return { path, reason: "edited" };
  const now = kind === "folder" ? undefined : tree.read(path);
  if (now === undefined) return { path, reason: "deleted" };
  // The umask had its say in the mode of a new file: only whether it can be run counts.
  const isUntouched = now.hash === after.hash && isExecutable(now.mode) === isExecutable(after.mode);
  if (!isUntouched) return { path, reason: "edited" };
  if (before === undefined) return { kind: "delete", path, before: now };
  return { kind: "modify", path, before: now, after: before };
}

function foldersUpwards(root: string, levels: number): string[] {
  const folders: string[] = [];
  for (let folder = root; folders.length < levels && folder !== dirname(folder); folder = dirname(folder)) {
    folders.push(folder);
  }
  return folders;
}
