import { isDextError } from "@dext/core";
import { createPipeline, isRejection } from "@dext/resilience";
import type { Outcome, Pipeline, RetryEvent, RetryOptions } from "@dext/resilience";
import type { Duration } from "@dext/core";
import type { HttpExchange } from "./exchange.ts";
import { UnreadableBody } from "./http-failure.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** What differs from the standard. */
export interface HttpResilienceOptions {
  /** All attempts and the waiting between them; 30 s when absent. */
  total?: Duration;
  /** One attempt; 10 s when absent. */
  attemptTimeout?: Duration;
  /** Three attempts with exponential delays from 2 s when absent; `false` for one attempt. */
  retry?: Omit<RetryOptions<HttpExchange>, "shouldHandle" | "delayGenerator"> | false;
}

/**
 * The standard: a limit for requests under way, a total time, retries, a circuit breaker for each authority, a time for
 * each attempt.
 *
 * Only what may be sent twice is: the caller says so for each execution (`repeatable`). A `Retry-After` is kept as it
 * is, and where it does not fit into what is left of the total, there is no further attempt.
 */
export function createHttpPipeline(options: HttpResilienceOptions = {}): Pipeline<HttpExchange> {
  const { total = "30s", attemptTimeout = "10s", retry = {} } = options;
  let builder = createPipeline<HttpExchange>({ name: "http" }).addTimeout({ timeout: total });
  if (retry !== false) {
    builder = builder.addRetry({
      ...retry,
      shouldHandle: isTransient,
      delayGenerator: ({ outcome }) => retryAfterOfOutcome(outcome),
      onRetry(event) {
        discard(event);
        retry.onRetry?.(event);
      },
    });
  }
  return builder.addTimeout({ timeout: attemptTimeout }).build();
}

/**
 * Whether to ask again may help: no answer, or one of 408, 429 and from 500 on. An open circuit, a mistake in the request
 * and a body that is no JSON stay what they are.
 */
function isTransient({ result, error }: Outcome<HttpExchange>): boolean {
  if (result !== undefined) {
    const { status } = result.response;
    return status >= 500 || status === 408 || status === 429;
  }
  if (isRejection(error)) return isRejection(error, "DEXT_RESILIENCE_TIMEOUT");
  return !isDextError(error) && !(error instanceof UnreadableBody);
}

function retryAfterOfOutcome({ result }: Outcome<HttpExchange>): number | undefined {
  if (result === undefined) return undefined;
  return parseRetryAfter(result.response.headers.get("retry-after"), Date.now());
}

/** An answer that nobody reads would keep its connection. */
function discard({ outcome }: RetryEvent<HttpExchange>): void {
  const { body } = outcome.result?.response ?? {};
  // One whose beginning has been read for an error is locked, and let go of already.
  if (body !== null && body !== undefined && !body.locked) body.cancel().catch(() => {});
}
