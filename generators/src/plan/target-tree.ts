import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { generatorError } from "../generator-error.ts";
import type { FileState } from "./change-plan.ts";
import { fileState } from "./file-state.ts";
import { checkPath, collisionKey, foldersAbove } from "./plan-path.ts";

/** A read-only view of the folder that is generated into. Paths are those of a plan. */
export interface TargetTree {
  /** Absolute path without symbolic links. The folder need not exist. */
  readonly root: string;
  /** The file at a path; undefined when there is nothing. Throws on a folder, a device or a symbolic link. */
  read(path: string): FileState | undefined;
  /** What stands at a path. Throws where the way there leads through a symbolic link or a file. */
  kindOf(path: string): "file" | "folder" | "nothing";
  /** The path on disk that is the same where case is ignored, but spelled otherwise; undefined when there is none. */
  otherSpelling(path: string): string | undefined;
}

/** Looks at a folder. What has been seen of its folders is kept: a view is for one plan. */
export function openTargetTree(target: string): TargetTree {
  const root = realRoot(resolve(target));
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw generatorError("DEXT_GENERATE_NOT_A_FILE", `"${root}" must be a folder, but is a file`, {
      hint: "Choose another name, or move the file out of the way.",
      details: { path: root },
    });
  }
  const checkedFolders = new Set<string>();
  const spellings = new Map<string, Map<string, string>>();

  const enter = (path: string): void => {
    checkPath(path);
    for (const folder of foldersAbove(path)) {
      if (checkedFolders.has(folder)) continue;
      const stats = statOf(join(root, folder), path);
      if (stats?.isSymbolicLink() === true) throw symlinkError(folder, path);
      if (stats !== undefined && !stats.isDirectory()) throw notAFolderError(folder, path);
      checkedFolders.add(folder);
    }
  };
  const kindOf = (path: string): "file" | "folder" | "nothing" => {
    enter(path);
    const stats = statOf(join(root, path), path);
    if (stats === undefined) return "nothing";
    if (stats.isSymbolicLink()) throw symlinkError(path, path);
    if (stats.isDirectory()) return "folder";
    if (!stats.isFile()) throw notAFileError(path, "a device, a pipe or a socket");
    return "file";
  };
  const namesIn = (folder: string): Map<string, string> => {
    const known = spellings.get(folder);
    if (known !== undefined) return known;
    const names = new Map(listNames(join(root, folder)).map((name) => [collisionKey(name), name]));
    spellings.set(folder, names);
    return names;
  };
  return {
    root,
    kindOf,
    read(path) {
      const kind = kindOf(path);
      if (kind === "folder") throw notAFileError(path, "a folder");
      return kind === "nothing" ? undefined : readState(join(root, path), path);
    },
    otherSpelling(path) {
      const parts = path.split("/");
      for (const [index, part] of parts.entries()) {
        const folder = parts.slice(0, index).join("/");
        const found = namesIn(folder).get(collisionKey(part));
        if (found !== undefined && found !== part && statOf(join(root, folder, part), path) === undefined) {
          return folder === "" ? found : `${folder}/${found}`;
        }
      }
      return undefined;
    },
  };
}

/** The target may be missing: then the folder above it counts, and so on. */
function realRoot(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const parent = dirname(path);
    if (codeOf(error) !== "ENOENT" || parent === path) throw unreadable(path, error);
    // A link to nowhere is there, and yet no folder can be made in its place.
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) throw danglingError(path);
    return join(realRoot(parent), basename(path));
  }
}

function readState(absolute: string, path: string): FileState {
  try {
    return fileState(readFileSync(absolute), { mode: lstatSync(absolute).mode & 0o7777 });
  } catch (error) {
    throw unreadable(path, error);
  }
}

function statOf(absolute: string, path: string): Stats | undefined {
  try {
    return lstatSync(absolute);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    if (codeOf(error) === "ENOTDIR") throw notAFolderError(dirname(path), path);
    throw unreadable(path, error);
  }
}

function listNames(absolute: string): string[] {
  try {
    return readdirSync(absolute);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw unreadable(absolute, error);
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}

function unreadable(path: string, cause: unknown): Error {
  return generatorError(
    "DEXT_GENERATE_TARGET_UNREADABLE",
    `"${path}" cannot be read: ${String(codeOf(cause))}`,
    {
      cause,
      details: { path },
    },
  );
}

function symlinkError(link: string, path: string): Error {
  return generatorError(
    "DEXT_GENERATE_SYMLINK",
    link === path ? `"${path}" is a symbolic link` : `"${path}" leads through the symbolic link "${link}"`,
    { hint: "Generators follow no links: name the real folder as the target.", details: { path, link } },
  );
}

function danglingError(path: string): Error {
  return generatorError("DEXT_GENERATE_SYMLINK", `"${path}" is a symbolic link to nowhere`, {
    hint: "Make the folder that it leads to, or remove it.",
    details: { path, link: path },
  });
}

function notAFolderError(folder: string, path: string): Error {
  return generatorError(
    "DEXT_GENERATE_NOT_A_FILE",
    `"${folder}" must be a folder for "${path}", but is a file`,
    {
      details: { path, folder },
    },
  );
}

function notAFileError(path: string, what: string): Error {
  return generatorError("DEXT_GENERATE_NOT_A_FILE", `"${path}" must be a file, but is ${what}`, {
    hint: "Nothing on disk is replaced by a file but a file.",
    details: { path },
  });
}
