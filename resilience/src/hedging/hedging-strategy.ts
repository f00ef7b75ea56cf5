import { toMilliseconds } from "@dext/core";
import type { Frame, Layer, OwnProblem, Strategy, StrategyEnvironment } from "../pipeline/layer.ts";
import type { Outcome } from "../pipeline/operation.ts";
import { Scope } from "../pipeline/scope.ts";
import type { Cancellable } from "../pipeline/scope.ts";
import { checkCount, readDuration } from "../pipeline/validate.ts";
import type { TimerEntry } from "../timers/timer-queue.ts";
import type { HedgingOptions } from "./hedging-options.ts";

/** Hedging as part of a pipeline. */
export function hedgingStrategy<Result>(options: HedgingOptions<Result>): Strategy {
  const { name = "hedging", attempts = 2, delay = "2s" } = options;
  const problems: OwnProblem[] = [];
  checkCount(problems, "attempts", { value: attempts, minimum: 1 });
  const fixed = typeof delay === "function" ? undefined : readDuration(problems, "delay", { value: delay });
  return {
    kind: "hedging",
    name,
    problems,
    facts: { repeats: true, continues: true },
    create: (next, environment) =>
      new HedgingLayer(options as HedgingOptions, { attempts, fixed }, next, environment),
  };
}

class HedgingLayer implements Layer {
  readonly options: HedgingOptions;
  readonly attempts: number;
  readonly next: Layer;
  readonly environment: StrategyEnvironment;
  private readonly fixed: number | undefined;

  constructor(
    options: HedgingOptions,
    { attempts, fixed }: { attempts: number; fixed: number | undefined },
    next: Layer,
    environment: StrategyEnvironment,
  ) {
    this.options = options;
    this.attempts = attempts;
    this.fixed = fixed;
    this.next = next;
    this.environment = environment;
  }

  run(scope: Scope, frame: Frame): void {
    if (scope.cancelled) return frame.fail(scope.reason);
    if (this.attempts === 1 || !scope.execution.repeatable) return this.next.run(scope, frame);
    new HedgingFrame(this, scope, frame).start();
  }

  /** Milliseconds before an attempt begins beside the others; `Infinity`: only after a failure. */
  delayBefore(attempt: number, key: string | undefined): number {
    const { delay } = this.options;
    if (typeof delay !== "function") return this.fixed as number;
    const given = delay({ attempt, key });
    return given === undefined ? Number.POSITIVE_INFINITY : toMilliseconds(given);
  }
}

/** The attempts of one execution. */
class HedgingFrame implements Cancellable, TimerEntry {
  deadline = 0;
  position = -1;
  readonly layer: HedgingLayer;
  readonly scope: Scope;
  private readonly parent: Frame;
  private readonly running = new Set<HedgedAttempt>();
  private begun = 0;
  private settled = false;
  private wake: (() => void) | undefined = undefined;

  constructor(layer: HedgingLayer, scope: Scope, parent: Frame) {
    this.layer = layer;
    this.scope = scope;
    this.parent = parent;
  }

  start(): void {
    this.scope.attach(this);
    this.begin();
  }

  /** An attempt has ended. */
  ended(attempt: HedgedAttempt, outcome: Outcome<unknown>): void {
    this.running.delete(attempt);
    if (this.settled) return this.discard(attempt, outcome);
    let handled: boolean;
    try {
      handled = this.isHandled(outcome);
    } catch (error) {
      return this.settle({ error });
    }
    // The predicate may have ended the execution.
    if (this.settled) return;
    if (!handled) return this.settle(outcome);
    if (this.begun < this.layer.attempts) this.hedge(outcome);
    else if (this.running.size === 0) this.settle(outcome);
  }

  /** The delay is over. */
  expire(): void {
    this.wake?.();
  }

  /** The scope is given up. */
  cancel(reason: unknown): void {
    if (!this.settled) this.settle({ error: reason }, reason);
  }

  private begin(): void {
    const { layer, scope } = this;
    this.begun += 1;
    const attempt = new HedgedAttempt(this, this.begun);
    this.running.add(attempt);
    scope.execution.forgetInstant();
    layer.next.run(attempt, attempt);
    if (this.settled || this.begun >= layer.attempts || this.position >= 0) return;
    this.scheduleNext();
  }

  private scheduleNext(): void {
    const { layer, scope } = this;
    const { timers } = layer.environment;
    let delay: number;
    try {
      delay = layer.delayBefore(this.begun + 1, scope.execution.key);
    } catch (error) {
      return this.settle({ error });
    }
    if (delay === 0) return this.hedge(undefined);
    if (delay === Number.POSITIVE_INFINITY) return;
    const beside = this.begun;
    // The promise brings back the caller's asynchronous context, which the shared timer has not.
    void new Promise<void>((resolve) => {
      this.wake = resolve;
    }).then(() => {
      if (!this.settled && this.begun === beside) this.hedge(undefined);
    });
    this.deadline = timers.now() + delay;
    timers.set(this);
  }

  private hedge(outcome: Outcome<unknown> | undefined): void {
    const { environment, options } = this.layer;
    const { execution } = this.scope;
    environment.timers.clear(this);
    const attempt = this.begun + 1;
    environment.report(execution, "hedge", { "dext.resilience.attempt": attempt });
    environment.notify(options.onHedge, { attempt, outcome, key: execution.key });
    if (!this.settled) this.begin();
  }

  /** Hands the outcome on, and gives up all attempts that still run. */
  private settle(outcome: Outcome<unknown>, reason?: unknown): void {
    this.settled = true;
    this.wake = undefined;
    this.layer.environment.timers.clear(this);
    this.scope.detach(this);
    if (this.running.size > 0) {
      const lost = reason ?? new DOMException("Another attempt was faster", "AbortError");
      for (const attempt of this.running) attempt.cancel(lost);
    }
    if ("error" in outcome) this.parent.fail(outcome.error);
    else this.parent.succeed(outcome.result);
  }

  private discard({ number }: HedgedAttempt, outcome: Outcome<unknown>): void {
    const { environment, options } = this.layer;
    environment.notify(options.onDiscarded, { attempt: number, outcome, key: this.scope.execution.key });
  }

  private isHandled(outcome: Outcome<unknown>): boolean {
    const { shouldHandle } = this.layer.options;
    return shouldHandle === undefined ? "error" in outcome : shouldHandle(outcome);
  }
}

/** One of several attempts. */
class HedgedAttempt extends Scope implements Frame {
  readonly number: number;
  private readonly hedging: HedgingFrame;

  constructor(hedging: HedgingFrame, number: number) {
    super(hedging.scope.execution, hedging.scope.deadline);
    this.hedging = hedging;
    this.number = number;
  }

  succeed(value: unknown): void {
    this.hedging.ended(this, { result: value });
  }

  fail(error: unknown): void {
    this.hedging.ended(this, { error });
  }
}
