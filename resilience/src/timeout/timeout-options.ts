import type { Duration } from "@dext/core";
import type { LateSettlementEvent, TimeoutEvent } from "./timeout-events.ts";

/** What a timeout that is computed for each use knows. */
export interface TimeoutRequest {
  key: string | undefined;
  /** Milliseconds until the nearest timeout outside; `Infinity` without one. */
  remaining: number;
}

/** What `addTimeout` takes. */
export interface TimeoutOptions {
  /**
   * The time that what is inside has, or a function that gives it for each use; `undefined` from it means no limit.
   * A timeout of 0 fails at once, and what is inside is never started.
   */
  timeout: Duration | ((request: TimeoutRequest) => Duration | undefined);
  /** Stands in metrics and messages. Default: `"timeout"`. */
  name?: string;
  onTimeout?: (event: TimeoutEvent) => void;
  /** Work that ignored its signal has ended after the timeout; its outcome goes nowhere else. */
  onLateSettlement?: (event: LateSettlementEvent) => void;
}
