import { lstatSync, readdirSync } from "node:fs";
import type { Stats } from "node:fs";
import { dirname, join } from "node:path";

import { generatorError } from "../generator-error.ts";
import type { CommitFileSystem } from "./commit-file-system.ts";

/** The folder of lock and journal, relative to the target. It exists only while a commit is under way. */
export const commitFolder = ".dext/commit";

/**
 * Makes the target, `.dext` and the commit's folder; whoever was faster is welcome.
 *
 * @param options.made gets the absolute paths of what it makes, without `.dext` and what is in it
 */
export function makeCommitFolder(
  root: string,
  { disk, made }: { disk: CommitFileSystem; made: Set<string> },
): void {
  checkNoLinks(root);
  for (const folder of foldersTo(join(root, commitFolder))) {
    try {
      disk.makeFolder(folder);
      if (folder.length <= root.length) made.add(folder);
    } catch (error) {
      // ENOENT: another one has just given up its lock and removed the folder above; the caller tries again.
      const isThere = codeOf(error) === "EEXIST" && look(folder)?.isDirectory() !== false;
      if (!isThere && codeOf(error) !== "ENOENT") throw error;
    }
  }
}

/** Removes the commit's folder and `.dext`, when nothing is left in them. */
export function removeCommitFolder(root: string, { disk }: { disk: CommitFileSystem }): void {
  removeEmptyFolder(join(root, commitFolder), { disk });
  removeEmptyFolder(join(root, ".dext"), { disk });
}

/** Removes a folder when nothing is in it; says whether it did. Never more than that one. */
export function removeEmptyFolder(path: string, { disk }: { disk: CommitFileSystem }): boolean {
  // A look first: a refused rmdir would count as a step of the commit.
  if (!isEmptyFolder(path)) return false;
  try {
    disk.removeFolder(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether anything of a commit lies in a target, if only the empty folder that was made for it. */
export function hasCommitFolder(root: string): boolean {
  const own = join(root, ".dext");
  return isFolder(own) && (isFolder(join(root, commitFolder)) || isEmptyFolder(own));
}

/** Whether there is anything at a path, be it a link to nowhere. */
export function exists(path: string): boolean {
  return look(path) !== undefined;
}

/** The system's code of an error, such as `ENOENT`. */
export function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}

/** The missing folders on the way to a folder, the outermost first. */
function foldersTo(path: string): string[] {
  return isFolder(path) ? [] : [...foldersTo(dirname(path)), path];
}

function checkNoLinks(root: string): void {
  for (const folder of [".dext", commitFolder]) {
    const stats = look(join(root, folder));
    if (stats === undefined || stats.isDirectory()) continue;
    const code = stats.isSymbolicLink() ? "DEXT_GENERATE_SYMLINK" : "DEXT_GENERATE_NOT_A_FILE";
    throw generatorError(code, `"${join(root, folder)}" must be a folder, and no link to one`, {
      hint: "Dext keeps its state there. Move what is there out of the way.",
      details: { path: folder },
    });
  }
}

/** Another process may remove it between one look and the next. */
function isEmptyFolder(path: string): boolean {
  try {
    return isFolder(path) && readdirSync(path).length === 0;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

function isFolder(path: string): boolean {
  return look(path)?.isDirectory() === true;
}

/** Below a file there is nothing either. */
function look(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}
