import type { Duration } from "@dext/core";
import type { Outcome, OutcomePredicate } from "../pipeline/operation.ts";
import type { Backoff } from "./backoff.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { GiveUpEvent, RetryEvent } from "./retry-events.ts";

/** What a delay generator knows. */
export interface DelayRequest<Result = unknown> {
  outcome: Outcome<Result>;
  /** The attempt that failed, from 1. */
  attempt: number;
  /** What the backoff gives, in milliseconds. */
  delay: number;
  key: string | undefined;
}

/** What `addRetry` takes. */
export interface RetryOptions<Result = unknown> {
  /** How often what is inside runs at most, the first time included; `Infinity` for no limit. Default: 3. */
  attempts?: number;
  /** Default: `"exponential"`. */
  backoff?: Backoff;
  /** The delay before the second attempt, from which the others grow. Default: 2 seconds. */
  delay?: Duration;
  /** The longest delay; a longer one of the backoff is cut, for a longer one of the generator the retry gives up. Default: 30 seconds. */
  maxDelay?: Duration;
  /**
   * Spreads each delay evenly by up to this part of it, up and down, from 0 to 1; `true` is 0.25. Without effect on
   * `"decorrelated"`, which is random by itself. Default: `true`.
   */
  jitter?: boolean | number;
  /**
   * The delay that an outcome asks for, such as a `Retry-After`; `undefined` for that of the backoff. It is kept
   * as it is: who cannot wait so long gives up instead of coming too early.
   */
  delayGenerator?: (request: DelayRequest<Result>) => Duration | undefined;
  /** Time for all attempts and delays together: no attempt begins after it. Timeouts outside are known anyway. */
  total?: Duration;
  /** Bounds retries across calls; may be given to several pipelines. */
  budget?: RetryBudget;
  /** Default: every error but that of an isolated circuit, no result. */
  shouldHandle?: OutcomePredicate<Result>;
  /** Stands in metrics and messages. Default: `"retry"`. */
  name?: string;
  onRetry?: (event: RetryEvent<Result>) => void;
  onGiveUp?: (event: GiveUpEvent<Result>) => void;
}
