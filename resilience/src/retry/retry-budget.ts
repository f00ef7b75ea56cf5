import { systemClock, toMilliseconds } from "@dext/core";
import type { Clock, Duration } from "@dext/core";
import type { OwnProblem } from "../pipeline/layer.ts";
import { checkCount, readDuration, refuseOptions, wanted } from "../pipeline/validate.ts";

/** What {@link createRetryBudget} takes. */
export interface RetryBudgetOptions {
  /** Retries allowed per execution, on average over the window. Default: 0.2. */
  ratio?: number;
  /** Retries that are always allowed within the window, so that a quiet service can retry at all. Default: 10. */
  minimum?: number;
  /** Default: 10 seconds. */
  window?: Duration;
  clock?: Clock;
}

/** Bounds the retries of many executions: when everything fails, retries add a fifth of load instead of tripling it. */
export interface RetryBudget {
  /** Counts an execution. */
  deposit(): void;
  /** Takes a retry; `false` when the budget is spent. */
  withdraw(): boolean;
}

const slots = 10;

/**
 * A budget for retries across calls.
 *
 * @throws DextError `DEXT_RESILIENCE_OPTIONS_INVALID`
 *
 * @example
 * ```ts
 * import { createPipeline, createRetryBudget } from "@dext/resilience";
 *
 * const budget = createRetryBudget({ ratio: 0.1, minimum: 5 });
 * const pipeline = createPipeline().addRetry({ attempts: 3, budget }).build();
 * await pipeline.execute(() => "fine");
 * ```
 */
export function createRetryBudget(options: RetryBudgetOptions = {}): RetryBudget {
  const { ratio = 0.2, minimum = 10, window = "10s", clock = systemClock } = options;
  const problems: OwnProblem[] = [];
  if (!(ratio >= 0)) problems.push(wanted("ratio", ratio, "a number of at least 0"));
  checkCount(problems, "minimum", { value: minimum, minimum: 0 });
  readDuration(problems, "window", { value: window, minimum: slots });
  if (problems.length > 0) refuseOptions("The retry budget does not fit", problems);
  return new SlidingRetryBudget({ ratio, minimum, slot: toMilliseconds(window) / slots, clock });
}

/** Executions and retries per tenth of the window; a tenth that has passed is forgotten as a whole. */
class SlidingRetryBudget implements RetryBudget {
  private readonly ratio: number;
  private readonly minimum: number;
  private readonly slot: number;
  private readonly clock: Clock;
  private readonly executions = new Float64Array(slots);
  private readonly retries = new Float64Array(slots);
  private newest: number;

  constructor(options: { ratio: number; minimum: number; slot: number; clock: Clock }) {
    this.ratio = options.ratio;
    this.minimum = options.minimum;
    this.slot = options.slot;
    this.clock = options.clock;
    this.newest = Math.floor(options.clock.monotonic() / options.slot);
  }

  deposit(): void {
    const place = this.advance();
    this.executions[place] = (this.executions[place] ?? 0) + 1;
  }

  withdraw(): boolean {
    const place = this.advance();
    const allowed = this.minimum + this.ratio * sum(this.executions);
    if (sum(this.retries) + 1 > allowed) return false;
    this.retries[place] = (this.retries[place] ?? 0) + 1;
    return true;
  }

  private advance(): number {
    const current = Math.floor(this.clock.monotonic() / this.slot);
    const first = Math.max(this.newest + 1, current - slots + 1);
    for (let slot = first; slot <= current; slot += 1) {
      this.executions[slot % slots] = 0;
      this.retries[slot % slots] = 0;
    }
    this.newest = Math.max(this.newest, current);
    return this.newest % slots;
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
