import type { Clock, Timer } from "@dext/core";
import { sourceUnavailable } from "../definition/source-errors.ts";

/** A signal of its own, and what takes it off those that it was made from. */
export interface Limit {
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * A signal that is aborted with any of the given ones, or when the time is over. Signals of `AbortSignal.any` stay with
 * the long-lived ones that they were made from; this one is taken off them.
 */
export function within(
  signals: readonly AbortSignal[],
  { clock, milliseconds }: { clock: Clock; milliseconds: number },
): Limit {
  const limit = new AbortController();
  const abort = (): void => limit.abort(reasonOf(signals));
  const end = (): void => {
    limit.abort(sourceUnavailable("Vault", { cause: new Error(`no answer within ${milliseconds} ms`) }));
  };
  const timer = clock.setTimer(end, { milliseconds, unref: true });
  return listen(signals, { abort, limit, release: () => timer.clear() });
}

/** A signal that is aborted some time after any of the given ones is: what is under way may come to its end. */
export function linger(
  signals: readonly AbortSignal[],
  { clock, milliseconds }: { clock: Clock; milliseconds: number },
): Limit {
  const limit = new AbortController();
  let timer: Timer | undefined;
  const abort = (): void => {
    timer ??= clock.setTimer(() => limit.abort(reasonOf(signals)), { milliseconds, unref: true });
  };
  return listen(signals, { abort, limit, release: () => timer?.clear() });
}

function listen(
  signals: readonly AbortSignal[],
  { abort, limit, release }: { abort: () => void; limit: AbortController; release: () => void },
): Limit {
  for (const signal of signals) signal.addEventListener("abort", abort, { once: true });
  if (signals.some((signal) => signal.aborted)) abort();
  return {
    signal: limit.signal,
    release() {
      release();
      for (const signal of signals) signal.removeEventListener("abort", abort);
    },
  };
}

function reasonOf(signals: readonly AbortSignal[]): unknown {
  return signals.find((signal) => signal.aborted)?.reason;
}
