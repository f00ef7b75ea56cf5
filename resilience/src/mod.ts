export { createPipeline } from "./pipeline/builder.ts";
export type { PipelineBuilder } from "./pipeline/builder.ts";
export type { Pipeline, PipelineOptions } from "./pipeline/pipeline.ts";
export type {
  ExecuteOptions,
  Operation,
  OperationContext,
  Outcome,
  OutcomePredicate,
} from "./pipeline/operation.ts";
export { standardPipeline } from "./standard-pipeline.ts";
export type { StandardPipelineOptions } from "./standard-pipeline.ts";
export type { TimeoutOptions, TimeoutRequest } from "./timeout/timeout-options.ts";
export type { LateSettlementEvent, TimeoutEvent } from "./timeout/timeout-events.ts";
export type { DelayRequest, RetryOptions } from "./retry/retry-options.ts";
export type { GiveUpEvent, GiveUpReason, RetryEvent } from "./retry/retry-events.ts";
export type { Backoff } from "./retry/backoff.ts";
export { createRetryBudget } from "./retry/retry-budget.ts";
export type { RetryBudget, RetryBudgetOptions } from "./retry/retry-budget.ts";
export { createCircuits } from "./circuit-breaker/circuits.ts";
export type { Circuits } from "./circuit-breaker/circuits.ts";
export type { Circuit, CircuitState } from "./circuit-breaker/circuit.ts";
export type {
  BreakRequest,
  CircuitBreakerOptions,
  CircuitOptions,
  CreateCircuitsOptions,
} from "./circuit-breaker/circuit-breaker-options.ts";
export type { CircuitEvent, CircuitOpenedEvent } from "./circuit-breaker/circuit-breaker-events.ts";
export type {
  ConcurrencyLimiterOptions,
  FixedWindowOptions,
  RateLimiterBase,
  RateLimiterOptions,
  SlidingWindowOptions,
  TokenBucketOptions,
} from "./rate-limiter/rate-limiter-options.ts";
export type { QueuedEvent, RateLimitedEvent } from "./rate-limiter/rate-limiter-events.ts";
export type { HedgingDelayRequest, HedgingOptions } from "./hedging/hedging-options.ts";
export type { DiscardedEvent, HedgeEvent } from "./hedging/hedging-events.ts";
export type { FallbackOptions } from "./fallback/fallback-options.ts";
export type { FallbackEvent } from "./fallback/fallback-events.ts";
export {
  httpRetryDelay,
  isIdempotentRequest,
  isTransientHttp,
  isTransientStatus,
} from "./http/http-outcome.ts";
export type { HttpRequestLike, HttpResponseLike } from "./http/http-outcome.ts";
export { parseRetryAfter } from "./http/retry-after.ts";
export { isRejection, retryAfterOf } from "./rejections.ts";
export type { ResilienceErrorCode } from "./rejections.ts";
