import type { Fetch } from "../discovery/discovery-fetch.ts";
import type { HttpCall } from "./http-call.ts";
import type { HttpBody, HttpResponse } from "./http-response.ts";
import type { HttpRequestOptions } from "./request-options.ts";

/** Statuses whose answers have no body; `Response` refuses one. */
const bodiless = new Set([101, 204, 205, 304]);

/** A client as a function that is called as `fetch` is. */
export function createClientFetch(
  request: (url: string | URL, options: HttpRequestOptions) => HttpCall,
): Fetch {
  return async (input, init = {}) => {
    const from = input instanceof Request ? input : undefined;
    const method = init.method ?? from?.method ?? "GET";
    const body = (init.body ?? from?.body ?? undefined) as HttpBody | undefined;
    const signal = init.signal ?? from?.signal;
    const headers = new Headers(init.headers ?? from?.headers);
    // The type of a body of init is told by fetch, as that of a Request has been.
    const response = await request(input instanceof Request ? input.url : input, {
      method,
      headers,
      acceptStatus: () => true,
      redirect: init.redirect ?? from?.redirect ?? "follow",
      ...(body === undefined || body === null ? {} : { body }),
      ...(signal === undefined || signal === null ? {} : { signal }),
    });
    return response instanceof Response ? response : toResponse(response);
  };
}

function toResponse({ status, headers, body }: HttpResponse): Response {
  return new Response(bodiless.has(status) ? null : body, { status, headers });
}
