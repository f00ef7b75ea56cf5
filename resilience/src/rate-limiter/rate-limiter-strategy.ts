import { formatDuration } from "@dext/core";
import type { DextError } from "@dext/core";
import { KeyedStates } from "../pipeline/keyed-states.ts";
import type { Frame, Layer, OwnProblem, Strategy, StrategyEnvironment } from "../pipeline/layer.ts";
import type { Cancellable, Scope } from "../pipeline/scope.ts";
import { checkCount, readDuration, wanted } from "../pipeline/validate.ts";
import { rejection } from "../rejections.ts";
import { ConcurrencyLimit, FixedWindow, SlidingWindow, TokenBucket } from "./limit.ts";
import type { Limit } from "./limit.ts";
import { PermitQueue } from "./permit-queue.ts";
import type { PermitWaiter } from "./permit-queue.ts";
import type { RateLimiterOptions } from "./rate-limiter-options.ts";

/** The rate limiter as part of a pipeline. */
export function rateLimiterStrategy(options: RateLimiterOptions): Strategy {
  const { name = "rate-limiter", queue = 0, maxKeys = 1000 } = options;
  const problems: OwnProblem[] = [];
  checkCount(problems, "permits", { value: options.permits, minimum: 1 });
  checkCount(problems, "queue", { value: queue, minimum: 0, endless: true });
  checkCount(problems, "maxKeys", { value: maxKeys, minimum: 1 });
  const makeLimit = limitMaker(options, problems);
  return {
    kind: "rate-limiter",
    name,
    problems,
    facts: {},
    create(next, environment) {
      const { timers } = environment;
      const states = new KeyedStates(() => new PermitQueue(makeLimit(timers.now()), timers), maxKeys);
      return new RateLimiterLayer(options, states, next, environment);
    },
  };
}

function limitMaker(options: RateLimiterOptions, problems: OwnProblem[]): (now: number) => Limit {
  const { permits } = options;
  if (options.kind === undefined || options.kind === "concurrency")
    return () => new ConcurrencyLimit(permits);
  if (options.kind === "token-bucket") {
    const { refill = permits } = options;
    const every = readDuration(problems, "every", { value: options.every, minimum: 1 });
    if (!(refill > 0)) problems.push(wanted("refill", refill, "a number above 0"));
    return (now) => new TokenBucket({ permits, refill, every, now });
  }
  if (options.kind === "fixed-window") {
    const window = readDuration(problems, "window", { value: options.window, minimum: 1 });
    return () => new FixedWindow({ permits, window });
  }
  if (options.kind === "sliding-window") {
    const { segments = 10 } = options;
    checkCount(problems, "segments", { value: segments, minimum: 1 });
    const window = readDuration(problems, "window", { value: options.window, minimum: 1 });
    return () => new SlidingWindow({ permits, window, segments });
  }
  const { kind } = options as { kind: unknown };
  problems.push(wanted("kind", kind, '"concurrency", "token-bucket", "fixed-window" or "sliding-window"'));
  return () => new ConcurrencyLimit(permits);
}

class RateLimiterLayer implements Layer {
  readonly environment: StrategyEnvironment;
  readonly next: Layer;
  private readonly options: RateLimiterOptions;
  private readonly queue: number;
  private readonly perKey: boolean;
  private readonly states: KeyedStates<PermitQueue>;

  constructor(
    options: RateLimiterOptions,
    states: KeyedStates<PermitQueue>,
    next: Layer,
    environment: StrategyEnvironment,
  ) {
    this.options = options;
    this.queue = options.queue ?? 0;
    this.perKey = options.perKey ?? false;
    this.states = states;
    this.next = next;
    this.environment = environment;
  }

  run(scope: Scope, frame: Frame): void {
    if (scope.cancelled) return frame.fail(scope.reason);
    const { execution } = scope;
    const now = execution.instant();
    const permits = this.states.get(this.perKey ? execution.key : undefined, now);
    if (permits.take(now)) return this.enter(scope, frame, permits);
    const delay = permits.delay(now);
    // Waiting for a permit that comes after the end would only hold a place in the queue.
    if (permits.size >= this.queue || (delay !== Number.POSITIVE_INFINITY && now + delay >= scope.deadline)) {
      return frame.fail(this.refusal(scope, permits, delay));
    }
    new QueuedFrame(this, scope, frame, permits).wait();
  }

  /** Goes on with a permit in hand. */
  enter(scope: Scope, frame: Frame, permits: PermitQueue): void {
    this.next.run(scope, permits.limit.returns ? new PermitFrame(frame, permits) : frame);
  }

  queued({ execution }: Scope, queued: number): void {
    this.environment.report(execution, "queued");
    this.environment.notify(this.options.onQueued, { key: execution.key, queued });
  }

  private refusal({ execution }: Scope, permits: PermitQueue, delay: number): DextError {
    const { key } = execution;
    const retryAfter = delay === Number.POSITIVE_INFINITY ? undefined : delay;
    this.environment.report(execution, "rejected");
    this.environment.notify(this.options.onRejected, { key, retryAfter, queued: permits.size });
    return refusalError({ key, retryAfter, queued: permits.size, permits: this.options.permits });
  }
}

/** An execution that holds a permit. */
class PermitFrame implements Frame {
  private readonly parent: Frame;
  private readonly permits: PermitQueue;

  constructor(parent: Frame, permits: PermitQueue) {
    this.parent = parent;
    this.permits = permits;
  }

  succeed(value: unknown): void {
    this.permits.giveBack();
    this.parent.succeed(value);
  }

  fail(error: unknown): void {
    this.permits.giveBack();
    this.parent.fail(error);
  }
}

/** An execution that waits for a permit. */
class QueuedFrame implements PermitWaiter, Cancellable {
  private readonly layer: RateLimiterLayer;
  private readonly scope: Scope;
  private readonly parent: Frame;
  private readonly permits: PermitQueue;
  private resume: (() => void) | undefined = undefined;

  constructor(layer: RateLimiterLayer, scope: Scope, parent: Frame, permits: PermitQueue) {
    this.layer = layer;
    this.scope = scope;
    this.parent = parent;
    this.permits = permits;
  }

  wait(): void {
    // A permit comes from somebody else's execution; the promise brings back the caller's asynchronous context.
    void new Promise<void>((resolve) => {
      this.resume = resolve;
    }).then(() => this.enter());
    this.scope.attach(this);
    this.permits.wait(this);
    this.layer.queued(this.scope, this.permits.size);
  }

  granted(): void {
    this.scope.detach(this);
    this.resume?.();
  }

  cancel(reason: unknown): void {
    this.permits.leave(this);
    this.parent.fail(reason);
  }

  private enter(): void {
    const { layer, scope, parent, permits } = this;
    scope.execution.forgetInstant();
    if (!scope.cancelled) return layer.enter(scope, parent, permits);
    // Given up between the permit and here.
    if (permits.limit.returns) permits.giveBack();
    parent.fail(scope.reason);
  }
}

function refusalError(facts: {
  key: string | undefined;
  retryAfter: number | undefined;
  queued: number;
  permits: number;
}): DextError {
  const { key, retryAfter, queued, permits } = facts;
  const subject = key === undefined ? "The rate limiter" : `The rate limiter for "${key}"`;
  return rejection(
    "DEXT_RESILIENCE_RATE_LIMITED",
    `${subject} has 0 of ${permits} permits left, ${queued} wait`,
    {
      hint:
        retryAfter === undefined
          ? "Come back when other work has ended, or allow more."
          : `Come back in ${formatDuration(retryAfter)}, or allow more.`,
      details: {
        permits,
        queued,
        ...(key === undefined ? {} : { key }),
        ...(retryAfter === undefined ? {} : { retryAfter }),
      },
    },
  );
}
