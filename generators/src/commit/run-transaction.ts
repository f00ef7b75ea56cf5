import { randomUUID } from "node:crypto";

import { isDextError } from "@dext/core";

import { generatorError } from "../generator-error.ts";
import type { Operation } from "../plan/change-plan.ts";
import { openTargetTree } from "../plan/target-tree.ts";
import { commitFailed, reasonOf } from "./commit-failure.ts";
import type { CommitMachine } from "./commit-machine.ts";
import { beginJournal, endJournal, findJournal, movePhase, removeDrafts } from "./journal.ts";
import { apply, changedError, finish, planJournal, rollBack, stage } from "./transaction.ts";

/** What is done in one go, and how. */
export interface TransactionOptions {
  readonly machine: CommitMachine;
  readonly operations: readonly Operation[];
  /** Folders that go at the end when they are empty, relative to the target. */
  readonly removedFolders?: readonly string[];
  /** New files get their modes as they are, not less the umask. */
  readonly exactModes?: boolean;
}

/**
 * Carries out operations: all of them or none. The lock must be held.
 *
 * @throws DextError `DEXT_GENERATE_TARGET_CHANGED`, `DEXT_GENERATE_COMMIT_FAILED`, `DEXT_GENERATE_COMMIT_STUCK`
 */
export async function runTransaction(root: string, options: TransactionOptions): Promise<void> {
  const { machine, operations, removedFolders = [], exactModes = false } = options;
  const { disk } = machine;
  checkUnchanged(root, operations);
  const id = randomUUID().slice(0, 8);
  const journal = planJournal(root, { id, operations, removedFolders });
  try {
    await beginJournal(root, { journal, disk });
    await stage(root, { journal, disk, operations, exactModes });
    checkUnchanged(root, operations);
    movePhase(root, { from: "prepare", to: "apply", disk });
    apply(root, { journal, disk });
  } catch (error) {
    takeBackAll(root, { machine, error });
    throw isDextError(error) ? error : commitFailed(root, error);
  }
  try {
    finish(root, { journal, disk });
    endJournal(root, { phase: "apply", disk });
  } catch {
    // Everything is in place. What is not tidied up now is at the next start.
  }
}

function takeBackAll(root: string, { machine, error }: { machine: CommitMachine; error: unknown }): void {
  const { disk } = machine;
  try {
    removeDrafts(root, { disk });
    // The disk knows how far it came: a phase may have begun although its last step failed.
    const found = findJournal(root);
    if (found === undefined) return;
    const { journal, phase } = found;
    if (phase === "apply") movePhase(root, { from: "apply", to: "rollback", disk });
    rollBack(root, { journal, disk, phase });
    endJournal(root, { phase: phase === "apply" ? "rollback" : phase, disk });
  } catch (second) {
    throw generatorError(
      "DEXT_GENERATE_COMMIT_STUCK",
      `Writing to "${root}" failed (${reasonOf(error)}), and so did taking it back (${reasonOf(second)})`,
      {
        hint: "Mend what is wrong with the disk: the next start of a generator takes the rest back.",
        cause: second,
      },
    );
  }
}

function checkUnchanged(root: string, operations: readonly Operation[]): void {
  const tree = openTargetTree(root);
  for (const operation of operations) {
    const now = tree.read(operation.path);
    const isSame =
      operation.kind === "create"
        ? now === undefined && tree.otherSpelling(operation.path) === undefined
        : now?.hash === operation.before.hash && now.mode === operation.before.mode;
    if (!isSame) throw changedError(operation.path);
  }
}
