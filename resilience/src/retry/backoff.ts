/**
 * How delays grow from a first one `d`: constant `d, d, d`; linear `d, 2d, 3d`; exponential `d, 2d, 4d`;
 * decorrelated: random between `d` and three times the previous delay.
 */
export type Backoff = "constant" | "linear" | "exponential" | "decorrelated";

export const backoffs: readonly Backoff[] = ["constant", "linear", "exponential", "decorrelated"];

/** Numbers of a backoff, all delays in milliseconds. */
export interface BackoffSettings {
  backoff: Backoff;
  delay: number;
  maxDelay: number;
  /** From 0 to 1. */
  jitter: number;
  random: () => number;
}

/**
 * The delay after an attempt that failed, in milliseconds, never above the longest.
 *
 * @param attempt the attempt that failed, from 1.
 * @param previous the delay before that attempt; for the first one, the first delay.
 */
export function backoffDelay(
  settings: BackoffSettings,
  { attempt, previous }: { attempt: number; previous: number },
): number {
  const { backoff, delay, maxDelay, jitter, random } = settings;
  if (backoff === "decorrelated")
    return Math.min(maxDelay, delay + random() * Math.max(0, previous * 3 - delay));
  const grown = delay * growth(backoff, attempt);
  // Zero times infinity: a first delay of 0 stays 0.
  const base = Number.isNaN(grown) ? 0 : Math.min(maxDelay, grown);
  return jitter === 0 ? base : Math.min(maxDelay, base * (1 - jitter + 2 * jitter * random()));
}

function growth(backoff: Exclude<Backoff, "decorrelated">, attempt: number): number {
  if (backoff === "constant") return 1;
  return backoff === "linear" ? attempt : 2 ** (attempt - 1);
}
