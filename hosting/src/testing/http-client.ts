/** What can be sent with a request: whatever `fetch` takes, or an object or array that is sent as JSON. */
export type HttpBody = NonNullable<RequestInit["body"]> | object | readonly unknown[];

/** Calls one resource over HTTP: `fetch` with paths of that resource. */
export interface HttpClient {
  /** `fetch` of a path such as `/users?page=2`. */
  (path: string, init?: RequestInit): Promise<Response>;
  /** Where the resource is. */
  readonly url: string;
  get(path: string, init?: RequestInit): Promise<Response>;
  head(path: string, init?: RequestInit): Promise<Response>;
  delete(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body?: HttpBody, init?: RequestInit): Promise<Response>;
  put(path: string, body?: HttpBody, init?: RequestInit): Promise<Response>;
  patch(path: string, body?: HttpBody, init?: RequestInit): Promise<Response>;
}

/** The client of an address. */
export function createHttpClient(url: string): HttpClient {
  const call = (path: string, init?: RequestInit): Promise<Response> => fetch(new URL(path, url), init);
  const without =
    (method: string) =>
    (path: string, init: RequestInit = {}): Promise<Response> =>
      call(path, { ...init, method });
  const withBody =
    (method: string) =>
    (path: string, body?: HttpBody, init: RequestInit = {}): Promise<Response> =>
      call(path, { ...withContent(init, body), method });
  return Object.assign(call, {
    url,
    get: without("GET"),
    head: without("HEAD"),
    delete: without("DELETE"),
    post: withBody("POST"),
    put: withBody("PUT"),
    patch: withBody("PATCH"),
  });
}

function withContent(init: RequestInit, body: HttpBody | undefined): RequestInit {
  if (body === undefined) return init;
  if (!isJson(body)) return { ...init, body: body as NonNullable<RequestInit["body"]> };
  const headers = new Headers(init.headers);
  if (!headers.has("content-type")) headers.set("content-type", "application/json");
  return { ...init, headers, body: JSON.stringify(body) };
}

/** Plain data; streams, forms, buffers and text go as they are. */
function isJson(body: unknown): boolean {
  if (Array.isArray(body)) return true;
  if (typeof body !== "object" || body === null) return false;
  const prototype: unknown = Object.getPrototypeOf(body);
  return prototype === Object.prototype || prototype === null;
}
