import { sleep } from "@dext/core";
import type { Clock } from "@dext/core";

import type { Guardian } from "./guardian.ts";
import type { NamedProcess, ProcessIdentity } from "./process-entry.ts";
import { groupOf, isAlive, nameProcess, signalGroup, signalProcess } from "./process-identity.ts";
import type { ProcessFamily } from "./process-watch.ts";
import type { ProcessExit } from "./supervised-process.ts";

/** A process that a stop waits for. */
export type WaitingProcess = NamedProcess;

/** What `stop` takes. */
export interface StopOptions {
  /** Milliseconds that the processes may take to end by themselves. */
  timeout: number;
  /** The default is `"SIGTERM"`. */
  signal?: NodeJS.Signals;
  /** Called once a second with what has not ended yet and the seconds that are left before it is killed. */
  onWaiting?: (left: readonly WaitingProcess[], options: { seconds: number }) => void;
}

/** What a stop did. */
export interface StopResult extends ProcessExit {
  /** Something had to be killed. */
  isForced: boolean;
  /** What could not be ended: processes of another user, or stuck in the kernel. Normally empty. */
  left: readonly WaitingProcess[];
}

/** What {@link ProcessEnding} takes. */
export interface ProcessEndingOptions {
  family: ProcessFamily;
  guardian: Guardian;
  exited: Promise<ProcessExit>;
  clock: Clock;
}

/** So long killed processes may take to be gone, in milliseconds: one can hang in the kernel. */
const killTimeout = 5000;
/** So often a look is taken for what was started before everything stood still. */
const freezeLimit = 20;
const shortestWait = 5;
const longestWait = 50;
const waitingInterval = 1000;

/** Ends one started process with all that came from it. */
export class ProcessEnding {
  readonly #family: ProcessFamily;
  readonly #guardian: Guardian;
  readonly #exited: Promise<ProcessExit>;
  readonly #clock: Clock;
  #impatience = new AbortController();
  #running: Promise<StopResult> | undefined;

  constructor({ family, guardian, exited, clock }: ProcessEndingOptions) {
    this.#family = family;
    this.#guardian = guardian;
    this.#exited = exited;
    this.#clock = clock;
  }

  stop(options: StopOptions): Promise<StopResult> {
    this.#running ??= this.#end(options).finally(() => {
      this.#running = undefined;
      this.#impatience = new AbortController();
    });
    return this.#running;
  }

  kill(): Promise<StopResult> {
    this.#impatience.abort();
    return this.stop({ timeout: 0 });
  }

  /** After a process has ended by itself: when it left nothing, there is nothing more to follow. */
  async forgetIfComplete(): Promise<void> {
    if (this.#running === undefined && (await this.#isComplete()) && this.#running === undefined)
      this.#forget();
  }

  async #end(options: StopOptions): Promise<StopResult> {
    this.#guardian.watch.resume(this.#family);
    // While parents live, it shows whose their children are.
    await this.#look();
    const isEnded = !this.#impatience.signal.aborted && (await this.#endGently(options));
    const isForced = !isEnded && (await this.#endByForce());
    const left = isEnded ? [] : this.#living();
    if (left.length === 0) this.#forget();
    const exit = this.#mayLive(this.#family.leader) ? {} : await this.#exited;
    return { ...exit, isForced, left };
  }

  /** Signals the group and, once the leader is gone, what had left the group. Tells whether all ended in time. */
  async #endGently({ timeout, signal = "SIGTERM", onWaiting }: StopOptions): Promise<boolean> {
    const { leader } = this.#family;
    const end = this.#clock.monotonic() + timeout;
    const signalled = new Set<number>();
    if (signalGroup(leader, signal)) signalled.add(leader.pid);
    let nextReport = end - timeout + waitingInterval;
    for (let wait = shortestWait; ; wait = Math.min(wait * 2, longestWait)) {
      if (await this.#isComplete()) return true;
      if (!this.#mayLive(leader)) this.#signalStrays(signal, signalled);
      const rest = end - this.#clock.monotonic();
      if (rest <= 0 || this.#impatience.signal.aborted) return false;
      if (end - rest >= nextReport) {
        nextReport += waitingInterval;
        onWaiting?.(this.#living(), { seconds: Math.ceil(rest / 1000) });
      }
      await this.#pause(Math.min(wait, rest));
    }
  }

  async #endByForce(): Promise<boolean> {
    const end = this.#clock.monotonic() + killTimeout;
    let isForced = false;
    for (let wait = shortestWait; ; wait = Math.min(wait * 2, longestWait)) {
      await this.#freeze();
      isForced = signalGroup(this.#family.leader, "SIGKILL") || isForced;
      for (const member of this.#family.members) isForced = signalProcess(member, "SIGKILL") || isForced;
      if ((await this.#isComplete()) || this.#clock.monotonic() >= end) return isForced;
      await sleep(wait, { clock: this.#clock });
    }
  }

  /** What is stopped cannot start others behind our back between a look and the signal. */
  async #freeze(): Promise<void> {
    const frozen = new Set<number>();
    for (let round = 0; round < freezeLimit; round += 1) {
      signalGroup(this.#family.leader, "SIGSTOP");
      const fresh = this.#family.members.filter(({ pid }) => !frozen.has(pid));
      for (const member of fresh) {
        frozen.add(member.pid);
        signalProcess(member, "SIGSTOP");
      }
      if (round > 0 && fresh.length === 0) return;
      await this.#look();
    }
  }

  /** Each process once, and none that got the signal with its group. */
  #signalStrays(signal: NodeJS.Signals, signalled: Set<number>): void {
    for (const member of this.#family.members) {
      if (signalled.has(member.pid)) continue;
      const group = groupOf(member);
      if (group === undefined || signalled.has(group)) continue;
      signalled.add(member.pid);
      signalProcess(member, signal);
    }
  }

  /**
   * Nothing that is known lives, and then nothing else is found either. What a look has found and what has ended since may
   * have started another behind it, so that it takes a further look.
   */
  async #isComplete(): Promise<boolean> {
    if (this.#hasLiving() || !(await this.#look())) return false;
    return this.#family.members.length === 0 && !this.#hasLiving();
  }

  /** Whether it succeeded: with too many open files, the system tells nothing. */
  #look(): Promise<boolean> {
    return this.#guardian.watch.look().then(
      () => true,
      () => false,
    );
  }

  #hasLiving(): boolean {
    return this.#everyone().some((identity) => this.#mayLive(identity));
  }

  #living(): WaitingProcess[] {
    return this.#everyone()
      .filter((identity) => this.#mayLive(identity))
      .map((identity) => ({ ...identity, name: nameProcess(identity) }));
  }

  #everyone(): readonly ProcessIdentity[] {
    return [this.#family.leader, ...this.#family.members];
  }

  #mayLive(identity: ProcessIdentity): boolean {
    try {
      return isAlive(identity);
    } catch {
      return true;
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    const { signal } = this.#impatience;
    if (signal.aborted) return;
    await sleep(milliseconds, { clock: this.#clock, signal }).catch(() => undefined);
  }

  #forget(): void {
    this.#guardian.unregister(this.#family.leader);
    this.#guardian.watch.remove(this.#family);
  }
}
