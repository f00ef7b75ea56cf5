import type { Outcome } from "../pipeline/operation.ts";

/** An attempt failed and another one follows. */
export interface RetryEvent<Result = unknown> {
  outcome: Outcome<Result>;
  /** The attempt that failed, from 1. */
  attempt: number;
  /** Milliseconds until the next attempt. */
  delay: number;
  key: string | undefined;
}

/**
 * Why no further attempt follows: all were made; the wait would not end within the time that is left, or is longer
 * than the longest that is allowed; the retry budget is spent; the operation must not be repeated.
 */
export type GiveUpReason = "attempts" | "time" | "delay" | "budget" | "not-repeatable";

/** An attempt failed and none follows, though the predicate asks for one. Its outcome is that of the retry. */
export interface GiveUpEvent<Result = unknown> {
  outcome: Outcome<Result>;
  /** The attempt that failed, from 1. */
  attempt: number;
  reason: GiveUpReason;
  key: string | undefined;
}
