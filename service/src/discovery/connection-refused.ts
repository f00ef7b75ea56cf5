/**
 * Whether an error of fetch or undici says that nothing listened, so that nothing of the request was sent.
 *
 * Node has a code (`ECONNREFUSED`), in the cause; with several addresses of one host an `AggregateError`. Deno has only
 * a text: `client error (Connect): tcp connect error: Connection refused (os error 111)`.
 */
export function isConnectionRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ((error as { code?: unknown }).code === "ECONNREFUSED") return true;
  if (error.message.includes("client error (Connect)") && /connection refused/i.test(error.message))
    return true;
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.every(isConnectionRefused);
  return isConnectionRefused(error.cause);
}
