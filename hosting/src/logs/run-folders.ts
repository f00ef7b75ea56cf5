import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isRunId } from "../control/runtime-directory.ts";

/** Log files are kept of so many runs besides those that go on. */
export const keptRuns = 10;

/** The log files of one run. */
export interface RunLogFolder {
  run: string;
  path: string;
  /** When a file was last begun, in milliseconds since 1970. */
  changedAt: number;
}

/** The folders of runs in a folder such as `.dext/logs`, newest first; none when it is not there. */
export async function listRunFolders(directory: string): Promise<RunLogFolder[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const runs = entries.filter((entry) => entry.isDirectory() && isRunId(entry.name));
  const found = await Promise.all(
    runs.map(async ({ name }) => {
      const path = join(directory, name);
      // Another one may be cleaning up.
      const status = await stat(path).catch(() => undefined);
      return status === undefined ? [] : [{ run: name, path, changedAt: status.mtimeMs }];
    }),
  );
  return found.flat().toSorted((a, b) => b.changedAt - a.changedAt);
}

/** What {@link removeOldRunFolders} takes. */
export interface RemoveOldRunFoldersOptions {
  /** Runs that go on. */
  live: readonly string[];
  /** How many others are kept. */
  keep?: number;
}

/** Removes the log files of all but the newest runs, never of one that goes on. Returns the runs that are gone. */
export async function removeOldRunFolders(
  directory: string,
  { live, keep = keptRuns }: RemoveOldRunFoldersOptions,
): Promise<string[]> {
  const ended = (await listRunFolders(directory)).filter(({ run }) => !live.includes(run));
  const old = ended.slice(keep);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
  return old.map(({ run }) => run);
}
