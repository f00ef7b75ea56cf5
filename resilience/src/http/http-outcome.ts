import type { Outcome } from "../pipeline/operation.ts";
import { isRejection } from "../rejections.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** What is looked at of a response: a `Response` of fetch fits. */
export interface HttpResponseLike {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/** What is looked at of a request: a `Request` of fetch fits. */
export interface HttpRequestLike {
  readonly method: string;
  readonly headers: { get(name: string): string | null };
}

/** Whether a status says that the same request may succeed later: 408, 429 and 5xx but 501 and 505. */
export function isTransientStatus(status: number): boolean {
  if (status === 501 || status === 505) return false;
  return status === 408 || status === 429 || (status >= 500 && status <= 599);
}

/**
 * A predicate for pipelines around HTTP: errors but that of an isolated circuit, and transient statuses.
 *
 * @example
 * ```ts
 * import { httpRetryDelay, isTransientHttp, standardPipeline } from "@dext/resilience";
 *
 * const pipeline = standardPipeline<Response>({
 *   shouldHandle: isTransientHttp,
 *   retry: { delayGenerator: httpRetryDelay },
 * });
 * const response = await pipeline.execute(() => new Response("fine"));
 * if (response.status !== 200) throw new Error("wrong");
 * ```
 */
export function isTransientHttp(outcome: Outcome<HttpResponseLike>): boolean {
  if ("error" in outcome) return !isRejection(outcome.error, "DEXT_RESILIENCE_CIRCUIT_ISOLATED");
  return isTransientStatus(outcome.result.status);
}

/** A delay generator: the milliseconds that a response asks for by `Retry-After`. */
export function httpRetryDelay({ outcome }: { outcome: Outcome<HttpResponseLike> }): number | undefined {
  if ("error" in outcome) return undefined;
  const value = outcome.result.headers.get("retry-after");
  return value === null ? undefined : parseRetryAfter(value);
}

const idempotentMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/**
 * Whether a request may be sent twice (RFC 9110, 9.2.2): the method is idempotent, or it carries an `Idempotency-Key`.
 * For `repeatable` of `execute`; whether its body can be sent twice is another question.
 */
export function isIdempotentRequest({ method, headers }: HttpRequestLike): boolean {
  return idempotentMethods.has(method.toUpperCase()) || headers.get("idempotency-key") !== null;
}
