import { silentLogger, systemClock } from "@dext/core";
import { circuitBreakerStrategy } from "../circuit-breaker/circuit-breaker-strategy.ts";
import type { CircuitBreakerOptions } from "../circuit-breaker/circuit-breaker-options.ts";
import { fallbackStrategy } from "../fallback/fallback-strategy.ts";
import type { FallbackOptions } from "../fallback/fallback-options.ts";
import { hedgingStrategy } from "../hedging/hedging-strategy.ts";
import type { HedgingOptions } from "../hedging/hedging-options.ts";
import { rateLimiterStrategy } from "../rate-limiter/rate-limiter-strategy.ts";
import type { RateLimiterOptions } from "../rate-limiter/rate-limiter-options.ts";
import { retryStrategy } from "../retry/retry-strategy.ts";
import type { RetryOptions } from "../retry/retry-options.ts";
import { PipelineTelemetry } from "../telemetry/pipeline-telemetry.ts";
import { timeoutStrategy } from "../timeout/timeout-strategy.ts";
import type { TimeoutOptions } from "../timeout/timeout-options.ts";
import { timersOf } from "../timers/timer-queue.ts";
import { operationLayer } from "./execution.ts";
import type { Layer, Strategy } from "./layer.ts";
import { notifyListener } from "./listener.ts";
import { BuiltPipeline } from "./pipeline.ts";
import type { Pipeline, PipelineOptions } from "./pipeline.ts";
import { validateStrategies } from "./validate.ts";

/**
 * Collects strategies; the first one added is the outermost. Each call gives a new builder, so that
 * pipelines can share a beginning.
 */
export interface PipelineBuilder<Result = unknown, Substitute = never> {
  /** Lets only so many through, at once or per time; the others wait in a bounded queue or are turned away. */
  addRateLimiter(options: RateLimiterOptions): PipelineBuilder<Result, Substitute>;
  /** Ends what is inside after a time: outside of a retry that is the total, inside each attempt. */
  addTimeout(options: TimeoutOptions): PipelineBuilder<Result, Substitute>;
  /** Runs what is inside again when it failed. */
  addRetry(options?: RetryOptions<Result>): PipelineBuilder<Result, Substitute>;
  /** Turns calls away for a while when too many failed. */
  addCircuitBreaker(options?: CircuitBreakerOptions<Result>): PipelineBuilder<Result, Substitute>;
  /** Runs what is inside once more when it takes long; the first good answer wins. */
  addHedging(options?: HedgingOptions<Result>): PipelineBuilder<Result, Substitute>;
  /** Gives something else when what is inside failed. */
  addFallback<Other = Result>(
    options: FallbackOptions<Result, Other>,
  ): PipelineBuilder<Result, Substitute | Other>;
  /**
   * Makes the pipeline.
   *
   * @throws DextError `DEXT_RESILIENCE_OPTIONS_INVALID` with every option that does not fit, alone or beside
   * those of other strategies.
   */
  build(): Pipeline<Result, Substitute>;
}

/**
 * Begins a pipeline.
 *
 * @typeParam Result what the operations give; predicates see it.
 *
 * @example
 * ```ts
 * import { createPipeline } from "@dext/resilience";
 *
 * const pipeline = createPipeline()
 *   .addTimeout({ timeout: "30s" })
 *   .addRetry({ attempts: 3, delay: 5 })
 *   .addTimeout({ timeout: "10s" })
 *   .build();
 *
 * const result = await pipeline.execute(({ attempt }) => {
 *   if (attempt < 3) throw new Error("not yet");
 *   return "done";
 * });
 * if (result !== "done") throw new Error("wrong");
 * ```
 */
export function createPipeline<Result = unknown>(options: PipelineOptions = {}): PipelineBuilder<Result> {
  return new Builder(options, []) as PipelineBuilder<Result>;
}

class Builder implements PipelineBuilder<unknown, unknown> {
  private readonly options: PipelineOptions;
  private readonly strategies: readonly Strategy[];

  constructor(options: PipelineOptions, strategies: readonly Strategy[]) {
    this.options = options;
    this.strategies = strategies;
  }

  addRateLimiter(options: RateLimiterOptions): Builder {
    return this.with(rateLimiterStrategy(options));
  }

  addTimeout(options: TimeoutOptions): Builder {
    return this.with(timeoutStrategy(options));
  }

  addRetry(options: RetryOptions = {}): Builder {
    return this.with(retryStrategy(options));
  }

  addCircuitBreaker(options: CircuitBreakerOptions = {}): Builder {
    return this.with(circuitBreakerStrategy(options));
  }

  addHedging(options: HedgingOptions = {}): Builder {
    return this.with(hedgingStrategy(options));
  }

  addFallback(options: FallbackOptions<unknown, unknown>): Builder {
    return this.with(fallbackStrategy(options));
  }

  build(): Pipeline<unknown, unknown> {
    const {
      name = "default",
      clock = systemClock,
      random = Math.random,
      logger = silentLogger,
    } = this.options;
    const { strategies } = this;
    validateStrategies(name, strategies);
    const timers = timersOf(clock);
    const telemetry = new PipelineTelemetry(name, timers);
    const first = strategies.reduceRight<Layer>(
      (next, strategy, index) =>
        strategy.create(next, {
          clock,
          random,
          timers,
          outerContinues: strategies.slice(0, index).some(({ facts }) => facts.continues === true),
          report: (execution, event, attributes = {}) =>
            telemetry.event(strategy.name, event, { execution, attributes }),
          observeState: (key, state) => telemetry.circuitState(strategy.name, key, state),
          notify: (listener, event) => notifyListener(listener, event, { logger, owner: strategy.name }),
        }),
      operationLayer,
    );
    return new BuiltPipeline(name, { first, timers, telemetry });
  }

  private with(strategy: Strategy): Builder {
    return new Builder(this.options, [...this.strategies, strategy]);
  }
}
