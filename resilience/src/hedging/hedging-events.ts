import type { Outcome } from "../pipeline/operation.ts";

/** One more attempt begins while others may still run. */
export interface HedgeEvent<Result = unknown> {
  /** The attempt that begins, from 2. */
  attempt: number;
  /** The failure that called for it; absent when the others took too long. */
  outcome: Outcome<Result> | undefined;
  key: string | undefined;
}

/** An attempt ended after another one had decided. */
export interface DiscardedEvent<Result = unknown> {
  /** The attempt whose outcome nobody gets, from 1. */
  attempt: number;
  outcome: Outcome<Result>;
  key: string | undefined;
}
