import type { Clock, Logger } from "@dext/core";
import { Execution } from "./execution.ts";
import type { ExecutionHome } from "./execution.ts";
import type { ExecuteOptions, Operation } from "./operation.ts";

/** What {@link createPipeline} takes. */
export interface PipelineOptions {
  /** Stands in metrics, span attributes and messages. Default: `"default"`. */
  name?: string;
  /** Default: the clock of the machine. */
  clock?: Clock;
  /** A number from 0 to below 1, for jitter. Default: `Math.random`. */
  random?: () => number;
  /** Told when a listener throws. Default: silent. */
  logger?: Logger;
}

/**
 * A chain of strategies around any asynchronous operation. Immutable, and safe for any number of
 * executions at once; what strategies remember (failures, permits) is shared by all of them.
 *
 * @typeParam Result what operations may give.
 * @typeParam Substitute what a fallback may give instead.
 */
export interface Pipeline<Result = unknown, Substitute = never> {
  readonly name: string;
  /**
   * Runs an operation. Settles as soon as the outcome is known and leaves no timer and no listener behind.
   *
   * Never throws synchronously. Rejects with the reason of `options.signal` as it came when the caller
   * aborts, with the error of the operation, or with a rejection of a strategy (see {@link isRejection}).
   */
  execute<T extends Result>(operation: Operation<T>, options?: ExecuteOptions): Promise<T | Substitute>;
}

/** A pipeline as the builder makes it. */
export class BuiltPipeline implements Pipeline<unknown, unknown> {
  readonly name: string;
  private readonly home: ExecutionHome;

  constructor(name: string, home: ExecutionHome) {
    this.name = name;
    this.home = home;
  }

  execute<T>(operation: Operation<T>, options?: ExecuteOptions): Promise<T> {
    return new Promise((resolve, reject) => {
      const { home } = this;
      new Execution(home, operation, options, resolve as (value: unknown) => void, reject).start(home.first);
    });
  }
}
