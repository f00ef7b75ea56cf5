import type { CircuitState } from "./circuit.ts";

/** A circuit has changed its state. */
export interface CircuitEvent {
  key: string | undefined;
  from: CircuitState;
  to: CircuitState;
  /** Whether it was done by hand. */
  manual: boolean;
}

/** A circuit lets nothing through for a while. */
export interface CircuitOpenedEvent extends CircuitEvent {
  /** Milliseconds until it lets a probe through. */
  breakFor: number;
  /** How often in a row it has opened, from 1. */
  opens: number;
  /** Share of failures in the window, from 0 to 1. */
  failureRatio: number;
  /** Executions in the window. */
  throughput: number;
}
