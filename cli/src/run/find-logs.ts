import { dirname, join } from "node:path";
import process from "node:process";
import { isDextError } from "@dext/core";
import { isGone } from "@dext/hosting/output";
import { listRunFolders, openLogFolder } from "@dext/hosting/control";
import type { LogFrame, RunLogFolder } from "@dext/hosting/control";
import type { LogQuery, ResourceSnapshot } from "@dext/protocol";
import { cliError } from "../error-codes.ts";
import { checkNames } from "./check-names.ts";
import { findRun } from "./find-run.ts";

/** What {@link findLogs} takes. */
export interface FindLogsOptions {
  /** The value of `--run`. */
  run?: string | undefined;
  /** The resources that are asked for. */
  names: readonly string[];
  /** Where one stands; the current folder when absent. */
  directory?: string;
}

/** The lines of a run. */
export interface FoundLogs {
  resources: readonly Pick<ResourceSnapshot, "name" | "replica">[];
  frames(query: LogQuery): AsyncIterable<LogFrame>;
  /** The id of the run, when it has ended. */
  ended?: string;
}

/**
 * The lines of the run with an id, else of the one that goes on in this folder or above, else of the last one that did.
 *
 * @throws DextError `DEXT_CLI_RUN_NOT_FOUND`, `DEXT_CLI_RUN_AMBIGUOUS`, `DEXT_CLI_RESOURCE_UNKNOWN`
 */
export async function findLogs({
  run,
  names,
  directory = process.cwd(),
}: FindLogsOptions): Promise<FoundLogs> {
  try {
    const { client } = await findRun({ run, directory });
    const snapshot = await client.snapshot();
    checkNames(names, snapshot);
    return { resources: snapshot.resources, frames: (query) => client.logFrames(query) };
  } catch (error) {
    const isNone = isDextError(error) && error.code === "DEXT_CLI_RUN_NOT_FOUND";
    // It may have ended just now.
    if (!isNone && !isGone(error)) throw error;
    const found = await findEnded(directory, run);
    if (found === undefined) throw error;
    return readEnded(found, names);
  }
}

/** In the folder where one stands, or the nearest one above that has log files. */
async function findEnded(directory: string, run: string | undefined): Promise<RunLogFolder | undefined> {
  for (let folder = directory; ; folder = dirname(folder)) {
    const folders = await listRunFolders(join(folder, ".dext", "logs"));
    const found = run === undefined ? folders[0] : folders.find((each) => each.run === run);
    if (found !== undefined) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

async function readEnded({ run, path }: RunLogFolder, names: readonly string[]): Promise<FoundLogs> {
  const folder = await openLogFolder(path);
  const resources = folder.resources.map(({ resource, replica }) => ({ name: resource, replica }));
  const known = [...new Set(resources.map(({ name }) => name))];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw cliError(
      "DEXT_CLI_RESOURCE_UNKNOWN",
      `Run ${run} has no lines of "${unknown}", it has those of: ${known.join(", ")}`,
      { hint: "Run: dext logs", details: { given: unknown, known } },
    );
  }
  return { resources, frames: (query) => folder.readFrames(query), ended: run };
}
