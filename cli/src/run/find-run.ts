import { realpathSync } from "node:fs";
import { sep } from "node:path";
import process from "node:process";
import { connectRun, listRuns, openRuntimeDirectory } from "@dext/hosting/control";
import type { ConnectedRun, RunRecord } from "@dext/hosting/control";
import type { OptionDescription } from "../command.ts";
import { cliError } from "../error-codes.ts";

/** The option of every command that works on a run. */
export const runOption: OptionDescription = {
  type: "string",
  value: "<id>",
  summary: "The run, when it is not the one of this folder",
};

/** A run that was found, and how to speak to it. */
export interface FoundRun {
  record: RunRecord;
  client: ConnectedRun;
}

/** What {@link findRun} takes. */
export interface FindRunOptions {
  /** The value of `--run`. */
  run?: string | undefined;
  /** Where one stands; the current folder when absent. */
  directory?: string;
  /** The runs that live; looked up when absent, which removes what dead ones have left. */
  records?: readonly RunRecord[];
}

/**
 * The run with an id, else the one of this folder or of the nearest folder above that has one.
 *
 * @throws DextError `DEXT_CLI_RUN_NOT_FOUND`, `DEXT_CLI_RUN_AMBIGUOUS`
 */
export async function findRun(options: FindRunOptions = {}): Promise<FoundRun> {
  const { run, directory = process.cwd() } = options;
  const records = options.records ?? (await listRuns(await openRuntimeDirectory()));
  const record = run === undefined ? chooseByFolder(records, directory) : chooseById(records, run);
  return { record, client: connectRun({ socketPath: record.socket }) };
}

/** A run in one line: its id, its application and where it was started. */
export function describeRun({ run, name, directory }: RunRecord): string {
  return `${run} (${name}, ${directory})`;
}

function chooseById(records: readonly RunRecord[], run: string): RunRecord {
  const found = records.find((record) => record.run === run);
  if (found !== undefined) return found;
  throw notFound(`There is no run with the id "${run}"`, records);
}

function chooseByFolder(records: readonly RunRecord[], directory: string): RunRecord {
  const here = realpathSync(directory);
  const above = records.filter((record) => isWithin(here, record.directory));
  const depth = Math.max(...above.map((record) => record.directory.length));
  const [found, ...others] = above.filter((record) => record.directory.length === depth);
  if (found === undefined) throw notFound(`No run was started in "${here}" or a folder above`, records);
  if (others.length === 0) return found;
  throw cliError(
    "DEXT_CLI_RUN_AMBIGUOUS",
    `${others.length + 1} runs were started in "${found.directory}": ${[found, ...others].map(({ run }) => run).join(", ")}`,
    {
      hint: "Choose one with --run <id>.",
      details: { runs: [found, ...others].map(({ run }) => run) },
    },
  );
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function notFound(message: string, records: readonly RunRecord[]): Error {
  const hint =
    records.length === 0
      ? "Nothing runs. Start it with: dext run"
      : `These run elsewhere, choose with --run <id>: ${records.map(describeRun).join(", ")}`;
  return cliError("DEXT_CLI_RUN_NOT_FOUND", message, {
    hint,
    details: { runs: records.map(({ run, name, directory }) => ({ run, name, directory })) },
  });
}
