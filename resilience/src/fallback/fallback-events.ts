import type { Outcome } from "../pipeline/operation.ts";

/** A fallback stands in for an outcome. */
export interface FallbackEvent<Result = unknown> {
  outcome: Outcome<Result>;
  key: string | undefined;
}
