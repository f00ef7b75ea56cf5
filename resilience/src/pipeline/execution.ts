import { follow, unfollow } from "./caller-signal.ts";
import type { Follower } from "./caller-signal.ts";
import type { EventAttributes, Frame, Layer } from "./layer.ts";
import type { ExecuteOptions, Operation, OperationContext } from "./operation.ts";
import { Scope } from "./scope.ts";
import type { TimerQueue } from "../timers/timer-queue.ts";

/** How an execution ended; `cancelled`: the caller gave up. */
export type ExecutionOutcome = "success" | "failure" | "cancelled";

/** Watches one execution for telemetry; absent when nobody listens, so that it costs nothing. */
export interface ExecutionObserver {
  event(name: string, attributes: EventAttributes): void;
  settled(outcome: ExecutionOutcome, facts: { calls: number; error: unknown }): void;
}

/** What an execution needs from its pipeline. */
export interface ExecutionHome {
  readonly first: Layer;
  readonly timers: TimerQueue;
  /** Begins to watch one execution; gives `undefined` when no telemetry is registered. */
  readonly telemetry: { observe(): ExecutionObserver | undefined };
}

/** One call of `execute`: the outermost scope, and the frame whose outcome the caller gets. */
export class Execution extends Scope implements Frame, Follower {
  readonly operation: Operation<unknown>;
  readonly key: string | undefined;
  readonly repeatable: boolean;
  readonly timers: TimerQueue;
  readonly observer: ExecutionObserver | undefined;
  /** How often the operation was called. */
  calls = 0;
  /** The monotonic time of this run through the layers; NaN when it has to be read. */
  private readAt = Number.NaN;
  private readonly callerSignal: AbortSignal | undefined;
  private readonly resolve: (value: unknown) => void;
  private readonly reject: (error: unknown) => void;
  private settled = false;

  constructor(
    home: ExecutionHome,
    operation: Operation<unknown>,
    options: ExecuteOptions | undefined,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    super(undefined, Number.POSITIVE_INFINITY);
    this.operation = operation;
    this.key = options?.key;
    this.repeatable = options?.repeatable ?? true;
    this.callerSignal = options?.signal;
    this.timers = home.timers;
    this.observer = home.telemetry.observe();
    this.resolve = resolve;
    this.reject = reject;
  }

  /** The caller's own signal where there is one: nothing else cancels this scope. */
  override get signal(): AbortSignal {
    return this.callerSignal ?? super.signal;
  }

  start(first: Layer): void {
    const { callerSignal } = this;
    if (callerSignal !== undefined) {
      if (callerSignal.aborted) return this.abortedByCaller(callerSignal.reason);
      follow(callerSignal, this);
    }
    first.run(this, this);
  }

  /**
   * The monotonic time, read once for all layers on the way in: reading the clock is among the dearest things that
   * an execution does.
   */
  instant(): number {
    if (Number.isNaN(this.readAt)) this.readAt = this.timers.now();
    return this.readAt;
  }

  /** Time may have passed. */
  forgetInstant(): void {
    this.readAt = Number.NaN;
  }

  succeed(value: unknown): void {
    if (this.end("success", undefined)) this.resolve(value);
  }

  fail(error: unknown): void {
    if (this.end("failure", error)) this.reject(error);
  }

  abortedByCaller(reason: unknown): void {
    // First the caller's promise, with the reason as it came; what the layers make of the abort is not its business.
    if (this.end("cancelled", reason)) this.reject(reason);
    this.cancel(reason);
  }

  private end(outcome: ExecutionOutcome, error: unknown): boolean {
    if (this.settled) return false;
    this.settled = true;
    if (this.callerSignal !== undefined) unfollow(this.callerSignal, this);
    this.observer?.settled(outcome, { calls: this.calls, error });
    return true;
  }
}

/** The innermost layer: calls the operation. */
export const operationLayer: Layer = {
  run(scope, frame) {
    if (scope.cancelled) return frame.fail(scope.reason);
    const { execution } = scope;
    execution.forgetInstant();
    let returned: unknown;
    try {
      returned = execution.operation(new Call(scope, (execution.calls += 1)));
    } catch (error) {
      return frame.fail(error);
    }
    let promise: Promise<unknown>;
    if (returned instanceof Promise) promise = returned;
    // A thenable of unknown make may settle twice, or throw: a real promise stands between.
    else if (isThenable(returned)) promise = Promise.resolve(returned);
    else return frame.succeed(returned);
    void promise.then(
      (value) => frame.succeed(value),
      (error: unknown) => frame.fail(error),
    );
  },
};

class Call implements OperationContext {
  readonly attempt: number;
  private readonly scope: Scope;

  constructor(scope: Scope, attempt: number) {
    this.scope = scope;
    this.attempt = attempt;
  }

  get signal(): AbortSignal {
    return this.scope.signal;
  }

  get key(): string | undefined {
    return this.scope.execution.key;
  }

  get remaining(): number {
    const { deadline, execution } = this.scope;
    return deadline === Number.POSITIVE_INFINITY ? deadline : Math.max(0, deadline - execution.timers.now());
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function"
  );
}
