import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";

import { isDextError } from "@dext/core";

import { generatorError } from "../generator-error.ts";
import type { CommitFileSystem } from "./commit-file-system.ts";
import {
  codeOf,
  commitFolder,
  exists,
  makeCommitFolder,
  removeCommitFolder,
  removeEmptyFolder,
} from "./commit-folder.ts";
import { commitFailed } from "./commit-failure.ts";
import type { CommitMachine } from "./commit-machine.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { hasProcess, isAlive } from "./process-identity.ts";

/** A lock that this process holds. */
export interface CommitLock {
  /** Absolute paths of the target and of folders above it that were made for the lock, the outermost first. */
  readonly madeFolders: readonly string[];
  /** Gives it up; the commit's folder and those that were made for it go, when nothing else is in them. */
  release(): void;
}

/**
 * Takes the lock of a target. What a process held that has ended is taken over.
 *
 * Lock files are numbered, and the highest one counts. To take over is to make the next number, which the file system
 * lets only one do; no file is ever moved away from under its owner, as it would be if there were but one name.
 *
 * @param options.madeFolders folders to remove at the end when they are empty, as if they had been made now
 * @throws DextError `DEXT_GENERATE_LOCKED` when a running process holds it, `DEXT_GENERATE_COMMIT_FAILED` when the
 * disk refuses
 */
export async function takeLock(
  root: string,
  { machine, madeFolders = [] }: { machine: CommitMachine; madeFolders?: readonly string[] },
): Promise<CommitLock> {
  const { disk } = machine;
  const made = new Set(madeFolders);
  try {
    return await takeNumber(root, { machine, made });
  } catch (error) {
    removeCommitFolder(root, { disk });
    for (const path of [...made].toSorted().toReversed()) removeEmptyFolder(path, { disk });
    throw isDextError(error) ? error : commitFailed(root, error);
  }
}

async function takeNumber(
  root: string,
  { machine, made }: { machine: CommitMachine; made: Set<string> },
): Promise<CommitLock> {
  const { disk } = machine;
  const folder = join(root, commitFolder);
  for (;;) {
    makeCommitFolder(root, { disk, made });
    const highest = highestLock(folder);
    const holder = highest === 0 ? undefined : readLock(folder, highest);
    if (holder === "gone") continue;
    if (holder !== undefined && isHeld(holder)) throw locked(root, holder.owner);
    for (const path of holder?.madeFolders ?? []) if (isOnTheWay(path, root)) made.add(path);
    const lock = { number: highest + 1, owner: machine.identity, madeFolders: [...made].toSorted() };
    if (!(await tryMake(folder, { lock, disk }))) continue;
    // Once the lock that was taken over is gone, another one has held this number, and the numbers have begun anew.
    const isOvertaken = holder !== undefined && !exists(lockPath(folder, holder.number));
    if (isOvertaken || highestLock(folder) > lock.number) {
      tryUnlink(lockPath(folder, lock.number), { disk });
      continue;
    }
    removeLeftovers(folder, { number: lock.number, disk });
    return { madeFolders: lock.madeFolders, release: () => release(root, { lock, disk }) };
  }
}

interface LockFile {
  readonly number: number;
  /** Undefined when the file could not be understood. */
  readonly owner: ProcessIdentity | undefined;
  readonly madeFolders: readonly string[];
  /** Milliseconds since it was written. */
  readonly age?: number;
}

/** What cannot be removed is no reason to call a commit failed: it is anybody's once this process has ended. */
function release(root: string, { lock, disk }: { lock: LockFile; disk: CommitFileSystem }): void {
  if (!tryUnlink(lockPath(join(root, commitFolder), lock.number), { disk })) return;
  removeCommitFolder(root, { disk });
  for (const path of lock.madeFolders.toReversed()) removeEmptyFolder(path, { disk });
}

function tryUnlink(path: string, { disk }: { disk: CommitFileSystem }): boolean {
  try {
    disk.unlink(path);
    return true;
  } catch {
    return false;
  }
}

/** The file appears under its name with its contents, or not at all. */
async function tryMake(
  folder: string,
  { lock, disk }: { lock: LockFile; disk: CommitFileSystem },
): Promise<boolean> {
  const path = lockPath(folder, lock.number);
  const text = Buffer.from(JSON.stringify(lock));
  const draft = join(folder, `draft.${lock.owner?.pid ?? 0}.${randomUUID()}`);
  try {
    await disk.writeNew(draft, text, { mode: 0o600 });
    try {
      disk.link(draft, path);
    } catch (error) {
      if (!withoutLinks.has(String(codeOf(error)))) throw error;
      await disk.writeNew(path, text, { mode: 0o600 });
    }
    return true;
  } catch (error) {
    // Another one made the same number, or gave up its lock and removed the folder.
    if (codeOf(error) === "EEXIST" || codeOf(error) === "ENOENT") return false;
    throw error;
  } finally {
    if (exists(draft)) tryUnlink(draft, { disk });
  }
}

/** What ended processes left: lower numbers and drafts. */
function removeLeftovers(folder: string, { number, disk }: { number: number; disk: CommitFileSystem }): void {
  for (const name of readdirSync(folder)) {
    const lower = lockName.exec(name)?.[1];
    const drawer = /^draft\.(\d+)\./.exec(name)?.[1];
    const isLeft =
      (lower !== undefined && Number(lower) < number) ||
      (drawer !== undefined && !hasProcess(Number(drawer)));
    if (isLeft) tryUnlink(join(folder, name), { disk });
  }
}

function highestLock(folder: string): number {
  try {
    return Math.max(0, ...readdirSync(folder).map((name) => Number(lockName.exec(name)?.[1] ?? 0)));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return 0;
    throw error;
  }
}

function readLock(folder: string, number: number): LockFile | "gone" {
  const path = lockPath(folder, number);
  try {
    const age = Date.now() - statSync(path).mtimeMs;
    const text = readFileSync(path, "utf8");
    try {
      return { ...(JSON.parse(text) as LockFile), number };
    } catch {
      return { number, owner: undefined, madeFolders: [], age };
    }
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "gone";
    throw error;
  }
}

/** Of the folders that a lock of others names, only those can have been made for it. */
function isOnTheWay(path: string, root: string): boolean {
  return path === root || root.startsWith(path.endsWith(sep) ? path : path + sep);
}

/** Where there are no hard links, a lock is seen half written for a moment; later it is what a crash left. */
function isHeld({ owner, age = 0 }: LockFile): boolean {
  return owner === undefined ? age < 5000 : isAlive(owner);
}

/** What else there may be is no lock: of `lock.007` and of numbers beyond all counting there is no next one. */
const lockName = /^lock\.([1-9]\d{0,11})$/;

function lockPath(folder: string, number: number): string {
  return join(folder, `lock.${number}`);
}

/** How file systems refuse a hard link that know none. */
const withoutLinks: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

function locked(root: string, owner: ProcessIdentity | undefined): Error {
  const who = owner === undefined ? "Another process" : `Process ${owner.pid}`;
  return generatorError("DEXT_GENERATE_LOCKED", `${who} is changing "${root}" at this moment`, {
    hint: "Wait until it has ended, then try again.",
    details: { target: root, ...(owner === undefined ? {} : { pid: owner.pid }) },
  });
}
