import type { Pipeline } from "@dext/resilience";
import type { Fetch } from "../discovery/discovery-fetch.ts";
import { defaultDiscovery } from "../discovery/discovery.ts";
import type { Discovery } from "../discovery/discovery.ts";
import { createClientFetch } from "./client-fetch.ts";
import { exchange } from "./exchange.ts";
import type { ClientParts, HttpExchange } from "./exchange.ts";
import { createFetchTransport } from "./fetch-transport.ts";
import { PendingCall } from "./http-call.ts";
import type { HttpCall } from "./http-call.ts";
import { createHttpPipeline } from "./http-pipeline.ts";
import type { HttpResilienceOptions } from "./http-pipeline.ts";
import type { Transport } from "./http-response.ts";
import { lowerCaseHeaders } from "./request-options.ts";
import type { HttpRequestOptions } from "./request-options.ts";

export interface HttpClientOptions {
  /** Put before URLs that name no server: `"http://api/v1"`. */
  baseUrl?: string;
  /** Sent with every request that does not say otherwise. */
  headers?: Readonly<Record<string, string>>;
  /** How service names become addresses; the discovery of this process when absent. */
  discovery?: Discovery;
  /** What sends the requests; the runtime's `fetch` when absent. */
  transport?: Transport;
  /** How failures are met: changes to the standard, a pipeline of one's own, or `false` for none. */
  resilience?: HttpResilienceOptions | Pipeline<HttpExchange> | false;
}

/** Requests to services, by name: with discovery, retries, timeouts, a circuit breaker for each authority, and traces. */
export interface HttpClient {
  get(url: string | URL, options?: HttpRequestOptions): HttpCall;
  head(url: string | URL, options?: HttpRequestOptions): HttpCall;
  delete(url: string | URL, options?: HttpRequestOptions): HttpCall;
  put(url: string | URL, options?: HttpRequestOptions): HttpCall;
  patch(url: string | URL, options?: HttpRequestOptions): HttpCall;
  post(url: string | URL, options?: HttpRequestOptions): HttpCall;
  /** As the options say; `GET` when they say no method. */
  request(url: string | URL, options?: HttpRequestOptions): HttpCall;
  /** The client as a function like `fetch`, for libraries that take one: every status is an answer. */
  readonly fetch: Fetch;
}

/**
 * Makes a client. All that fails rejects with a {@link HttpError}, except a request that its caller ends: it rejects with
 * the reason of the caller's signal.
 *
 * @example
 * ```ts
 * import { createDiscovery, createHttpClient } from "@dext/service";
 *
 * const client = createHttpClient({
 *   discovery: createDiscovery({ environment: { services__users__http__0: "http://localhost:5001" } }),
 *   transport: ({ url }) => Promise.resolve(Response.json({ url })),
 * });
 * const { url } = await client.get("http://users/all", { query: { page: 2 } }).json<{ url: string }>();
 * if (url !== "http://localhost:5001/all?page=2") throw new Error(url);
 * ```
 */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const {
    baseUrl,
    resilience = {},
    discovery = defaultDiscovery(),
    transport = createFetchTransport(),
  } = options;
  const defaults = { baseUrl, headers: lowerCaseHeaders(options.headers) };
  const parts: ClientParts = { defaults, pipeline: pipelineOf(resilience), discovery, transport };

  const call = (
    url: string | URL,
    method: string | undefined,
    requestOptions: HttpRequestOptions,
  ): HttpCall =>
    // A request that cannot be made fails as one that could: by its promise.
    new PendingCall((reading) => exchange({ url, method, options: requestOptions }, { parts, reading }));
  const request = (url: string | URL, requestOptions: HttpRequestOptions = {}): HttpCall =>
    call(url, undefined, requestOptions);
  const withMethod =
    (method: string) =>
    (url: string | URL, requestOptions: HttpRequestOptions = {}): HttpCall =>
      call(url, method, requestOptions);

  return {
    request,
    get: withMethod("GET"),
    head: withMethod("HEAD"),
    delete: withMethod("DELETE"),
    put: withMethod("PUT"),
    patch: withMethod("PATCH"),
    post: withMethod("POST"),
    fetch: createClientFetch(request),
  };
}

function pipelineOf(
  resilience: NonNullable<HttpClientOptions["resilience"]>,
): Pipeline<HttpExchange> | undefined {
  if (resilience === false) return undefined;
  return "execute" in resilience ? resilience : createHttpPipeline(resilience);
}
