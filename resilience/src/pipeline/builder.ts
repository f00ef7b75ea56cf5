import { silentLogger, systemClock } from "@dext/core";
import { retryStrategy } from "../retry/retry-strategy.ts";
import type { RetryOptions } from "../retry/retry-options.ts";
import { timeoutStrategy } from "../timeout/timeout-strategy.ts";
import type { TimeoutOptions } from "../timeout/timeout-options.ts";
import { timersOf } from "../timers/timer-queue.ts";
import { operationLayer } from "./execution.ts";
import type { Layer, Strategy, StrategyEnvironment } from "./layer.ts";
import { BuiltPipeline } from "./pipeline.ts";
import type { Pipeline, PipelineOptions } from "./pipeline.ts";
import { validateStrategies } from "./validate.ts";

/**
 * Collects strategies; the first one added is the outermost. Each call gives a new builder, so that
 * pipelines can share a beginning.
 */
export interface PipelineBuilder<Result = unknown, Substitute = never> {
  /** Ends what is inside after a time: outside of a retry that is the total, inside each attempt. */
  addTimeout(options: TimeoutOptions): PipelineBuilder<Result, Substitute>;
  /** Runs what is inside again when it failed. */
  addRetry(options?: RetryOptions<Result>): PipelineBuilder<Result, Substitute>;
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
  return new Builder(options, []) as PipelineBuilder<unknown> as PipelineBuilder<Result>;
}

class Builder implements PipelineBuilder<unknown, unknown> {
  private readonly options: PipelineOptions;
  private readonly strategies: readonly Strategy[];

  constructor(options: PipelineOptions, strategies: readonly Strategy[]) {
    this.options = options;
    this.strategies = strategies;
  }

  addTimeout(options: TimeoutOptions): Builder {
    return this.with(timeoutStrategy(options));
  }

  addRetry(options: RetryOptions<unknown> = {}): Builder {
    return this.with(retryStrategy(options));
  }

  build(): Pipeline<unknown, unknown> {
    const {
      name = "default",
      clock = systemClock,
      random = Math.random,
      logger = silentLogger,
    } = this.options;
    validateStrategies(name, this.strategies);
    const timers = timersOf(clock);
    const first = this.strategies.reduceRight<Layer>((next, strategy, index) => {
      const environment: StrategyEnvironment = {
        clock,
        random,
        timers,
        outerContinues: this.strategies.slice(0, index).some(({ facts }) => facts.continues === true),
        report: () => {},
        notify(listener, event) {
          if (listener === undefined) return;
          callListener(
            () => listener(event),
            (error) =>
              logger.error(`A listener of "${strategy.name}" in the pipeline "${name}" failed`, {
                error: String(error),
              }),
          );
        },
      };
      return strategy.create(next, environment);
    }, operationLayer);
    return new BuiltPipeline(name, { first, timers, observe: () => undefined });
  }

  private with(strategy: Strategy): Builder {
    return new Builder(this.options, [...this.strategies, strategy]);
  }
}

/** A listener cannot change an outcome, neither by throwing nor by a promise that rejects. */
function callListener(call: () => unknown, failed: (error: unknown) => void): void {
  try {
    const returned = call();
    if (returned instanceof Promise) returned.catch(failed);
  } catch (error) {
    failed(error);
  }
}
