import { constants } from "node:fs";
import { access, readdir, realpath, stat } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";

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
    if (folder !== "" && (await isProgram(join(folder, name)))) return behindWrapper(join(folder, name));
  }
  for (const pattern of folders) {
    for (const folder of await expand(pattern)) {
      if (await isProgram(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

/**
 * npm's package `deno` puts a Node script in front of the binary beside it; the script passes no signals on and takes
 * 47 MB of its own.
 */
async function behindWrapper(path: string): Promise<string> {
  if (basename(path) !== "deno") return path;
  const script = await realpath(path);
  const binary = join(dirname(script), "deno");
  return basename(script) === "bin.cjs" && (await isProgram(binary)) ? binary : path;
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
