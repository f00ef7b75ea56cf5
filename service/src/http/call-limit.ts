import { formatDuration, toMilliseconds } from "@dext/core";
import type { HttpRequestOptions } from "./request-options.ts";

/** The time that the caller of one request gives is over. */
export class CallTimeout extends Error {
  override readonly name: string = "CallTimeout";

  constructor(milliseconds: number) {
    super(`It did not end within ${formatDuration(milliseconds)}`);
  }
}

/** What ends one call: its caller, or the time that the caller gives. */
export interface CallLimit {
  /** `undefined` when nothing does but the pipeline. */
  readonly signal: AbortSignal | undefined;
  readonly milliseconds: number;
  /** Whether the time is over. */
  isOver(): boolean;
  /** Leaves no timer behind. */
  clear(): void;
}

const unlimited: CallLimit = { signal: undefined, milliseconds: Infinity, isOver: () => false, clear() {} };

export function limitCall({ signal, timeout }: Pick<HttpRequestOptions, "signal" | "timeout">): CallLimit {
  if (timeout === undefined) return signal === undefined ? unlimited : { ...unlimited, signal };
  const milliseconds = toMilliseconds(timeout);
  const time = new AbortController();
  const timer = setTimeout(() => time.abort(new CallTimeout(milliseconds)), milliseconds);
  return {
    signal: signal === undefined ? time.signal : AbortSignal.any([signal, time.signal]),
    milliseconds,
    isOver: () => time.signal.aborted && signal?.aborted !== true,
    clear: () => clearTimeout(timer),
  };
}
