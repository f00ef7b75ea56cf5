import type { Clock } from "@dext/core";

/**
 * How often something may happen: `burst` times at once, then once per `interval` milliseconds.
 */
export class TokenBucket {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #burst: number;
  readonly #interval: number;
  #tokens: number;
  #at: number;

  constructor(clock: Pick<Clock, "monotonic">, { burst, interval }: { burst: number; interval: number }) {
    this.#clock = clock;
    this.#burst = burst;
    this.#interval = interval;
    this.#tokens = burst;
    this.#at = clock.monotonic();
  }

  /** Takes a token; gives the milliseconds to wait until it is there. */
  take(): number {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) / this.#interval) - 1;
    this.#at = now;
    return Math.max(0, -this.#tokens * this.#interval);
  }
}
