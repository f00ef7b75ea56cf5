import { foldersAbove } from "../plan/plan-path.ts";
import { openTargetTree } from "../plan/target-tree.ts";
import { hasCommitFolder } from "./commit-folder.ts";
import { takeLock } from "./commit-lock.ts";
import type { CommitMachine } from "./commit-machine.ts";
import { thisMachine } from "./commit-machine.ts";
import { endJournal, findJournal, movePhase, removeDrafts } from "./journal.ts";
import type { Journal } from "./journal.ts";
import { apply, changedSince, finish, rollBack } from "./transaction.ts";

/** What became of a commit that a kill had cut off. */
export interface Recovery {
  /** `none` when there was none. */
  readonly outcome: "none" | "completed" | "taken-back";
  /** Files that stay as they are, because somebody has changed them since. */
  readonly left: readonly string[];
}

/**
 * Completes a commit that was cut off, or takes it back: the tree is then as after it or as before it. Generators do
 * so at their start; a target without such a commit costs one look.
 *
 * @throws DextError `DEXT_GENERATE_LOCKED` when a running process is committing, `DEXT_GENERATE_SYMLINK` when a folder
 * of the commit has become a link since, `DEXT_GENERATE_STATE_INVALID` when its journal cannot be understood
 */
export async function recover(target: string): Promise<Recovery> {
  return recoverOn(target, thisMachine());
}

/** {@link recover}, on a machine that tests can stand in for. */
export async function recoverOn(target: string, machine: CommitMachine): Promise<Recovery> {
  const { root } = openTargetTree(target);
  if (!hasCommitFolder(root)) return { outcome: "none", left: [] };
  const lock = await takeLock(root, { machine });
  try {
    return recoverLocked(root, machine);
  } finally {
    lock.release();
  }
}

/** {@link recover} for who holds the lock. */
export function recoverLocked(root: string, { disk }: CommitMachine): Recovery {
  removeDrafts(root, { disk });
  const found = findJournal(root);
  if (found === undefined) return { outcome: "none", left: [] };
  const { journal } = found;
  refuseLinks(root, journal);
  let { phase } = found;
  if (phase === "apply" && changedSince(root, journal).length > 0) {
    movePhase(root, { from: "apply", to: "rollback", disk });
    phase = "rollback";
  }
  if (phase === "apply") {
    apply(root, { journal, disk });
    finish(root, { journal, disk });
    endJournal(root, { phase, disk });
    return { outcome: "completed", left: [] };
  }
  const left = rollBack(root, { journal, disk, phase });
  endJournal(root, { phase, disk });
  return { outcome: "taken-back", left };
}

/** A folder that has become a link since would lead the commit out of the target. */
function refuseLinks(root: string, { entries, madeFolders, removedFolders }: Journal): void {
  const tree = openTargetTree(root);
  const paths = [...entries.map(({ path }) => path), ...madeFolders, ...removedFolders];
  for (const folder of new Set(paths.flatMap(foldersAbove))) tree.kindOf(folder);
}
