import { isConnectionRefused } from "./connection-refused.ts";
import { defaultDiscovery } from "./discovery.ts";
import type { Discovery } from "./discovery.ts";

/** A function called as `fetch` is. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface DiscoveryFetchOptions {
  /** The discovery of this process when absent. */
  discovery?: Discovery;
  /** What sends the request; the runtime's own `fetch` when absent. */
  fetch?: Fetch;
}

/**
 * A `fetch` that knows services by name. An address that refuses the connection was sent nothing, so the next one is
 * tried at once, unless the body is a stream, which may be gone.
 *
 * @throws DextError as {@link Discovery.resolve}, else what `fetch` throws.
 *
 * @example
 * ```ts
 * import { createDiscovery, createDiscoveryFetch } from "@dext/service";
 *
 * const discovery = createDiscovery({ environment: { services__greeter__http__0: "http://localhost:5001" } });
 * const fetch = createDiscoveryFetch({
 *   discovery,
 *   fetch: (input) => Promise.resolve(new Response(String(input))),
 * });
 * const answer = await fetch("http://greeter/hello");
 * if ((await answer.text()) !== "http://localhost:5001/hello") throw new Error("not resolved");
 * ```
 */
export function createDiscoveryFetch({
  discovery = defaultDiscovery(),
  // Looked up at each call: telemetry may put its own in place later.
  fetch = (input, init) => globalThis.fetch(input, init),
}: DiscoveryFetchOptions = {}): Fetch {
  return async (input, init) => {
    const href = input instanceof Request ? input.url : String(input);
    const tries = isResendable(input, init) ? Math.max(1, discovery.addresses(href).length) : 1;
    for (let attempt = 1; ; attempt += 1) {
      const resolved = discovery.resolve(href);
      const target = input instanceof Request && resolved !== href ? new Request(resolved, input) : undefined;
      try {
        return await fetch(target ?? (input instanceof Request ? input : resolved), init);
      } catch (error) {
        if (!isConnectionRefused(error)) throw error;
        discovery.reportRefusal(resolved);
        if (attempt >= tries) throw error;
      }
    }
  };
}

/** Whether a request can be sent again: a stream can be read once only, and a `Request` may hold one. */
function isResendable(input: string | URL | Request, init: RequestInit | undefined): boolean {
  const body = init?.body ?? (input instanceof Request ? input.body : undefined);
  return !isStream(body);
}

function isStream(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  return body instanceof ReadableStream || (Symbol.asyncIterator in body && !(body instanceof Blob));
}
