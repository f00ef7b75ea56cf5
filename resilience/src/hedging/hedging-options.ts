import type { Duration } from "@dext/core";
import type { OutcomePredicate } from "../pipeline/operation.ts";
import type { DiscardedEvent, HedgeEvent } from "./hedging-events.ts";

/** What a hedging delay that is computed knows. */
export interface HedgingDelayRequest {
  /** The attempt that would begin after the delay, from 2. */
  attempt: number;
  key: string | undefined;
}

/** What `addHedging` takes. */
export interface HedgingOptions<Result = unknown> {
  /** How often what is inside runs at most, the first time included. Default: 2. */
  attempts?: number;
  /**
   * How long the attempts so far have before another one begins; 0: all begin at once. `undefined` from a
   * function: another one begins only when one has failed. Default: 2 seconds.
   */
  delay?: Duration | ((request: HedgingDelayRequest) => Duration | undefined);
  /** What does not count as an answer. Default: every error, no result. */
  shouldHandle?: OutcomePredicate<Result>;
  /** Stands in metrics and messages. Default: `"hedging"`. */
  name?: string;
  onHedge?: (event: HedgeEvent<Result>) => void;
  /** For releasing what a slower attempt has acquired. */
  onDiscarded?: (event: DiscardedEvent<Result>) => void;
}
