import type { ConfigWatch, WatchContext } from "../definition/provider.ts";
import { retryAfterOf } from "../definition/source-errors.ts";
import { retryPause } from "../loading/layer-source.ts";

/**
 * Watches by one request after another, as blocking queries and watch streams need it. A round that fails is told, and
 * followed by a pause that grows from 0.2 s to 10 s with jitter, or by what the server asked for. The first one that
 * succeeds afterwards resets it and has the source loaded again: something may have been missed, and the load tells that
 * the source is back.
 *
 * @param round ends when its answer is dealt with; the signal aborts it when the watch is closed.
 */
export function watchInRounds(
  context: WatchContext,
  round: (signal: AbortSignal) => Promise<void>,
): ConfigWatch {
  const closing = new AbortController();
  const { signal } = closing;
  const onAbort = (): void => closing.abort(context.signal.reason);
  context.signal.addEventListener("abort", onAbort, { once: true });
  const ended = runRounds(context, { round, signal }).finally(() =>
    context.signal.removeEventListener("abort", onAbort),
  );
  return {
    async close() {
      closing.abort();
      await ended;
    },
  };
}

async function runRounds(
  context: WatchContext,
  { round, signal }: { round: (signal: AbortSignal) => Promise<void>; signal: AbortSignal },
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await round(signal);
      if (failures > 0 && !signal.aborted) context.onChange();
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      context.onError(error);
      await pause(context, {
        milliseconds: Math.max(retryPause(failures, context.random), retryAfterOf(error)),
        signal,
      });
    }
  }
}

/** Waits without keeping the process alive; ends at once when aborted, and throws nothing. */
export function pause(
  { clock }: Pick<WatchContext, "clock">,
  { milliseconds, signal }: { milliseconds: number; signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.clear();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = clock.setTimer(end, { milliseconds, unref: true });
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
