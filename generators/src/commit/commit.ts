import { dirname } from "node:path";

import { generatorError } from "../generator-error.ts";
import type { ChangePlan, FileState, Operation } from "../plan/change-plan.ts";
import { fileState, isSameText } from "../plan/file-state.ts";
import { parsePlan } from "../plan/parse-plan.ts";
import { foldersAbove, isOwnPath } from "../plan/plan-path.ts";
import type { TargetTree } from "../plan/target-tree.ts";
import { openTargetTree } from "../plan/target-tree.ts";
import { formatRecord, recordPath } from "../state/generated-state.ts";
import type { UndoRecord } from "../state/undo-record.ts";
import { undoEntries, undoPath } from "../state/undo-record.ts";
import { takeLock } from "./commit-lock.ts";
import type { CommitMachine } from "./commit-machine.ts";
import { thisMachine } from "./commit-machine.ts";
import { recoverLocked } from "./recover.ts";
import { runTransaction } from "./run-transaction.ts";

/** What a commit has done. */
export interface CommitResult {
  /** False when everything was there already: then nothing was written, and the last commit can still be undone. */
  readonly changed: boolean;
  readonly created: readonly string[];
  readonly modified: readonly string[];
  readonly deleted: readonly string[];
}

/**
 * Carries out a plan: all of it or nothing, whatever happens on the way. A commit that was cut off by a kill is
 * completed or taken back by the next one, or by {@link recover}.
 *
 * Besides the plan's files it writes what `undo` and `update` need to `.dext/`. Follow-ups are left to the caller.
 *
 * @throws DextError `DEXT_GENERATE_TARGET_CHANGED` when a file is not as the plan found it,
 * `DEXT_GENERATE_COMMIT_FAILED` when the disk refused (nothing is changed), `DEXT_GENERATE_LOCKED` when another
 * process commits to the same target
 * @example
 * ```ts
 * import { mkdtemp, readFile, rm } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { commit, PlanBuilder } from "@dext/generators";
 *
 * const target = await mkdtemp(join(tmpdir(), "dext-example-"));
 * const builder = new PlanBuilder(target);
 * builder.write("hello.txt", "Hello\n");
 * await commit(builder.build());
 * if ((await readFile(join(target, "hello.txt"), "utf8")) !== "Hello\n") throw new Error("not written");
 * await rm(target, { recursive: true });
 * ```
 */
export async function commit(plan: ChangePlan): Promise<CommitResult> {
  return commitOn(plan, thisMachine());
}

/** {@link commit}, on a machine that tests can stand in for. */
export async function commitOn(plan: ChangePlan, machine: CommitMachine): Promise<CommitResult> {
  const { operations } = checked(plan);
  const tree = openTargetTree(plan.target);
  if (operations.length === 0 && stateOperations(plan, tree).length === 0) return resultOf([], false);
  const lock = await takeLock(tree.root, { machine });
  try {
    recoverLocked(tree.root, machine);
    // Looked at anew: what was true before the lock need not be true now.
    const now = openTargetTree(plan.target);
    const all = [...operations, ...stateOperations(plan, now), ...ignoreFile(now)];
    const undo = undoOperation(plan, { tree, all, madeLevels: levels(tree.root, lock.madeFolders), machine });
    await runTransaction(tree.root, { machine, operations: [...all, undo] });
    return resultOf(operations, true);
  } finally {
    lock.release();
  }
}

function checked(plan: ChangePlan): ChangePlan {
  const parsed = parsePlan(plan);
  const own = parsed.operations.find(({ path }) => isOwnPath(path));
  if (own === undefined) return parsed;
  throw generatorError("DEXT_GENERATE_PATH_INVALID", `"${own.path}" is what Dext keeps for itself`, {
    hint: "A generator writes nothing below .dext.",
    details: { path: own.path },
  });
}

/** What is to change in `.dext/generated/`. */
function stateOperations({ records }: ChangePlan, tree: TargetTree): Operation[] {
  return records
    .map((record) =>
      change(tree, {
        path: recordPath(record.unit),
        after: fileState(formatRecord(record), { mode: 0o644 }),
      }),
    )
    .filter((operation) => operation !== undefined);
}

/** Keeps everything below `.dext` out of git but the records. */
function ignoreFile(tree: TargetTree): Operation[] {
  const path = ".dext/.gitignore";
  if (tree.read(path) !== undefined) return [];
  const text = "*\n!.gitignore\n!generated/\n!generated/**\n";
  return [{ kind: "create", path, after: fileState(text, { mode: 0o644 }) }];
}

function undoOperation(
  { records }: ChangePlan,
  {
    tree,
    all,
    madeLevels,
    machine,
  }: { tree: TargetTree; all: readonly Operation[]; madeLevels: number; machine: CommitMachine },
): Operation {
  const made = new Set<string>();
  for (const { kind, path } of all) {
    if (kind !== "create") continue;
    for (const folder of foldersAbove(path)) if (tree.kindOf(folder) === "nothing") made.add(folder);
  }
  const undo: UndoRecord = {
    version: 1,
    committedAt: machine.clock.now(),
    units: records.map(({ unit }) => unit),
    entries: undoEntries(all),
    madeFolders: [...made].toSorted(),
    madeLevels,
  };
  const after = fileState(`${JSON.stringify(undo)}\n`, { mode: 0o600 });
  return change(tree, { path: undoPath, after }) ?? { kind: "create", path: undoPath, after };
}

function change(
  tree: TargetTree,
  { path, after }: { path: string; after: FileState },
): Operation | undefined {
  const before = tree.read(path);
  if (before === undefined) return { kind: "create", path, after };
  // A checkout may have turned LF into CRLF.
  if (isSameText(before, after)) return undefined;
  return { kind: "modify", path, before, after: { ...after, mode: before.mode } };
}

/** How many of the made folders are the target or above it: all, since the lock makes no others. */
function levels(root: string, madeFolders: readonly string[]): number {
  let count = 0;
  for (let folder = root; madeFolders.includes(folder); folder = dirname(folder)) count += 1;
  return count;
}

function resultOf(operations: readonly Operation[], changed: boolean): CommitResult {
  const paths = (kind: Operation["kind"]): string[] =>
    operations.filter((operation) => operation.kind === kind).map(({ path }) => path);
  return { changed, created: paths("create"), modified: paths("modify"), deleted: paths("delete") };
}
