import type { Fetch } from "../discovery/discovery-fetch.ts";
import type { Transport } from "./http-response.ts";

/** Sends through `fetch`, which keeps connections: the runtime's own, looked up at each request, when none is given. */
export function createFetchTransport({ fetch }: { fetch?: Fetch } = {}): Transport {
  return ({ url, method, headers, body, signal, redirect }) => {
    const init: RequestInit & { duplex?: "half" } = { method, headers, signal, redirect };
    if (body !== undefined) {
      init.body = body;
      if (body instanceof ReadableStream) init.duplex = "half";
    }
    return (fetch ?? globalThis.fetch)(url, init);
  };
}
