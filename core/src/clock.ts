import { longestTimer } from "./duration.ts";

/** A timer that has been set and can be cleared. */
export interface Timer {
  /** Stops the timer; does nothing when it has fired already. */
  clear(): void;
}

/** Time as a dependency, so that tests need not sleep. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970; it can jump. */
  now(): number;
  /** Milliseconds that only ever grow; for measuring spans. */
  monotonic(): number;
  /** Calls `callback` once after `milliseconds`, also beyond 2³¹−1 ms. The timer keeps the process alive unless `unref` is set. */
  setTimer(callback: () => void, options: { milliseconds: number; unref?: boolean }): Timer;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic() {
    // As fast as `performance.now()`, whose first call makes Node load a dozen modules: 2 ms of every start.
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1_000_000;
  },
  setTimer(callback, { milliseconds, unref = false }) {
    let handle: ReturnType<typeof setTimeout>;
    const arm = (left: number): void => {
      // A longer delay would overflow to 1 ms: chain timers instead.
      const step = Math.min(left, longestTimer);
      handle = setTimeout(() => (left > step ? arm(left - step) : callback()), step);
      if (unref) handle.unref();
    };
    arm(milliseconds);
    return { clear: () => clearTimeout(handle) };
  },
};

/** What {@link sleep} takes besides the time. */
export interface SleepOptions {
  /** Ends the wait early; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
  clock?: Clock;
}

/**
 * Waits. Leaves no timer and no listener behind, however it ends.
 *
 * @example
 * ```ts
 * import { sleep } from "@dext/core";
 *
 * await sleep(5, { signal: AbortSignal.timeout(1000) });
 * ```
 */
export function sleep(
  milliseconds: number,
  { signal, clock = systemClock }: SleepOptions = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      timer.clear();
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimer(
      () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      },
      { milliseconds },
    );
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
