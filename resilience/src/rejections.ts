import { createErrorFactory, isDextError } from "@dext/core";
import type { DextError, DextErrorOptions, ErrorFactory } from "@dext/core";
import { resilienceErrorCodes } from "./error-codes.ts";

/** A code of `@dext/resilience`. */
export type ResilienceErrorCode = keyof typeof resilienceErrorCodes;

/** For options that do not fit; such an error has a stack, since somebody has to find the place. */
export const resilienceError: ErrorFactory<ResilienceErrorCode> = createErrorFactory(resilienceErrorCodes);

/**
 * A rejection by a strategy. It has no stack: the place that made it is always the same one, and collecting
 * the frames would be the dearest part of turning a call away.
 */
export function rejection(
  code: ResilienceErrorCode,
  message: string,
  options: Omit<DextErrorOptions, "code">,
): DextError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return resilienceError(code, message, options);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const rejectionCodes: ReadonlySet<string> = new Set<ResilienceErrorCode>([
  "DEXT_RESILIENCE_TIMEOUT",
  "DEXT_RESILIENCE_CIRCUIT_OPEN",
  "DEXT_RESILIENCE_CIRCUIT_ISOLATED",
  "DEXT_RESILIENCE_RATE_LIMITED",
]);

/**
 * Whether a strategy of a pipeline made this error: a timeout, an open or isolated circuit, a rate limit.
 *
 * @param code only this one; absent: any of them.
 */
export function isRejection(error: unknown, code?: ResilienceErrorCode): error is DextError {
  return isDextError(error) && (code === undefined ? rejectionCodes.has(error.code) : error.code === code);
}

/** The milliseconds after which it makes sense to come back, when the rejection tells them. */
export function retryAfterOf(error: unknown): number | undefined {
  if (!isRejection(error)) return undefined;
  const { retryAfter } = error.details;
  return typeof retryAfter === "number" ? retryAfter : undefined;
}
