import { isDextError } from "@dext/core";
import { configError } from "../config-error.ts";

/**
 * The error of a source that does not answer at present and may soon: it is tried again within the budget.
 *
 * @param source which one, for a person.
 */
export function sourceUnavailable(
  source: string,
  { cause, retryAfter, hint }: { cause?: unknown; retryAfter?: number; hint?: string } = {},
): Error {
  const reason = cause instanceof Error ? `: ${cause.message}` : "";
  return configError("DEXT_CONFIG_SOURCE_UNAVAILABLE", `${source} does not answer at present${reason}`, {
    hint: hint ?? "Start it, or make the layer optional.",
    cause,
    details: { source, ...(retryAfter === undefined ? {} : { retryAfter }) },
  });
}

/** Whether trying again may help. */
export function isTransient(error: unknown): boolean {
  return (
    isDextError(error) &&
    (error.code === "DEXT_CONFIG_SOURCE_UNAVAILABLE" || error.code === "DEXT_CONFIG_SOURCE_TIMEOUT")
  );
}

/** Milliseconds that the source asked to be left alone, 0 when it did not. */
export function retryAfterOf(error: unknown): number {
  const wanted = isDextError(error) ? error.details["retryAfter"] : undefined;
  return typeof wanted === "number" && wanted > 0 ? wanted : 0;
}
