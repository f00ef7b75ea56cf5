import type { Clock } from "@dext/core";

/** A time within which something has to happen again and again; when nothing does, or the caller's signal is aborted, `signal` is. */
export interface Patience {
  readonly signal: AbortSignal;
  /** It was the time that was up. */
  readonly isOver: boolean;
  /** Something happened: from now on for so long. */
  renew(milliseconds: number): void;
  /** Aborts what is still under way and leaves nothing behind. */
  end(): void;
}

/** Begins to wait for `milliseconds`, without keeping the process alive. */
export function startPatience(
  { clock, signal }: { clock: Clock; signal: AbortSignal },
  milliseconds: number,
): Patience {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  let isOver = false;
  let last = clock.monotonic();
  let span = milliseconds;
  // One timer that looks again, however often something happens: streams may be busy.
  let timer = clock.setTimer(look, { milliseconds, unref: true });
  function look(): void {
    const left = last + span - clock.monotonic();
    if (left > 0) {
      timer = clock.setTimer(look, { milliseconds: left, unref: true });
      return;
    }
    isOver = true;
    controller.abort();
  }
  return {
    signal: controller.signal,
    get isOver() {
      return isOver;
    },
    renew(next) {
      last = clock.monotonic();
      if (next === span) return;
      span = next;
      timer.clear();
      timer = clock.setTimer(look, { milliseconds: next, unref: true });
    },
    end() {
      timer.clear();
      signal.removeEventListener("abort", onAbort);
      controller.abort();
    },
  };
}
