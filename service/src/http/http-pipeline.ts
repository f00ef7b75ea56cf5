import { isDextError } from "@dext/core";
import { httpRetryDelay, isRejection, isTransientStatus, standardPipeline } from "@dext/resilience";
import type { Outcome, Pipeline, RetryEvent, StandardPipelineOptions } from "@dext/resilience";
import type { HttpExchange } from "./exchange.ts";
import { UnreadableBody } from "./http-failure.ts";

/** What differs from the standard pipeline. What counts as a failure is the client's to say. */
export type HttpResilienceOptions = Omit<StandardPipelineOptions<HttpExchange>, "shouldHandle">;

/**
 * The standard pipeline for HTTP: 1,000 requests at once, 30 s in all, three attempts for what may be sent twice, a
 * circuit breaker for each authority, 10 s for each attempt.
 *
 * A `Retry-After` is kept as it is, and where it does not fit into what is left of the total, no attempt follows.
 *
 * @throws DextError `DEXT_RESILIENCE_OPTIONS_INVALID`
 */
export function createHttpPipeline(options: HttpResilienceOptions = {}): Pipeline<HttpExchange> {
  const { retry = {} } = options;
  return standardPipeline<HttpExchange>({
    name: "http",
    ...options,
    shouldHandle: isTransient,
    retry: {
      delayGenerator: ({ outcome }) =>
        outcome.result === undefined
          ? undefined
          : httpRetryDelay({ outcome: { result: outcome.result.response } }),
      ...retry,
      onRetry(event) {
        discard(event);
        retry.onRetry?.(event);
      },
    },
  });
}

/**
 * Whether to ask again may help: there was no answer, or its status says so. An open circuit, a mistake in the request
 * and a body that is no JSON stay what they are.
 */
function isTransient({ result, error }: Outcome<HttpExchange>): boolean {
  if (result !== undefined) return isTransientStatus(result.response.status);
  if (isRejection(error)) return isRejection(error, "DEXT_RESILIENCE_TIMEOUT");
  return !isDextError(error) && !(error instanceof UnreadableBody);
}

/** An answer that nobody reads would keep its connection. */
function discard({ outcome }: RetryEvent<HttpExchange>): void {
  const { body } = outcome.result?.response ?? {};
  // One whose beginning has been read for an error is locked, and let go of already.
  if (body !== null && body !== undefined && !body.locked) body.cancel().catch(() => {});
}
