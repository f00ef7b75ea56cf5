import type { Clock, Timer } from "@dext/core";
import { retryAfterOf } from "../definition/source-errors.ts";
import { retryPause } from "../loading/layer-source.ts";

/** How long a token or a lease lives on. */
export interface Life {
  /** Milliseconds; 0: it does not end. */
  readonly ttl: number;
  readonly renewable: boolean;
}

/** What came of a renewal: `gone` when there is nothing left to renew, `refused` when it may not be renewed. */
export type Renewal = Life | "gone" | "refused";

/** What a {@link LifeKeeper} takes. */
export interface LifeKeeperOptions {
  clock: Clock;
  /** A number from 0 to less than 1. */
  random: () => number;
  /** Milliseconds that are to be left of the old one when it is replaced. */
  grace: number;
  /** Fails when it is not known what came of it, and is then tried again. */
  renew: (signal: AbortSignal) => Promise<Renewal>;
  /** Called once, when it has to make way for another one. */
  replace: () => void;
}

/**
 * Keeps a token or a lease alive: renews it at about two thirds of the time that it was given, tries again while it is
 * valid, and has it replaced once renewals give it no more than half of what it had at first (its maximum is near), when it
 * cannot be renewed, and at once when it is gone.
 */
export class LifeKeeper {
  readonly #options: LifeKeeperOptions;
  readonly #closing = new AbortController();
  /** What it was given at first, in milliseconds. */
  readonly #granted: number;
  #ends = 0;
  #timer: Timer | undefined;
  /** What the timer will do, and when it is time for that by the clock on the wall. */
  #due: { readonly at: number; readonly run: () => void } | undefined;

  constructor(life: Life, options: LifeKeeperOptions) {
    this.#options = options;
    this.#granted = life.ttl;
    this.#schedule(life);
  }

  /** Ends it: no timer fires any more, a renewal that is under way is aborted. */
  close(): void {
    this.#timer?.clear();
    this.#due = undefined;
    this.#closing.abort();
  }

  /** Does now what is due by the clock on the wall: timers stand still while a machine sleeps, and Vault does not. */
  catchUp(): void {
    const due = this.#due;
    if (due === undefined || this.#options.clock.now() < due.at) return;
    this.#timer?.clear();
    due.run();
  }

  #schedule({ ttl, renewable }: Life): void {
    if (ttl === 0) return;
    const { clock, random } = this.#options;
    this.#ends = clock.monotonic() + ttl;
    const soon = ttl * (2 / 3) * (0.95 + random() / 10);
    if (renewable && ttl > this.#granted / 2) this.#in(soon, () => void this.#renew(1));
    else this.#in(Math.max(0, Math.min(soon, ttl - this.#reserve)), () => this.#replace());
  }

  async #renew(attempt: number): Promise<void> {
    const { renew, clock, random } = this.#options;
    const { signal } = this.#closing;
    let renewal: Renewal;
    try {
      renewal = await renew(signal);
    } catch (error) {
      if (signal.aborted) return;
      const pause = Math.max(retryPause(attempt, random), retryAfterOf(error));
      const left = this.#ends - this.#reserve - clock.monotonic();
      if (left <= 0) this.#replace();
      else this.#in(Math.min(pause, left), () => void this.#renew(attempt + 1));
      return;
    }
    if (signal.aborted) return;
    if (renewal === "gone") this.#replace();
    else if (renewal === "refused")
      this.#schedule({ ttl: Math.max(1, this.#ends - clock.monotonic()), renewable: false });
    else if (renewal.ttl === 0) this.#replace();
    else this.#schedule(renewal);
  }

  /** What is to be left at a replacement: a short life must not be replaced all the time. */
  get #reserve(): number {
    return Math.min(this.#options.grace, this.#granted / 3);
  }

  #replace(): void {
    this.close();
    this.#options.replace();
  }

  #in(milliseconds: number, callback: () => void): void {
    const { clock } = this.#options;
    const run = (): void => {
      this.#due = undefined;
      callback();
    };
    this.#due = { at: clock.now() + milliseconds, run };
    this.#timer = clock.setTimer(run, { milliseconds, unref: true });
  }
}
