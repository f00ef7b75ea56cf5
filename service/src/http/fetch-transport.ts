import type { Fetch } from "../discovery/discovery-fetch.ts";
import type { Transport } from "./http-response.ts";

/** Sends through `fetch`, which keeps connections: the runtime's own, looked up at each request, when none is given. */
export function createFetchTransport({ fetch }: { fetch?: Fetch } = {}): Transport {
  return ({ url, method, headers, body, signal, redirect }) => {
    // fetch converts and checks whatever it is given: what it does anyway is left out.
    const init: RequestInit & { duplex?: "half" } = { signal };
    if (method !== "GET") init.method = method;
    if (redirect !== "follow") init.redirect = redirect;
    if (hasAny(headers)) init.headers = headers;
    if (body !== undefined) {
      init.body = body;
      if (body instanceof ReadableStream) init.duplex = "half";
    }
    return (fetch ?? globalThis.fetch)(url, init);
  };
}

function hasAny(headers: Readonly<Record<string, string>>): boolean {
  for (const _name in headers) return true;
  return false;
}
