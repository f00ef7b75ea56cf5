import { formatDuration, toMilliseconds } from "@dext/core";
import type { DextError } from "@dext/core";
import type { Frame, Layer, OwnProblem, Strategy, StrategyEnvironment } from "../pipeline/layer.ts";
import type { Outcome } from "../pipeline/operation.ts";
import { Scope } from "../pipeline/scope.ts";
import { readDuration } from "../pipeline/validate.ts";
import { rejection } from "../rejections.ts";
import type { TimerEntry } from "../timers/timer-queue.ts";
import type { TimeoutOptions } from "./timeout-options.ts";

/** The timeout as part of a pipeline. */
export function timeoutStrategy(options: TimeoutOptions): Strategy {
  const { timeout, name = "timeout" } = options;
  const problems: OwnProblem[] = [];
  const fixed =
    typeof timeout === "function" ? undefined : readDuration(problems, "timeout", { value: timeout });
  return {
    kind: "timeout",
    name,
    problems,
    facts: fixed === undefined ? {} : { timeout: fixed },
    create: (next, environment) => new TimeoutLayer(options, fixed, next, environment),
  };
}

class TimeoutLayer implements Layer {
  readonly options: TimeoutOptions;
  readonly fixed: number | undefined;
  readonly next: Layer;
  readonly environment: StrategyEnvironment;
  /** Whether somebody else's code runs after the timeout, which must then see the caller's asynchronous context. */
  readonly keepsContext: boolean;

  constructor(
    options: TimeoutOptions,
    fixed: number | undefined,
    next: Layer,
    environment: StrategyEnvironment,
  ) {
    this.options = options;
    this.fixed = fixed;
    this.next = next;
    this.environment = environment;
    this.keepsContext = environment.outerContinues || options.onTimeout !== undefined;
  }

  run(scope: Scope, frame: Frame): void {
    if (scope.cancelled) return frame.fail(scope.reason);
    let timeout: number | undefined;
    try {
      timeout = this.fixed ?? this.computed(scope);
    } catch (error) {
      return frame.fail(error);
    }
    if (timeout === undefined) return this.next.run(scope, frame);
    if (timeout === 0) return frame.fail(this.expired(scope, timeout));
    const due = scope.execution.instant() + timeout;
    // The timeout outside comes first anyway.
    if (due >= scope.deadline) return this.next.run(scope, frame);
    new TimeoutFrame(this, scope, frame, { due, timeout }).start();
  }

  /** Tells that the time is up, and makes the error. */
  expired(scope: Scope, timeout: number): DextError {
    const { key } = scope.execution;
    this.environment.report(scope.execution, "timeout", { "dext.resilience.timeout": timeout });
    this.environment.notify(this.options.onTimeout, { timeout, key });
    return timeoutError(timeout, key);
  }

  private computed({ execution, deadline }: Scope): number | undefined {
    const { timeout } = this.options;
    if (typeof timeout !== "function") return undefined;
    const remaining = Math.max(0, deadline - execution.instant());
    const given = timeout({ key: execution.key, remaining });
    return given === undefined ? undefined : toMilliseconds(given);
  }
}

/** What runs under one timeout. */
class TimeoutFrame extends Scope implements Frame, TimerEntry {
  position = -1;
  private readonly layer: TimeoutLayer;
  private readonly outer: Scope;
  private readonly parent: Frame;
  private readonly timeout: number;
  private settled = false;
  private inContext: (() => void) | undefined = undefined;

  constructor(
    layer: TimeoutLayer,
    outer: Scope,
    parent: Frame,
    { due, timeout }: { due: number; timeout: number },
  ) {
    super(outer.execution, due);
    this.layer = layer;
    this.outer = outer;
    this.parent = parent;
    this.timeout = timeout;
  }

  start(): void {
    const { layer } = this;
    this.outer.attach(this);
    layer.environment.timers.set(this);
    if (layer.keepsContext) {
      // Only what was registered here runs on in the caller's asynchronous context when the timer comes.
      void new Promise<void>((resolve) => {
        this.inContext = resolve;
      }).then(() => this.timedOut());
    }
    layer.next.run(this, this);
  }

  succeed(value: unknown): void {
    if (this.settled) return this.settledLate({ result: value });
    this.end();
    this.parent.succeed(value);
  }

  fail(error: unknown): void {
    if (this.settled) return this.settledLate({ error });
    this.end();
    this.parent.fail(error);
  }

  /** The time is up. */
  expire(): void {
    this.settled = true;
    this.outer.detach(this);
    if (this.inContext === undefined) this.timedOut();
    else this.inContext();
  }

  /** The outer scope is given up. */
  override cancel(reason: unknown): void {
    if (this.settled) return;
    this.end();
    super.cancel(reason);
    this.parent.fail(reason);
  }

  private timedOut(): void {
    const { outer } = this;
    // Given up in the meantime: then that is the reason.
    const error = outer.cancelled ? outer.reason : this.layer.expired(this, this.timeout);
    super.cancel(error);
    this.parent.fail(error);
  }

  private end(): void {
    this.settled = true;
    this.layer.environment.timers.clear(this);
    this.outer.detach(this);
  }

  private settledLate(outcome: Outcome<unknown>): void {
    const { layer, timeout, reason, execution } = this;
    // Obeying is not being late.
    if ("error" in outcome && outcome.error === reason) return;
    const late = Math.max(0, layer.environment.timers.now() - this.deadline);
    layer.environment.report(undefined, "late-settlement");
    layer.environment.notify(layer.options.onLateSettlement, { timeout, key: execution.key, late, outcome });
  }
}

function timeoutError(timeout: number, key: string | undefined): DextError {
  const work = key === undefined ? "The work" : `The work for "${key}"`;
  return rejection("DEXT_RESILIENCE_TIMEOUT", `${work} did not end within ${formatDuration(timeout)}`, {
    hint: "Give it more time, or look at why it takes so long.",
    details: { timeout, ...(key === undefined ? {} : { key }) },
  });
}
