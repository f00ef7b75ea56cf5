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
export type { TimeoutOptions, TimeoutRequest } from "./timeout/timeout-options.ts";
export type { LateSettlementEvent, TimeoutEvent } from "./timeout/timeout-events.ts";
export type { DelayRequest, RetryOptions } from "./retry/retry-options.ts";
export type { GiveUpEvent, GiveUpReason, RetryEvent } from "./retry/retry-events.ts";
export type { Backoff } from "./retry/backoff.ts";
export { createRetryBudget } from "./retry/retry-budget.ts";
export type { RetryBudget, RetryBudgetOptions } from "./retry/retry-budget.ts";
export { isRejection, retryAfterOf } from "./rejections.ts";
export type { ResilienceErrorCode } from "./rejections.ts";
