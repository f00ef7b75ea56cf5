import type { Clock, Duration, Logger } from "@dext/core";
import type { OutcomePredicate } from "../pipeline/operation.ts";
import type { CircuitEvent, CircuitOpenedEvent } from "./circuit-breaker-events.ts";
import type { Circuits } from "./circuits.ts";

/** What a break time that is computed knows. */
export interface BreakRequest {
  key: string | undefined;
  /** How often in a row the circuit has opened, this time included: 2 after a probe has failed. */
  opens: number;
  failureRatio: number;
  throughput: number;
}

/** How circuits behave. */
export interface CircuitOptions {
  /** Opens when at least this share of executions failed, above 0 up to 1. Default: 0.1. */
  failureRatio?: number;
  /** Executions in the window below which nothing opens; at least 2. Default: 100. */
  minimumThroughput?: number;
  /** The sliding window. Default: 30 seconds. */
  sampling?: Duration;
  /** How long it stays open. Default: 5 seconds. */
  breakFor?: Duration | ((request: BreakRequest) => Duration);
  /**
   * Executions that a half-open circuit lets through at once; all of them must succeed to close it. A probe that
   * has not ended after another break time is not waited for. Default: 1.
   */
  probes?: number;
  /** Keys above which idle circuits are forgotten. Default: 1,000. */
  maxKeys?: number;
  onOpened?: (event: CircuitOpenedEvent) => void;
  onHalfOpened?: (event: CircuitEvent) => void;
  onClosed?: (event: CircuitEvent) => void;
  onIsolated?: (event: CircuitEvent) => void;
}

/** What {@link createCircuits} takes. */
export interface CreateCircuitsOptions extends CircuitOptions {
  clock?: Clock;
  logger?: Logger;
}

/** What `addCircuitBreaker` takes. */
export interface CircuitBreakerOptions<Result = unknown> extends CircuitOptions {
  /** Circuits made by {@link createCircuits}, to share them or to control them by hand; then no other option of circuits may be given. */
  circuits?: Circuits;
  /** Whether each key of `execute` has its own circuit. Default: `false`. */
  perKey?: boolean;
  /**
   * What counts as a failure; all else counts as a success. Default: every error but a rejection by a rate limiter or
   * a circuit inside, which says nothing about what is guarded.
   */
  shouldHandle?: OutcomePredicate<Result>;
  /** Stands in metrics and messages. Default: `"circuit-breaker"`. */
  name?: string;
}
