import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Where to look besides the PATH. */
export interface FindProgramOptions {
  /** Folders that are looked at before the PATH. */
  first?: readonly string[];
  /** Folders that are looked at after the PATH. */
  folders?: readonly string[];
  path?: string;
}

/**
 * The path of a program on the PATH, or in one of the folders given.
 *
 * Folders may have one `*`, for versions: the highest is taken, as in `/usr/lib/postgresql/*\/bin`.
 */
export async function findProgram(
  name: string,
  { first = [], folders = [], path = process.env["PATH"] ?? "" }: FindProgramOptions = {},
): Promise<string | undefined> {
  for (const folder of [...first, ...path.split(delimiter)]) {
    if (folder !== "" && (await isProgram(join(folder, name)))) return join(folder, name);
  }
  for (const pattern of folders) {
    for (const folder of await expand(pattern)) {
      if (await isProgram(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function expand(pattern: string): Promise<string[]> {
  const [before, after] = pattern.split("*");
  if (before === undefined || after === undefined) return [pattern];
  const names = await readdir(before).catch(() => []);
  return names
    .toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }))
    .map((name) => `${before}${name}${after}`);
}
