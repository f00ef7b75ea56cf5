import { readdir, readFile, realpath, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { protocolVersion } from "@dext/protocol";
import { isAlive, readIdentity } from "../processes/process-identity.ts";
import { cleanUpRun } from "../processes/stale-processes.ts";
import { answersOn } from "./answers-on.ts";
import { controlError } from "./error-codes.ts";
import { findHolder, removeDeadLock } from "./lock-file.ts";
import { parseRunRecord } from "./run-record.ts";
import type { RunRecord } from "./run-record.ts";
import { isRunId, runPaths } from "./runtime-directory.ts";

/** What {@link registerRun} takes. */
export interface RegisterRunOptions {
  /** What {@link openRuntimeDirectory} returned. */
  directory: string;
  run: Pick<RunRecord, "run" | "name" | "appHost" | "startedAt"> & {
    /** The AppHost's folder. */
    directory: string;
  };
}

/** A run that others can find. */
export interface RegisteredRun {
  record: RunRecord;
  /** Takes the record away again. The socket is the control server's to remove. */
  remove(): Promise<void>;
}

/**
 * Makes this process findable as a run. Serve the control API first, so that whoever finds the record can connect.
 *
 * @throws DextError `DEXT_CONTROL_RUN_EXISTS` when another live process has a run with this id.
 */
export async function registerRun({ directory, run }: RegisterRunOptions): Promise<RegisteredRun> {
  const paths = runPaths(directory, run.run);
  await refuseTaken(paths.record);
  const record: RunRecord = {
    version: protocolVersion,
    run: run.run,
    name: run.name,
    appHost: run.appHost,
    directory: await realpath(run.directory),
    pid: process.pid,
    startTime: readIdentity(process.pid)?.startTime ?? "",
    socket: paths.socket,
    startedAt: run.startedAt,
  };
  // Written aside and renamed: nobody reads half a record.
  const draft = `${paths.record}.${process.pid}.tmp`;
  await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, paths.record);
  return { record, remove: () => removeFile(paths.record) };
}

/** What stands in the folder of runs. */
export interface RunListing {
  /** Runs whose process is there, oldest first. */
  runs: readonly RunRecord[];
  /** Files that runs which are no more have left: records, sockets, locks, drafts and what else goes with a run. */
  stale: readonly string[];
}

/** Looks at every run of this user, and changes nothing. */
export async function inspectRuns(directory: string): Promise<RunListing> {
  const names = await readdir(directory);
  const runs: RunRecord[] = [];
  const stale: string[] = [];
  const foreign = new Set<string>();
  for (const name of names.filter((each) => each.endsWith(".json"))) {
    const found = await judgeRecord(join(directory, name));
    if (found === "stale") stale.push(join(directory, name));
    else if (found === "foreign") foreign.add(basename(name, ".json"));
    else runs.push(found);
  }
  const known = new Set([...foreign, ...runs.map(({ run }) => run)]);
  for (const name of names) {
    if (await isLeftOver(join(directory, name), known)) stale.push(join(directory, name));
  }
  return { runs: runs.toSorted((a, b) => a.startedAt - b.startedAt), stale };
}

/** The runs of this user whose process is there, oldest first; what others have left is removed. */
export async function listRuns(directory: string): Promise<RunRecord[]> {
  const { runs, stale } = await inspectRuns(directory);
  await removeStale(stale);
  return [...runs];
}

/** Ends what dead runs have left running, and removes what {@link inspectRuns} found stale. */
export async function removeStale(files: readonly string[]): Promise<void> {
  await Promise.all(files.filter((file) => file.endsWith(".json")).map(endDeadRun));
  await Promise.all(files.map((file) => (isLock(file) ? removeLock(file) : removeFile(file))));
}

/** Normally there is nothing to end: the run's guardian has done it. */
async function endDeadRun(file: string): Promise<void> {
  const record = parseRunRecord(await readFile(file, "utf8").catch(() => ""));
  if (record === undefined || !isRunId(record.run) || isRunAlive(record)) return;
  const { ledger, temporary } = runPaths(dirname(file), record.run);
  await cleanUpRun(record, { ledger });
  await removeFile(ledger);
  await rm(temporary, { recursive: true, force: true });
}

async function removeLock(file: string): Promise<void> {
  const identity = readIdentity(process.pid);
  if (identity !== undefined) await removeDeadLock(file, { ...identity, run: "", name: "" });
}

/** Whether the process that a record names is still there: that very one, not another with its pid. */
export function isRunAlive({ pid, startTime }: RunRecord): boolean {
  return isAlive({ pid, startTime });
}

async function refuseTaken(path: string): Promise<void> {
  const found = await judgeRecord(path);
  if (found === "stale" || (found !== "foreign" && found.pid === process.pid)) return;
  throw controlError(
    "DEXT_CONTROL_RUN_EXISTS",
    `A run with the id "${basename(path, ".json")}" is already there`,
    {
      hint: "Choose another id with DEXT_RUN_ID, or unset it.",
      details: { record: path, ...(found === "foreign" ? {} : { pid: found.pid }) },
    },
  );
}

/** `foreign` is a record that another version of Dext has written: it is left alone while its process may live. */
async function judgeRecord(path: string): Promise<RunRecord | "stale" | "foreign"> {
  const text = await readFile(path, "utf8").catch(() => "");
  const record = parseRunRecord(text);
  if (record !== undefined) return isRunAlive(record) ? record : "stale";
  return namesLiveProcess(text) ? "foreign" : "stale";
}

function namesLiveProcess(text: string): boolean {
  try {
    const { pid, startTime } = JSON.parse(text) as Record<string, unknown>;
    return typeof pid === "number" && typeof startTime === "string" && isAlive({ pid, startTime });
  } catch {
    return false;
  }
}

/** A run that starts has its socket before its record, and its draft before both: these are left alone. */
async function isLeftOver(path: string, known: ReadonlySet<string>): Promise<boolean> {
  const name = basename(path);
  if (/\.\d+\.tmp$/.test(name)) return (await ageOf(path)) > leftAge;
  if (isLock(path)) return (await findHolder(path)) === undefined;
  const [, run = "", kind] = /^(.*)\.(sock|processes|processes\.new|result|output)$/.exec(name) ?? [];
  if (kind === undefined || !isRunId(run) || known.has(run)) return false;
  // The others are read just after they were written, or go with a run that has a record or answers.
  if (kind !== "sock" && (await ageOf(path)) <= leftAge) return false;
  return !(await answersOn(runPaths(dirname(path), run).socket));
}

function isLock(path: string): boolean {
  return /\.lock\+*$/.test(path);
}

/** What is older belongs to nothing that is about to happen, in milliseconds. */
const leftAge = 60_000;

async function ageOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? 0 : Date.now() - found.mtimeMs;
}

async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((cause: NodeJS.ErrnoException) => {
    // Somebody else was faster.
    if (cause.code !== "ENOENT") throw cause;
  });
}
