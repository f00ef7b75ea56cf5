/** What an operation is told each time it is called. */
export interface OperationContext {
  /**
   * Aborts when the work is no longer wanted: by the caller, by a timeout, or because another hedged attempt
   * was faster. Never because the work succeeded. It is made when it is first read.
   */
  readonly signal: AbortSignal;
  /** Which call of the operation this is within the execution, from 1. */
  readonly attempt: number;
  /** The key that `execute` was given. */
  readonly key: string | undefined;
  /** Milliseconds until the nearest timeout outside of the operation; `Infinity` without one. */
  readonly remaining: number;
}

/** The work that a pipeline runs: it may be called several times, at once too, and may throw synchronously. */
export type Operation<Result> = (context: OperationContext) => Result | PromiseLike<Result>;

/** What `execute` takes besides the operation. */
export interface ExecuteOptions {
  /** Ends the execution, which then rejects with this signal's own reason; that never counts as a failure. */
  signal?: AbortSignal;
  /** Chooses the circuit or the limit of strategies that have `perKey`; for HTTP, the authority. */
  key?: string;
  /**
   * `false`: the operation must not be called a second time (an unsafe method, a body that streams), so
   * retries and hedging pass it through. Default: `true`.
   */
  repeatable?: boolean;
}

/** How an attempt ended: with a result or with an error. */
export type Outcome<Result> =
  | { readonly result: Result; readonly error?: never }
  | { readonly error: unknown; readonly result?: never };

/** Whether a strategy has to act on an outcome. Synchronous; if it throws, the execution fails with that. */
export type OutcomePredicate<Result> = (outcome: Outcome<Result>) => boolean;
