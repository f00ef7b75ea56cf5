import { sleep, systemClock } from "@dext/core";
import type { Clock } from "@dext/core";

import { processError } from "./error-codes.ts";
import type { NamedProcess, ProcessEntry, ProcessIdentity } from "./process-entry.ts";
import { isSameProcess } from "./process-entry.ts";
import { isAlive, nameProcess, signalProcess } from "./process-identity.ts";
import { readLedger } from "./process-ledger.ts";
import { changeLimit, changePause, createMarkReader, readTable } from "./process-table.ts";
import type { MarkReader } from "./process-table.ts";

/** What the search for a run's processes can know besides their mark. */
export interface StaleProcessesOptions {
  /** The file that the run's guardian kept. */
  ledger?: string;
}

/** What {@link cleanUpRun} needs of a run's record. */
export interface DeadRun {
  readonly run: string;
  /** The identity of the run's AppHost. */
  readonly pid: number;
  readonly startTime: string;
}

/** What {@link cleanUpRun} takes. */
export interface CleanUpOptions extends StaleProcessesOptions {
  /** Milliseconds that the processes may take to end by themselves; 1000 when absent. */
  timeout?: number;
  clock?: Clock;
}

/** What a clean-up found and did. */
export interface CleanUpResult {
  ended: readonly NamedProcess[];
  /** What could not be ended: processes of another user, or stuck in the kernel. */
  left: readonly NamedProcess[];
}

/**
 * The living processes of a run: those with its mark, those that the ledger names, and whatever came from them.
 *
 * Of a run that is alive, these are the processes that it uses.
 */
export async function findStaleProcesses(
  runId: string,
  { ledger }: StaleProcessesOptions = {},
): Promise<NamedProcess[]> {
  const known = ledger === undefined ? [] : readLedger(ledger);
  for (let round = 0; ; round += 1) {
    const table = await readTable();
    const search = new RunSearch({ runId, known, table, readMark: await createMarkReader() });
    const found = [...table.values()].filter((entry) => search.includes(entry) && !entry.isZombie);
    if (!search.isUncertain || round === changeLimit) {
      return found.map(({ pid, startTime }) => ({ pid, startTime, name: nameProcess({ pid, startTime }) }));
    }
    await sleep(changePause);
  }
}

/**
 * Ends what a run left whose AppHost is gone, normally nothing: its guardian has done it.
 *
 * @throws DextError with `DEXT_PROCESS_RUN_ALIVE` when the AppHost lives
 */
export async function cleanUpRun(record: DeadRun, options: CleanUpOptions = {}): Promise<CleanUpResult> {
  const { run, pid } = record;
  if (isAlive(record)) {
    throw processError(
      "DEXT_PROCESS_RUN_ALIVE",
      `Run "${run}" cannot be cleaned up: its AppHost (process ${pid}) is alive, wanted a dead one`,
      { hint: "Stop the run with dext stop.", details: { run, pid } },
    );
  }
  return endRunProcesses(run, options);
}

/** Ends all processes of a run, whatever its AppHost does: SIGTERM, after the timeout SIGKILL, until none is found. */
export async function endRunProcesses(runId: string, options: CleanUpOptions = {}): Promise<CleanUpResult> {
  const { timeout = 1000, clock = systemClock } = options;
  const begin = clock.monotonic();
  const seen = new Map<string, NamedProcess>();
  for (;;) {
    const left = await findStaleProcesses(runId, options);
    const elapsed = clock.monotonic() - begin;
    if (left.length === 0 || elapsed > timeout + killTimeout) {
      return {
        ended: [...seen.values()].filter((one) => !left.some((other) => isSameProcess(one, other))),
        left,
      };
    }
    for (const one of left) {
      if (elapsed >= timeout) signalProcess(one, "SIGKILL");
      else if (!seen.has(keyOf(one))) signalProcess(one, "SIGTERM");
      seen.set(keyOf(one), one);
    }
    await sleep(pollInterval, { clock });
  }
}

interface RunSearchOptions {
  runId: string;
  known: readonly ProcessIdentity[];
  table: ReadonlyMap<number, ProcessEntry>;
  readMark: MarkReader;
}

/** Tells of each process in a table whether it belongs to a run, itself or through its parents. */
class RunSearch {
  readonly #options: RunSearchOptions;
  readonly #decided = new Map<number, boolean>();
  /** A process was about to become another program and could not be judged. */
  isUncertain = false;

  constructor(options: RunSearchOptions) {
    this.#options = options;
  }

  includes(entry: ProcessEntry): boolean {
    const decided = this.#decided.get(entry.pid);
    if (decided !== undefined) return decided;
    // Set first: a table read while processes come and go can have a circle of parents.
    this.#decided.set(entry.pid, false);
    const parent = this.#options.table.get(entry.parent);
    const isIncluded =
      entry.pid !== process.pid &&
      (this.#isRunsOwn(entry) || (parent !== undefined && this.includes(parent)));
    this.#decided.set(entry.pid, isIncluded);
    return isIncluded;
  }

  #isRunsOwn(entry: ProcessEntry): boolean {
    const { known, readMark, runId } = this.#options;
    if (known.some((identity) => isSameProcess(identity, entry))) return true;
    const mark = readMark(entry);
    if (mark === "unknown") this.isUncertain = true;
    return mark !== "unknown" && mark?.runId === runId;
  }
}

const pollInterval = 25;
/** So long killed processes may take to be gone, in milliseconds: one can hang in the kernel. */
const killTimeout = 5000;

function keyOf({ pid, startTime }: ProcessIdentity): string {
  return `${pid} ${startTime}`;
}
