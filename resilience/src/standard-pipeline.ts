import type { Duration } from "@dext/core";
import type { CircuitBreakerOptions } from "./circuit-breaker/circuit-breaker-options.ts";
import { createPipeline } from "./pipeline/builder.ts";
import type { OutcomePredicate } from "./pipeline/operation.ts";
import type { Pipeline, PipelineOptions } from "./pipeline/pipeline.ts";
import type { ConcurrencyLimiterOptions } from "./rate-limiter/rate-limiter-options.ts";
import type { RetryOptions } from "./retry/retry-options.ts";

/** What {@link standardPipeline} takes; each part changes only what it names. */
export interface StandardPipelineOptions<Result = unknown> extends PipelineOptions {
  /** Default: 1,000 at once, none waits. */
  rateLimiter?: Partial<ConcurrencyLimiterOptions>;
  /** The time for everything. Default: 30 seconds. */
  totalTimeout?: Duration;
  /** Default: 3 attempts, 2 seconds growing exponentially with jitter. */
  retry?: RetryOptions<Result>;
  /** Default: opens at 10 % failures of at least 100 within 30 seconds, for 5 seconds; one circuit per key. */
  circuitBreaker?: CircuitBreakerOptions<Result>;
  /** The time for each attempt. Default: 10 seconds. */
  attemptTimeout?: Duration;
  /** What counts as a failure, for the retry and the circuit breaker unless they have their own. */
  shouldHandle?: OutcomePredicate<Result>;
}

/**
 * The pipeline that suits most calls to another service: rate limiter, total timeout, retry, circuit breaker, timeout of
 * each attempt.
 *
 * @throws DextError `DEXT_RESILIENCE_OPTIONS_INVALID`
 *
 * @example
 * ```ts
 * import { standardPipeline } from "@dext/resilience";
 *
 * const pipeline = standardPipeline({ name: "orders", attemptTimeout: "2s" });
 * const answer = await pipeline.execute(({ signal }) => (signal.aborted ? "late" : "in time"), {
 *   key: "http://orders",
 * });
 * if (answer !== "in time") throw new Error("wrong");
 * ```
 */
export function standardPipeline<Result = unknown>(
  options: StandardPipelineOptions<Result> = {},
): Pipeline<Result> {
  const {
    rateLimiter,
    totalTimeout = "30s",
    retry,
    circuitBreaker,
    attemptTimeout = "10s",
    shouldHandle,
  } = options;
  const handling = shouldHandle === undefined ? {} : { shouldHandle };
  return createPipeline<Result>({ name: "standard", ...options })
    .addRateLimiter({ permits: 1000, queue: 0, ...rateLimiter })
    .addTimeout({ timeout: totalTimeout, name: "total-timeout" })
    .addRetry({ ...handling, attempts: 3, backoff: "exponential", jitter: true, delay: "2s", ...retry })
    .addCircuitBreaker({ ...handling, perKey: true, ...circuitBreaker })
    .addTimeout({ timeout: attemptTimeout, name: "attempt-timeout" })
    .build();
}
