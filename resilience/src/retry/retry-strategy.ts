import { toMilliseconds } from "@dext/core";
import type { Frame, Layer, OwnProblem, Strategy, StrategyEnvironment } from "../pipeline/layer.ts";
import type { Outcome, OutcomePredicate } from "../pipeline/operation.ts";
import type { Cancellable, Scope } from "../pipeline/scope.ts";
import { checkCount, readDuration, wanted } from "../pipeline/validate.ts";
import { isRejection, retryAfterOf } from "../rejections.ts";
import type { TimerEntry } from "../timers/timer-queue.ts";
import { backoffDelay, backoffs } from "./backoff.ts";
import type { Backoff, BackoffSettings } from "./backoff.ts";
import type { GiveUpReason } from "./retry-events.ts";
import type { RetryOptions } from "./retry-options.ts";

/** The retry as part of a pipeline. */
export function retryStrategy<Result>(options: RetryOptions<Result>): Strategy {
  const { name = "retry" } = options;
  const problems: OwnProblem[] = [];
  const settings = readSettings(options as RetryOptions, problems);
  return {
    kind: "retry",
    name,
    problems,
    facts: { repeats: true, continues: true },
    create: (next, environment) => new RetryLayer(options as RetryOptions, settings, next, environment),
  };
}

interface RetrySettings {
  attempts: number;
  backoff: Backoff;
  delay: number;
  maxDelay: number;
  jitter: number;
  total: number | undefined;
}

function readSettings(options: RetryOptions, problems: OwnProblem[]): RetrySettings {
  const {
    attempts = 3,
    backoff = "exponential",
    delay = "2s",
    maxDelay = "30s",
    jitter = true,
    total,
  } = options;
  checkCount(problems, "attempts", { value: attempts, minimum: 1, endless: true });
  if (!backoffs.includes(backoff)) problems.push(wanted("backoff", backoff, `one of ${backoffs.join(", ")}`));
  const part = jitter === true ? 0.25 : Number(jitter);
  if (!(part >= 0 && part <= 1))
    problems.push(wanted("jitter", jitter, "true, false or a number from 0 to 1"));
  const firstDelay = readDuration(problems, "delay", { value: delay });
  const longest = readDuration(problems, "maxDelay", { value: maxDelay });
  if (options.delay !== undefined && options.maxDelay !== undefined && firstDelay > longest) {
    problems.push(wanted("delay", delay, `at most maxDelay, which is ${JSON.stringify(maxDelay)}`));
  }
  return {
    attempts,
    backoff,
    delay: firstDelay,
    // A first delay above the default of the longest one means what it says.
    maxDelay: options.maxDelay === undefined ? Math.max(longest, firstDelay) : longest,
    jitter: part,
    total: total === undefined ? undefined : readDuration(problems, "total", { value: total, minimum: 1 }),
  };
}

class RetryLayer implements Layer {
  readonly options: RetryOptions;
  readonly settings: RetrySettings;
  readonly backoff: BackoffSettings;
  readonly next: Layer;
  readonly environment: StrategyEnvironment;
  /** The caller's predicate; absent: {@link handledByDefault}, which no result passes. */
  readonly shouldHandle: OutcomePredicate<unknown> | undefined;

  constructor(options: RetryOptions, settings: RetrySettings, next: Layer, environment: StrategyEnvironment) {
    this.options = options;
    this.settings = settings;
    this.backoff = { ...settings, random: environment.random };
    this.next = next;
    this.environment = environment;
    this.shouldHandle = options.shouldHandle;
  }

  run(scope: Scope, frame: Frame): void {
    const { settings, options } = this;
    options.budget?.deposit();
    const end = settings.total === undefined ? undefined : scope.execution.instant() + settings.total;
    this.next.run(scope, new RetryFrame(this, scope, frame, end));
  }
}

/** The attempts of one execution. */
class RetryFrame implements Frame {
  private readonly layer: RetryLayer;
  private readonly scope: Scope;
  private readonly parent: Frame;
  /** No attempt begins at or after it; `undefined`: only the scope's deadline counts. */
  private readonly end: number | undefined;
  private attempt = 1;
  private delay: number;

  constructor(layer: RetryLayer, scope: Scope, parent: Frame, end: number | undefined) {
    this.layer = layer;
    this.scope = scope;
    this.parent = parent;
    this.end = end;
    this.delay = layer.settings.delay;
  }

  succeed(value: unknown): void {
    if (this.layer.shouldHandle === undefined) this.parent.succeed(value);
    else this.consider({ result: value });
  }

  fail(error: unknown): void {
    this.consider({ error });
  }

  /** Passes an outcome on, or begins the wait for another attempt. */
  private consider(outcome: Outcome<unknown>): void {
    const { layer, scope } = this;
    let delay: number | GiveUpReason;
    try {
      if (scope.cancelled || !(layer.shouldHandle ?? handledByDefault)(outcome)) return this.pass(outcome);
      delay = this.nextDelay(outcome);
    } catch (error) {
      return this.parent.fail(error);
    }
    if (typeof delay === "string") return this.giveUp(outcome, delay);
    this.retryAfter(outcome, delay);
  }

  /** The delay before the next attempt, or why there is none. */
  private nextDelay(outcome: Outcome<unknown>): number | GiveUpReason {
    const { layer, attempt, scope } = this;
    const { settings, options, environment } = layer;
    if (!scope.execution.repeatable) return "not-repeatable";
    if (attempt >= settings.attempts) return "attempts";
    const grown = backoffDelay(layer.backoff, { attempt, previous: this.delay });
    this.delay = grown;
    const { key } = scope.execution;
    const given = options.delayGenerator?.({ outcome, attempt, delay: grown, key });
    // A rejection that says when to come back is not asked sooner.
    const told = given === undefined ? retryAfterOf(outcome.error) : toMilliseconds(given);
    const delay = given === undefined && told !== undefined ? Math.max(grown, told) : (told ?? grown);
    if (delay > settings.maxDelay) return "delay";
    const end = Math.min(scope.deadline, this.end ?? Number.POSITIVE_INFINITY);
    if (end !== Number.POSITIVE_INFINITY && environment.timers.now() + delay >= end) return "time";
    if (options.budget?.withdraw() === false) return "budget";
    return delay;
  }

  private retryAfter(outcome: Outcome<unknown>, delay: number): void {
    const { layer, scope, attempt } = this;
    const { environment, options } = layer;
    const { key } = scope.execution;
    environment.report(scope.execution, "retry", {
      "dext.resilience.attempt": attempt,
      "dext.resilience.delay": delay,
    });
    environment.notify(options.onRetry, { outcome, attempt, delay, key });
    // A predicate or a listener may have ended the execution.
    if (scope.cancelled) return this.parent.fail(scope.reason);
    this.attempt += 1;
    // Waiting on a promise keeps the caller's asynchronous context, which a shared timer has not; and without a
    // delay it keeps the stack from growing.
    const wait = new Promise<void>((resolve) => {
      if (delay === 0) return resolve();
      new RetryWait(scope, this.parent, { environment, delay, resolve }).start();
    });
    void wait.then(() => this.again());
  }

  private again(): void {
    this.scope.execution.forgetInstant();
    if (this.scope.cancelled) this.parent.fail(this.scope.reason);
    else this.layer.next.run(this.scope, this);
  }

  private giveUp(outcome: Outcome<unknown>, reason: GiveUpReason): void {
    const { layer, attempt, scope } = this;
    const { environment, options } = layer;
    environment.report(scope.execution, "give-up", {
      "dext.resilience.attempt": attempt,
      "dext.resilience.reason": reason,
    });
    environment.notify(options.onGiveUp, { outcome, attempt, reason, key: scope.execution.key });
    this.pass(outcome);
  }

  private pass(outcome: Outcome<unknown>): void {
    if ("error" in outcome) this.parent.fail(outcome.error);
    else this.parent.succeed(outcome.result);
  }
}

/** The time between two attempts. */
class RetryWait implements TimerEntry, Cancellable {
  readonly deadline: number;
  position = -1;
  private readonly scope: Scope;
  private readonly parent: Frame;
  private readonly environment: StrategyEnvironment;
  private readonly resolve: () => void;

  constructor(
    scope: Scope,
    parent: Frame,
    { environment, delay, resolve }: { environment: StrategyEnvironment; delay: number; resolve: () => void },
  ) {
    this.scope = scope;
    this.parent = parent;
    this.environment = environment;
    this.resolve = resolve;
    this.deadline = environment.timers.now() + delay;
  }

  start(): void {
    this.scope.attach(this);
    this.environment.timers.set(this);
  }

  expire(): void {
    this.scope.detach(this);
    this.resolve();
  }

  /** The scope is given up. */
  cancel(reason: unknown): void {
    this.environment.timers.clear(this);
    this.parent.fail(reason);
  }
}

/** Every error but one that no waiting cures. */
function handledByDefault(outcome: Outcome<unknown>): boolean {
  return "error" in outcome && !isRejection(outcome.error, "DEXT_RESILIENCE_CIRCUIT_ISOLATED");
}
