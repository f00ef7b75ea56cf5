import { formatDuration, toMilliseconds } from "@dext/core";
import type { ResourceModel } from "../model/resource-model.ts";
import type { LifeEnd } from "./replica-life.ts";

/** The first wait before a restart and the longest one, in milliseconds; each wait is twice the one before. */
const firstBackoff = 1000;
const longestBackoff = 60_000;
/** So many restarts in a row are made when the policy sets no limit. */
const usualLimit = 10;
/** Who has run this long, in milliseconds, is no part of a crash loop any more. */
const steadyAfter = 60_000;

/** What follows the end of a process. */
export type RestartDecision =
  | { readonly restart: true; readonly delay: number; readonly reason: string }
  | { readonly restart: false; readonly reason?: string };

/** Decides by the restart policy of a resource; counts the restarts in a row. */
export class RestartPolicyState {
  readonly #restart: ResourceModel["restart"];
  #inARow = 0;

  constructor({ restart }: Pick<ResourceModel, "restart">) {
    this.#restart = restart;
  }

  /** Forgets what was before: somebody has started it by hand. */
  reset(): void {
    this.#inARow = 0;
  }

  decide({ exitCode, duration }: LifeEnd): RestartDecision {
    const { policy = "no", backoff = firstBackoff, limit = usualLimit } = this.#restart ?? {};
    if (policy === "no" || (policy === "on-failure" && exitCode === 0)) return { restart: false };
    if (duration >= steadyAfter) this.#inARow = 0;
    if (this.#inARow >= limit) {
      return { restart: false, reason: `a crash loop: ${limit} restarts in a row did not help` };
    }
    const delay = Math.min(toMilliseconds(backoff) * 2 ** this.#inARow, longestBackoff);
    this.#inARow += 1;
    return {
      restart: true,
      delay,
      reason: `starts again in ${formatDuration(delay)} (restart ${this.#inARow} of ${limit})`,
    };
  }
}
