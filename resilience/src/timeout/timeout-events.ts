import type { Outcome } from "../pipeline/operation.ts";

/** The time was up: the signal inside has aborted and the timeout's error goes outside. */
export interface TimeoutEvent {
  /** The time that was given, in milliseconds. */
  timeout: number;
  key: string | undefined;
}

/** Work that was given up has ended after all, and not by obeying its signal. */
export interface LateSettlementEvent {
  timeout: number;
  key: string | undefined;
  /** Milliseconds between the timeout and the end of the work. */
  late: number;
  outcome: Outcome<unknown>;
}
