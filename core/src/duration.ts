import { coreErrorCodes } from "./error-codes.ts";
import { createErrorFactory } from "./errors.ts";
import type { DextError } from "./errors.ts";

const coreError = createErrorFactory(coreErrorCodes);

/** A span of time: a number of milliseconds, or text such as `"250ms"`, `"30s"`, `"1.5m"`, `"1m 30s"`, `"2h"`, `"1d"`. */
export type Duration = number | string;

/** The longest delay that a timer of Node or Deno takes, in milliseconds (about 24.8 days). */
export const longestTimer: number = 2 ** 31 - 1;

/**
 * The milliseconds of a duration.
 *
 * @throws DextError `DEXT_CORE_DURATION_INVALID` for text that is no duration, and for a negative or non-finite number.
 *
 * @example
 * ```ts
 * import { toMilliseconds } from "@dext/core";
 *
 * if (toMilliseconds("1m 30s") !== 90_000) throw new Error("wrong");
 * ```
 */
export function toMilliseconds(duration: Duration): number {
  const milliseconds = typeof duration === "number" ? duration : parseDuration(duration);
  if (!Number.isFinite(milliseconds) || milliseconds < 0) throw invalidDuration(duration);
  return milliseconds;
}

/**
 * A short text for a person: `"340 ms"`, `"2.1 s"`, `"3 min 5 s"`, `"2 h 10 min"`.
 *
 * @param milliseconds the span; a negative one is shown as `"0 ms"`.
 */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.max(0, Math.round(milliseconds))} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function parseDuration(text: string): number {
  const pattern = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*/y;
  const trimmed = text.trim();
  let total = 0;
  while (pattern.lastIndex < trimmed.length) {
    const match = pattern.exec(trimmed);
    if (match === null) throw invalidDuration(text);
    total += Number(match[1]) * (unitMilliseconds[match[2] ?? ""] ?? Number.NaN);
  }
  if (trimmed === "") throw invalidDuration(text);
  return total;
}

function invalidDuration(duration: Duration): DextError {
  return coreError("DEXT_CORE_DURATION_INVALID", `Not a duration: ${JSON.stringify(duration)}`, {
    hint: 'Give milliseconds as a number, or text such as "500ms", "30s" or "1m 30s".',
    details: { duration: String(duration) },
  });
}
