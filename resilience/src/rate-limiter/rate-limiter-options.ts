import type { Duration } from "@dext/core";
import type { QueuedEvent, RateLimitedEvent } from "./rate-limiter-events.ts";

/** What all kinds of rate limiters take. */
export interface RateLimiterBase {
  /** How many may wait for a permit, first come first served. Default: 0. */
  queue?: number;
  /** Whether each key of `execute` has its own limit. Default: `false`. */
  perKey?: boolean;
  /** Keys above which unused limits are forgotten. Default: 1,000. */
  maxKeys?: number;
  /** Stands in metrics and messages. Default: `"rate-limiter"`. */
  name?: string;
  onRejected?: (event: RateLimitedEvent) => void;
  onQueued?: (event: QueuedEvent) => void;
}

/** At most so many at once (a bulkhead). A permit is held until what is inside has settled. */
export interface ConcurrencyLimiterOptions extends RateLimiterBase {
  kind?: "concurrency";
  permits: number;
}

/** A bucket of permits that fills evenly. */
export interface TokenBucketOptions extends RateLimiterBase {
  kind: "token-bucket";
  /** What the bucket holds at most, and at the beginning. */
  permits: number;
  /** Permits that come back within `every`. Default: `permits`. */
  refill?: number;
  every: Duration;
}

/** So many per window; windows follow each other from the first call on. */
export interface FixedWindowOptions extends RateLimiterBase {
  kind: "fixed-window";
  permits: number;
  window: Duration;
}

/** So many within any stretch of the length of the window, counted in segments. */
export interface SlidingWindowOptions extends RateLimiterBase {
  kind: "sliding-window";
  permits: number;
  window: Duration;
  /** Into how many segments the window is cut: the more, the smoother. Default: 10. */
  segments?: number;
}

/** What `addRateLimiter` takes; without `kind` it limits concurrency. */
export type RateLimiterOptions =
  | ConcurrencyLimiterOptions
  | TokenBucketOptions
  | FixedWindowOptions
  | SlidingWindowOptions;
