import { join } from "node:path";
import type { LockFile, PackageManagerName } from "./description.ts";
import type { Inspection } from "./inspection.ts";

/** A lock file and the folder that it was found in. */
export interface FoundLockFile extends LockFile {
  readonly directory: string;
}

/**
 * Names of lock files. Where several package managers left one, the first in this order is believed: a
 * `package-lock.json` is the one that appears by accident, when somebody types `npm install`.
 */
const lockFileNames: ReadonlyMap<string, PackageManagerName> = new Map([
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["npm-shrinkwrap.json", "npm"],
  ["package-lock.json", "npm"],
  ["deno.lock", "deno"],
]);

/** The lock files of one folder, the most believable first. */
export async function findLockFiles(
  inspection: Inspection,
  directory: string,
): Promise<readonly FoundLockFile[]> {
  const found: FoundLockFile[] = [];
  for (const [name, packageManager] of lockFileNames) {
    const path = join(directory, name);
    if (!(await inspection.hasFile(path))) continue;
    const flavour = packageManager === "yarn" ? await yarnFlavour(inspection, path) : undefined;
    const lockFile = { packageManager, path: inspection.show(path), directory };
    found.push(flavour === undefined ? lockFile : { ...lockFile, flavour });
  }
  return found;
}

// Berry begins its file with "__metadata:" after two comments, classic with "# yarn lockfile v1".
async function yarnFlavour(inspection: Inspection, path: string): Promise<"classic" | "berry" | undefined> {
  const text = (await inspection.readHelpfulText(path)) ?? "";
  if (/^__metadata:/m.test(text)) return "berry";
  return text.includes("# yarn lockfile v1") ? "classic" : undefined;
}
