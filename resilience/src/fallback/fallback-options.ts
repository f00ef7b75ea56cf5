import type { OutcomePredicate } from "../pipeline/operation.ts";
import type { FallbackEvent } from "./fallback-events.ts";

/** What `addFallback` takes. */
export interface FallbackOptions<Result = unknown, Substitute = Result> {
  /** Gives what stands in; if it throws, the execution fails with that. */
  fallback: (event: FallbackEvent<Result>) => Substitute | PromiseLike<Substitute>;
  /** Default: every error, no result. Never asked when the caller aborted. */
  shouldHandle?: OutcomePredicate<Result>;
  /** Stands in metrics and messages. Default: `"fallback"`. */
  name?: string;
  onFallback?: (event: FallbackEvent<Result>) => void;
}
