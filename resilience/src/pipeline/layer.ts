import type { Clock } from "@dext/core";
import type { TimerQueue } from "../timers/timer-queue.ts";
import type { Execution } from "./execution.ts";
import type { Scope } from "./scope.ts";

/**
 * Where the outcome of a layer goes.
 *
 * Layers hand outcomes up by plain calls instead of promises: one promise at each end of the pipeline is
 * all that an execution costs, however many strategies it has.
 */
export interface Frame {
  succeed(value: unknown): void;
  fail(error: unknown): void;
}

/** A strategy as part of a built pipeline. */
export interface Layer {
  /** Runs what is inside for one execution. Settles `frame` exactly once, never throws. */
  run(scope: Scope, frame: Frame): void;
}

/** An option that does not fit. */
export interface OptionProblem {
  /** The strategy and where it stands, such as `retry (strategy 3)`. */
  strategy: string;
  option: string;
  current: string;
  wanted: string;
}

/** What one strategy finds wrong with its own options. */
export type OwnProblem = Omit<OptionProblem, "strategy">;

/** What strategies know of each other, so that options can be judged together. */
export interface StrategyFacts {
  /** Milliseconds after which it ends what is inside. */
  readonly timeout?: number;
  /** Milliseconds over which it watches failures. */
  readonly sampling?: number;
  /** It may run what is inside more than once. */
  readonly repeats?: boolean;
  /** It may go on after what is inside failed. */
  readonly continues?: boolean;
}

/** A strategy that was added to a builder. */
export interface Strategy {
  readonly kind: string;
  readonly name: string;
  readonly facts: StrategyFacts;
  readonly problems: readonly OwnProblem[];
  create(next: Layer, environment: StrategyEnvironment): Layer;
}

/** What a strategy gets from its pipeline. */
export interface StrategyEnvironment {
  readonly clock: Clock;
  readonly random: () => number;
  readonly timers: TimerQueue;
  /** Whether a strategy outside may go on after a failure, in the caller's asynchronous context. */
  readonly outerContinues: boolean;
  /** Counts an event and puts it on the execution's span. */
  report(execution: Execution | undefined, event: string, attributes?: EventAttributes): void;
  /** Measures the state of a circuit. */
  observeState(key: string | undefined, state: "closed" | "open" | "half-open" | "isolated"): void;
  /** Calls a listener; one that throws is logged and changes nothing. */
  notify<Event>(listener: ((event: Event) => unknown) | undefined, event: Event): void;
}

/** Facts of an event for telemetry. */
export type EventAttributes = Readonly<Record<string, string | number | boolean>>;
