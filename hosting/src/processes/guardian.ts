import { sleep, systemClock } from "@dext/core";
import type { Clock, Timer } from "@dext/core";
import { execa } from "execa";
import type { ChildProcess } from "node:child_process";
import type { Writable } from "node:stream";

import { processError } from "./error-codes.ts";
import { guardianScript } from "./guardian-script.ts";
import type { ProcessIdentity } from "./process-entry.ts";
import { hasProc } from "./process-identity.ts";
import { ProcessLedger } from "./process-ledger.ts";
import { ProcessWatch } from "./process-watch.ts";

/** What {@link startGuardian} takes. */
export interface StartGuardianOptions {
  /** Lower-case letters and digits. */
  runId: string;
  /** A command line, absolute, that is run once when the AppHost was killed, beside the ending of processes. */
  cleaner?: readonly string[];
  /** Files and folders, absolute, that are removed when the AppHost was killed and nothing of the run is alive any more. */
  leftovers?: readonly string[];
  /** A file to keep the run's processes in, for when the guardian is killed too; removed by `close`. */
  ledger?: string;
  /** Called when the guardian was killed several times and is not started again: nothing guards the run then. */
  onEnd?: (error: Error) => void;
  clock?: Clock;
}

/** A process outside all others of the run that ends them when this process is killed. */
export interface Guardian {
  readonly runId: string;
  readonly pid: number;
  /** Follows what the run's processes start; what it sees is registered too. */
  readonly watch: ProcessWatch;
  /** Has a process and the group that it leads ended with the run. */
  register(leader: ProcessIdentity): void;
  unregister(leader: ProcessIdentity): void;
  /** Sends the guardian away. It ends nothing: whoever closes has ended what was registered. */
  close(): Promise<void>;
}

/**
 * Starts the guardian of a run.
 *
 * @throws DextError with `DEXT_PROCESS_RUN_ID_INVALID` or `DEXT_PROCESS_GUARDIAN_FAILED`
 */
export function startGuardian(options: StartGuardianOptions): Promise<Guardian> {
  const { runId } = options;
  if (!/^[a-z0-9]+$/.test(runId)) {
    throw processError("DEXT_PROCESS_RUN_ID_INVALID", `Run id is "${runId}", wanted only a to z and 0 to 9`);
  }
  const guardian = new ShellGuardian(options);
  guardian.start();
  return Promise.resolve(guardian);
}

/** So often a guardian that was killed is replaced. */
const replacementLimit = 5;
/** So long a guardian may take to leave after it was told to, in milliseconds. */
const leaveTimeout = 2000;
/** So long the ledger waits for more to write, in milliseconds. */
const ledgerPause = 100;

class ShellGuardian implements Guardian {
  readonly runId: string;
  readonly watch: ProcessWatch;
  readonly #options: StartGuardianOptions;
  readonly #clock: Clock;
  readonly #leaders = new Map<string, ProcessIdentity>();
  /** What the guardian was told, as it stands in orders. */
  #told = new Set<string>();
  readonly #ledger: ProcessLedger | undefined;
  #ledgerTimer: Timer | undefined;
  #child: ChildProcess | undefined;
  #orders: Writable | undefined;
  #replacements = 0;
  #isClosed = false;

  constructor(options: StartGuardianOptions) {
    this.runId = options.runId;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#ledger = options.ledger === undefined ? undefined : new ProcessLedger(options.ledger);
    this.watch = new ProcessWatch({
      runId: options.runId,
      onChange: () => this.#tell(),
      clock: this.#clock,
    });
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  register(leader: ProcessIdentity): void {
    this.#leaders.set(orderOf(leader), leader);
    this.#tell();
  }

  unregister(leader: ProcessIdentity): void {
    this.#leaders.delete(orderOf(leader));
    this.#tell();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#ledgerTimer?.clear();
    this.#ledger?.remove();
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const left = new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
    });
    child.ref();
    this.#orders?.end("close\n");
    const patience = new AbortController();
    await Promise.race([left, sleep(leaveTimeout, { clock: this.#clock, signal: patience.signal })]);
    patience.abort();
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  }

  /** @throws DextError when sh cannot be started */
  start(): void {
    const { leftovers = [], cleaner = [] } = this.#options;
    const paths = [String(leftovers.length), ...leftovers];
    const names = [this.runId, hasProc ? "proc" : "ps", ...paths, ...cleaner];
    const subprocess = execa("/bin/sh", ["-c", 'eval "$DEXT_GUARDIAN"', "dext-guardian", ...names], {
      env: { ...environmentOutsideRuns(), DEXT_GUARDIAN: guardianScript },
      extendEnv: false,
      // It must outlive the folder, the session and the output of the AppHost.
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      buffer: false,
      cleanup: false,
      reject: false,
    });
    if (subprocess.pid === undefined) {
      throw processError(
        "DEXT_PROCESS_GUARDIAN_FAILED",
        'The guardian of the run could not be started with "/bin/sh"',
        {
          hint: "Check that /bin/sh exists and that the limits on processes and open files are not reached.",
        },
      );
    }
    const child = subprocess.nodeChildProcess;
    this.#child = child;
    this.#orders = subprocess.stdin;
    // The end of the pipe is told by the child's exit too.
    subprocess.stdin.on("error", () => undefined);
    child.once("exit", () => this.#replace(child));
    child.unref();
    (subprocess.stdin as Writable & { unref?: () => void }).unref?.();
    this.#told = new Set();
    this.#tell();
  }

  #replace(child: ChildProcess): void {
    if (this.#isClosed || this.#child !== child) return;
    this.#replacements += 1;
    if (this.#replacements <= replacementLimit) {
      try {
        this.start();
        return;
      } catch (error) {
        this.#options.onEnd?.(error as Error);
        return;
      }
    }
    this.#options.onEnd?.(
      processError(
        "DEXT_PROCESS_GUARDIAN_FAILED",
        `The guardian of the run ended ${this.#replacements} times, wanted to last as long as the run`,
        { hint: "Processes may be left when the AppHost is killed; find out who kills the guardian." },
      ),
    );
  }

  /** Gone processes are dropped too: their numbers will be others'. */
  #tell(): void {
    const wanted = this.#orderAll();
    const added = [...wanted].filter((order) => !this.#told.has(order));
    const dropped = [...this.#told].filter((order) => !wanted.has(order));
    if (added.length > 0) this.#orders?.write(`add ${added.join(" ")}\n`);
    if (dropped.length > 0) this.#orders?.write(`drop ${dropped.join(" ")}\n`);
    this.#told = wanted;
    if (added.length + dropped.length > 0) this.#keepLedger();
  }

  /** After a pause, since processes come in crowds. */
  #keepLedger(): void {
    if (this.#ledger === undefined || this.#ledgerTimer !== undefined) return;
    this.#ledgerTimer = this.#clock.setTimer(
      () => {
        this.#ledgerTimer = undefined;
        const members = this.watch.families.flatMap((family) => family.members);
        if (!this.#isClosed) this.#ledger?.write([...this.#leaders.values(), ...members]);
      },
      { milliseconds: ledgerPause, unref: true },
    );
  }

  #orderAll(): Set<string> {
    const groups = new Set(this.#leaders.keys());
    const orders = new Set<string>();
    for (const { leader, members, isGroupOver } of this.watch.families) {
      if (isGroupOver) groups.delete(orderOf(leader));
      for (const member of members) orders.add(orderOf(member));
    }
    for (const order of groups) orders.add(`-${order}`);
    return orders;
  }
}

/** Without the machine's boot, which the guardian does not outlive. */
function orderOf({ pid, startTime }: ProcessIdentity): string {
  return `${pid}:${startTime.replace(/@.*/, "")}`;
}

const marks: ReadonlySet<string> = new Set(["DEXT_RUN", "DEXT_RESOURCE", "DEXT_START"]);

/** A guardian started inside another run is not part of what that run's guardian ends first. */
function environmentOutsideRuns(): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !marks.has(name)) environment[name] = value;
  }
  return environment;
}
