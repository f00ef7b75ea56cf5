import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { generatorError } from "../generator-error.ts";
import { checkPath, folderOf } from "../plan/plan-path.ts";
import type { CommitFileSystem } from "./commit-file-system.ts";
import { codeOf, commitFolder } from "./commit-folder.ts";

/**
 * What a commit is about to do, written before it does anything.
 *
 * The file's name is the phase, and a rename moves on to the next one, which takes no space on a full disk:
 * - `prepare.json`: new contents are being put beside their targets; nothing is changed yet, so it is taken back;
 * - `apply.json`: everything is prepared; it is carried on;
 * - `rollback.json`: something failed on the way; it is taken back.
 */
export interface Journal {
  readonly version: 1;
  readonly id: string;
  readonly entries: readonly JournalEntry[];
  /** Folders that are made for the files, the outermost first. */
  readonly madeFolders: readonly string[];
  /** Folders that go at the end, when nothing is left in them. */
  readonly removedFolders: readonly string[];
}

/** One file of a commit. Paths are relative to the target. */
export interface JournalEntry {
  readonly kind: "create" | "modify" | "delete";
  readonly path: string;
  /** Where the new contents wait. Once it is gone, they are in place. */
  readonly temporary?: string;
  /** A second name of the old file. */
  readonly backup?: string;
  readonly beforeHash?: string;
  readonly afterHash?: string;
}

/** How far a commit is. */
export type JournalPhase = "prepare" | "apply" | "rollback";

/** Writes a journal: it is there whole, in the phase `prepare`, or not at all. */
export async function beginJournal(
  root: string,
  { journal, disk }: { journal: Journal; disk: CommitFileSystem },
): Promise<void> {
  const draft = join(root, commitFolder, `${journal.id}.draft`);
  await disk.writeNew(draft, Buffer.from(JSON.stringify(journal)), { mode: 0o600 });
  disk.rename(draft, phasePath(root, "prepare"));
  disk.syncFolder(join(root, commitFolder));
}

/** Moves on to another phase. */
export function movePhase(
  root: string,
  { from, to, disk }: { from: JournalPhase; to: JournalPhase; disk: CommitFileSystem },
): void {
  disk.rename(phasePath(root, from), phasePath(root, to));
  disk.syncFolder(join(root, commitFolder));
}

/** The commit is over. */
export function endJournal(
  root: string,
  { phase, disk }: { phase: JournalPhase; disk: CommitFileSystem },
): void {
  disk.unlink(phasePath(root, phase));
}

/** The journal that a commit left, and how far it came; undefined when there is none. */
export function findJournal(root: string): { phase: JournalPhase; journal: Journal } | undefined {
  for (const phase of ["rollback", "apply", "prepare"] as const) {
    const path = phasePath(root, phase);
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") continue;
      throw error;
    }
    return { phase, journal: parseJournal(text, path) };
  }
  return undefined;
}

/** Removes journals that were never finished writing. */
export function removeDrafts(root: string, { disk }: { disk: CommitFileSystem }): void {
  const folder = join(root, commitFolder);
  for (const name of readdirSync(folder)) {
    if (name.endsWith(".draft")) disk.unlink(join(folder, name));
  }
}

function parseJournal(text: string, path: string): Journal {
  try {
    const journal = JSON.parse(text) as Journal;
    if (journal.version === 1 && isContained(journal)) return journal;
  } catch {
    // Said below.
  }
  throw generatorError("DEXT_GENERATE_STATE_INVALID", `The journal "${path}" cannot be understood`, {
    hint: "A newer version of Dext may have written it: let that one finish. Otherwise look through the files with git and delete it.",
    details: { path },
  });
}

/** A journal is a file in a repository like any other: what it names may have been put there by others. */
function isContained({ entries, madeFolders, removedFolders }: Journal): boolean {
  for (const path of [...entries.map((entry) => entry.path), ...madeFolders, ...removedFolders])
    checkPath(path);
  return entries.every(({ path, temporary = path, backup = path }) =>
    [temporary, backup].every((each) => folderOf(each) === folderOf(path)),
  );
}

function phasePath(root: string, phase: JournalPhase): string {
  return join(root, commitFolder, `${phase}.json`);
}
