import { generatorError } from "../generator-error.ts";
import type { FileState, Operation } from "../plan/change-plan.ts";
import { isFileState } from "../plan/parse-plan.ts";
import { checkPath } from "../plan/plan-path.ts";
import type { TargetTree } from "../plan/target-tree.ts";

/** Where the last commit is kept, relative to the target. It holds old contents, so it is the owner's alone. */
export const undoPath = ".dext/undo.json";

/** The last commit, and what it takes to take it back. */
export interface UndoRecord {
  readonly version: 1;
  /** Milliseconds since 1970. */
  readonly committedAt: number;
  /** What was generated, such as `service-api`. */
  readonly units: readonly string[];
  readonly entries: readonly UndoEntry[];
  /** Folders that the commit made, relative to the target. */
  readonly madeFolders: readonly string[];
  /** The target, and folders above it, that the commit made: how many levels. */
  readonly madeLevels: number;
}

/** One file of the last commit: how it was, and by what to know that it is still as the commit left it. */
export interface UndoEntry {
  readonly path: string;
  readonly before?: FileState;
  readonly after?: { readonly hash: string; readonly mode: number };
}

/** What is kept of operations. */
export function undoEntries(operations: readonly Operation[]): UndoEntry[] {
  return operations.map((operation): UndoEntry => {
    const { path } = operation;
    const before = operation.kind === "create" ? {} : { before: operation.before };
    if (operation.kind === "delete") return { path, ...before };
    return { path, ...before, after: { hash: operation.after.hash, mode: operation.after.mode } };
  });
}

/** The last commit of a target; undefined when there is none. */
export function readUndoRecord(tree: TargetTree): UndoRecord | undefined {
  const text = tree.read(undoPath)?.contents;
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as UndoRecord;
    if (record.version !== 1) throw new Error("its version is unknown");
    for (const { path, before } of record.entries) {
      checkPath(path);
      if (before !== undefined && !isFileState(before))
        throw new Error(`the contents of "${path}" do not fit their hash`);
    }
    for (const folder of record.madeFolders) checkPath(folder);
    return record;
  } catch (error) {
    throw generatorError(
      "DEXT_GENERATE_STATE_INVALID",
      `"${undoPath}" cannot be understood: ${(error as Error).message}`,
      {
        hint: "Delete it: then there is nothing to undo.",
        cause: error,
      },
    );
  }
}
