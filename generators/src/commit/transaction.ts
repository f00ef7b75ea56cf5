import { lstatSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { generatorError } from "../generator-error.ts";
import type { Operation } from "../plan/change-plan.ts";
import { bytesOf, hashOf } from "../plan/file-state.ts";
import { folderOf, foldersAbove } from "../plan/plan-path.ts";
import type { CommitFileSystem } from "./commit-file-system.ts";
import { codeOf, exists, removeEmptyFolder } from "./commit-folder.ts";
import type { Journal, JournalEntry, JournalPhase } from "./journal.ts";

/** The journal of what is to be done. */
export function planJournal(
  root: string,
  {
    id,
    operations,
    removedFolders,
  }: { id: string; operations: readonly Operation[]; removedFolders: readonly string[] },
): Journal {
  const missing = new Set<string>();
  const known = new Set<string>();
  const entries = operations.map((operation, index): JournalEntry => {
    const { kind, path } = operation;
    const beside = folderOf(path) === "" ? "" : `${folderOf(path)}/`;
    if (kind === "create") {
      for (const folder of foldersAbove(path)) {
        if (!known.has(folder) && !exists(join(root, folder))) missing.add(folder);
        known.add(folder);
      }
    }
    return {
      kind,
      path,
      ...(kind === "delete"
        ? {}
        : { temporary: `${beside}.dext-${id}-${index}.new`, afterHash: operation.after.hash }),
      ...(kind === "create"
        ? {}
        : { backup: `${beside}.dext-${id}-${index}.old`, beforeHash: operation.before.hash }),
    };
  });
  return { version: 1, id, entries, madeFolders: [...missing].toSorted(), removedFolders };
}

interface Work {
  readonly journal: Journal;
  readonly disk: CommitFileSystem;
}

interface Staging extends Work {
  readonly operations: readonly Operation[];
  /** New files get their modes as they are, not less the umask. */
  readonly exactModes: boolean;
}

/** Puts new contents beside their targets, and second names of old files. Nothing that was there changes. */
export async function stage(root: string, { journal, disk, operations, exactModes }: Staging): Promise<void> {
  for (const folder of journal.madeFolders) disk.makeFolder(join(root, folder));
  await stageContents(root, { journal, disk, operations, exactModes });
  for (const [index, entry] of journal.entries.entries()) {
    if (entry.backup !== undefined) await keepOld(root, { entry, operation: operations[index], disk });
  }
  syncFolders(root, { journal, disk });
}

/** Moves everything into place; what is there already stays. */
export function apply(root: string, { journal, disk }: Work): void {
  for (const entry of journal.entries) {
    if (!isPending(root, entry)) continue;
    const target = join(root, entry.path);
    if (entry.kind === "delete") disk.unlink(target);
    else if (entry.kind === "create" && exists(target)) throw changedError(entry.path);
    else disk.rename(join(root, entry.temporary ?? ""), target);
  }
  syncFolders(root, { journal, disk });
}

/** Drops what only served to take the commit back, and the folders that it empties. */
export function finish(root: string, { journal, disk }: Work): void {
  for (const { backup } of journal.entries) remove(root, { path: backup, disk });
  for (const folder of journal.removedFolders.toSorted().toReversed()) {
    removeEmptyFolder(join(root, folder), { disk });
  }
}

/**
 * Takes everything back that has been done. It needs no space: only names are moved. What somebody else has changed
 * in between stays.
 *
 * @returns the paths that stay, because they are not as the commit left them
 */
export function rollBack(root: string, { journal, disk, phase }: Work & { phase: JournalPhase }): string[] {
  const left: string[] = [];
  for (const entry of journal.entries.toReversed()) {
    const isDone = phase !== "prepare" && !isPending(root, entry);
    if (isDone && !takeBack(root, { entry, disk })) left.push(entry.path);
    // In this order: a file whose new contents still wait was not touched, also when it is taken back a second time.
    remove(root, { path: entry.backup, disk });
    remove(root, { path: entry.temporary, disk });
  }
  for (const folder of journal.madeFolders.toReversed()) removeEmptyFolder(join(root, folder), { disk });
  return left;
}

/** The pending files that are no longer as they were when the commit was prepared. */
export function changedSince(root: string, journal: Journal): string[] {
  return journal.entries
    .filter((entry) => isPending(root, entry))
    .filter((entry) => currentHash(join(root, entry.path)) !== entry.beforeHash)
    .map(({ path }) => path);
}

/** A file that is not as the plan found it. */
export function changedError(path: string): Error {
  return generatorError("DEXT_GENERATE_TARGET_CHANGED", `"${path}" has changed since the plan was made`, {
    hint: "Nothing was written. Run the generator again.",
    details: { path },
  });
}

async function stageContents(
  root: string,
  { journal, disk, operations, exactModes }: Staging,
): Promise<void> {
  const waiting = operations.flatMap((operation, index) => {
    const temporary = journal.entries[index]?.temporary;
    return operation.kind === "delete" || temporary === undefined ? [] : [{ operation, temporary }];
  });
  // A few at a time: each holds a file open until it is on the disk.
  for (let at = 0; at < waiting.length; at += 32) {
    const results = await Promise.allSettled(
      waiting.slice(at, at + 32).map(({ operation: { kind, after }, temporary }) =>
        disk.writeNew(join(root, temporary), bytesOf(after), {
          mode: after.mode,
          exactMode: exactModes || kind === "modify",
        }),
      ),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason as Error;
  }
}

/** A hard link keeps the old file itself, with everything that belongs to it; a copy where there are none. */
async function keepOld(
  root: string,
  {
    entry,
    operation,
    disk,
  }: { entry: JournalEntry; operation: Operation | undefined; disk: CommitFileSystem },
): Promise<void> {
  const [target, backup] = [join(root, entry.path), join(root, entry.backup ?? "")];
  try {
    disk.link(target, backup);
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw changedError(entry.path);
    if (operation === undefined || operation.kind === "create") throw error;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(String(codeOf(error)))) throw error;
    await disk.writeNew(backup, readFileSync(target), { mode: operation.before.mode, exactMode: true });
  }
  if (currentHash(backup) !== entry.beforeHash) throw changedError(entry.path);
}

function takeBack(root: string, { entry, disk }: { entry: JournalEntry; disk: CommitFileSystem }): boolean {
  const target = join(root, entry.path);
  const hash = currentHash(target);
  if (entry.kind === "create") {
    // Gone already: it was taken back before a kill.
    if (hash === undefined) return true;
    if (hash !== entry.afterHash) return false;
    disk.unlink(target);
    return true;
  }
  const backup = join(root, entry.backup ?? "");
  if (!exists(backup)) return true;
  if (hash === entry.beforeHash && hash !== entry.afterHash) return true;
  if (hash !== (entry.kind === "delete" ? undefined : entry.afterHash)) return false;
  disk.rename(backup, target);
  return true;
}

/** Whether a file is still to be put in place, or to be deleted. */
function isPending(root: string, entry: JournalEntry): boolean {
  if (entry.temporary !== undefined) return exists(join(root, entry.temporary));
  return exists(join(root, entry.path));
}

function remove(root: string, { path, disk }: { path: string | undefined; disk: CommitFileSystem }): void {
  if (path !== undefined && exists(join(root, path))) disk.unlink(join(root, path));
}

function syncFolders(root: string, { journal, disk }: Work): void {
  const folders = new Set<string>([""]);
  for (const { path } of journal.entries) folders.add(folderOf(path));
  for (const folder of journal.madeFolders) folders.add(folderOf(folder));
  for (const folder of folders) {
    if (exists(join(root, folder))) disk.syncFolder(join(root, folder));
  }
}

function currentHash(absolute: string): string | undefined {
  const stats = lstatSync(absolute, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return stats.isFile() ? hashOf(readFileSync(absolute)) : `no file in "${dirname(absolute)}"`;
}
