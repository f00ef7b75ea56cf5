import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./packages.ts";

/** A package in the lock file. */
export interface LockEntry {
  version?: string;
  resolved?: string;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  dev?: boolean;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
}

/** The lock file: path, such as `node_modules/deno`, → package. */
export interface Lock {
  packages: Record<string, LockEntry>;
}

const path = join(root, "package-lock.json");

export async function readLock(): Promise<Lock> {
  return JSON.parse(await readFile(path, "utf8")) as Lock;
}

/** Writes the lock file with its packages in order. */
export async function writeLock(lock: Lock): Promise<void> {
  const [first, ...others] = Object.entries(lock.packages);
  if (first === undefined) throw new Error("the lock file is empty");
  const packages = Object.fromEntries([first, ...others.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
  await writeFile(path, `${JSON.stringify({ ...lock, packages }, undefined, 2)}\n`);
}

/** An optional dependency that the lock file has no entry for. */
export interface MissingPackage {
  name: string;
  version: string;
  /** Who wants it. */
  parent: LockEntry;
}

/** The optional dependencies without an entry: those for platforms that the registry at hand does not serve. */
export function missingPackages({ packages }: Lock): MissingPackage[] {
  return Object.entries(packages).flatMap(([parentPath, parent]) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(([name]) => !isThere(packages, { name, from: parentPath }))
      .map(([name, version]) => ({ name, version, parent })),
  );
}

/** Looks where Node would: in the package's own `node_modules`, then in those above it. */
function isThere(packages: Lock["packages"], { name, from }: { name: string; from: string }): boolean {
  for (
    let folder = from;
    ;
    folder = folder.replace(/(?:^|\/)(?:node_modules\/(?:@[^/]+\/)?[^/]+|[^/]+)$/, "")
  ) {
    if (packages[folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`] !== undefined)
      return true;
    if (folder === "") return false;
  }
}
