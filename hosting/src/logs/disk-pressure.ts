import type { Clock } from "@dext/core";
import type { PageRing } from "./page-ring.ts";
import { Wakeup } from "./wakeup.ts";

/** A child waits at most this long for the disk, in milliseconds; then its lines are given up for the files. */
const longestPause = 2000;

/**
 * Says when a child should be left waiting because the disk cannot keep up. A disk that hangs must not hang the
 * services: once one has waited for long enough, all go on until the disk has caught up.
 */
export class DiskPressure {
  readonly #ring: PageRing;
  readonly #clock: Clock;
  readonly #wakeup = new Wakeup();
  #hangs = false;

  constructor(ring: PageRing, clock: Clock) {
    this.#ring = ring;
    this.#clock = clock;
  }

  get isFull(): boolean {
    return this.#ring.congested && !this.#hangs;
  }

  /** Something was written. */
  written(): void {
    if (this.#ring.congested) return;
    this.#hangs = false;
    this.#wakeup.wake();
  }

  /** Resolves when whoever writes may go on. */
  async drained(): Promise<void> {
    if (!this.isFull) return;
    const enough = new AbortController();
    const giveUp = (): void => {
      this.#hangs = true;
      enough.abort();
    };
    const timer = this.#clock.setTimer(giveUp, { milliseconds: longestPause, unref: true });
    await this.#wakeup.wait(enough.signal);
    timer.clear();
  }
}
