import type { Duration } from "@dext/core";
import { splitUrl } from "../discovery/service-url.ts";
import { redactUrl } from "../redact-url.ts";
import { serviceError } from "../service-error.ts";
import type { HttpBody } from "./http-response.ts";

/** One request. */
export interface HttpRequestOptions {
  /** When absent `GET`, and `POST` for `client.post` and so on. */
  method?: string;
  headers?: Readonly<Record<string, string>> | Headers;
  /** Sent as JSON, with its content type. */
  json?: unknown;
  /** Sent as it is. A stream is never sent a second time. */
  body?: HttpBody;
  /** Put behind the URL; `undefined` is left out, a list repeats the name. */
  query?: Readonly<
    Record<string, string | number | boolean | undefined | readonly (string | number | boolean)[]>
  >;
  /** Ends the request, also while its body is read; it then rejects with the signal's own reason. */
  signal?: AbortSignal;
  /** How long all attempts and the reading of the body may take together; when absent what the pipeline says. */
  timeout?: Duration;
  /** Names this request, so that the other side does once what it hears twice: then a `POST` may be sent again. */
  idempotencyKey?: string;
  /** Which statuses are answers and not errors; below 400 when absent. */
  acceptStatus?: (status: number) => boolean;
  /** When absent redirects are followed, where the transport does so. */
  redirect?: "follow" | "manual" | "error";
}

/** A request as it goes through the pipeline. */
export interface PreparedRequest {
  readonly method: string;
  /** With the service's name in it. */
  readonly href: string;
  /** Scheme and host: what has a circuit of its own. */
  readonly authority: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: HttpBody | undefined;
  /** Whether it may be sent a second time. */
  readonly repeatable: boolean;
  readonly redirect: "follow" | "manual" | "error";
}

/** What a client is asked to send. */
export interface RequestAsked {
  url: string | URL;
  /** Of `client.get` and so on; `undefined` when the options say it. */
  method: string | undefined;
  options: HttpRequestOptions;
}

/** What a client adds to each of its requests. */
export interface ClientDefaults {
  baseUrl: string | undefined;
  headers: Readonly<Record<string, string>>;
}

/** RFC 9110, 9.2.2: to ask twice is to ask once. */
const idempotent = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "QUERY"]);

const noHeaders: Readonly<Record<string, string>> = {};

/**
 * Puts a request together.
 *
 * @throws DextError `DEXT_HTTP_REQUEST_INVALID`
 */
export function prepareRequest(
  { url, method: asked, options }: RequestAsked,
  defaults: ClientDefaults,
): PreparedRequest {
  const { query, json, redirect = "follow", idempotencyKey } = options;
  const method = (asked ?? options.method ?? "GET").toUpperCase();
  const located = withoutCredentials(withQuery(withBase(String(url), defaults.baseUrl), query));
  if (json !== undefined && options.body !== undefined) {
    throw invalid("A request has json and body", "Give one of them.");
  }
  const body = json === undefined ? options.body : stringify(json);
  if (body !== undefined && (method === "GET" || method === "HEAD")) {
    throw invalid(`A ${method} request has a body`, "Use POST, or put it into the query.");
  }
  const headers = mergeHeaders(defaults.headers, options.headers);
  const extra = extraHeaders({
    isJson: json !== undefined,
    idempotencyKey,
    authorization: located.authorization,
  });
  const all = extra === undefined ? headers : { ...extra, ...headers };
  return {
    method,
    href: located.href,
    authority: splitUrl(located.href).prefix,
    headers: all,
    body,
    repeatable: (idempotent.has(method) || "idempotency-key" in all) && !(body instanceof ReadableStream),
    redirect,
  };
}

/** What the options say by other means than headers; none for most requests. */
function extraHeaders(given: {
  isJson: boolean;
  idempotencyKey: string | undefined;
  authorization: string | undefined;
}): Record<string, string> | undefined {
  const { isJson, idempotencyKey, authorization } = given;
  if (!isJson && idempotencyKey === undefined && authorization === undefined) return undefined;
  return {
    ...(isJson && { "content-type": "application/json" }),
    ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
    ...(authorization !== undefined && { authorization }),
  };
}

function withBase(url: string, base: string | undefined): string {
  if (base === undefined || url.includes("://")) return url;
  return `${base.replace(/\/+$/, "")}/${url.replace(/^\/+/, "")}`;
}

function withQuery(url: string, query: HttpRequestOptions["query"]): string {
  if (query === undefined) return url;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === "object") for (const each of value) search.append(name, String(each));
    else if (value !== undefined) search.append(name, String(value));
  }
  const text = search.toString();
  if (text === "") return url;
  const hash = url.indexOf("#");
  const target = hash === -1 ? url : url.slice(0, hash);
  return `${target}${target.includes("?") ? "&" : "?"}${text}`;
}

/** `http://user:password@host` as fetch wants it: it takes no credentials in a URL. */
export function withoutCredentials(href: string): { href: string; authorization?: string } {
  const { prefix, rest } = splitUrl(href);
  if (!prefix.includes("://"))
    throw invalid(`"${redactUrl(href)}" is no URL`, "Give one such as http://api/users.");
  const at = prefix.lastIndexOf("@");
  if (at === -1) return { href };
  const start = prefix.indexOf("://") + 3;
  const [user, password] = splitOnce(prefix.slice(start, at));
  const credentials = Buffer.from(`${decoded(user)}:${decoded(password)}`).toString("base64");
  return {
    href: prefix.slice(0, start) + prefix.slice(at + 1) + rest,
    authorization: `Basic ${credentials}`,
  };
}

function splitOnce(text: string): [string, string] {
  const colon = text.indexOf(":");
  return colon === -1 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function mergeHeaders(
  defaults: Readonly<Record<string, string>>,
  own: HttpRequestOptions["headers"],
): Readonly<Record<string, string>> {
  if (own === undefined) return defaults;
  const merged: Record<string, string> = { ...defaults };
  for (const [name, value] of own instanceof Headers ? own : Object.entries(own)) {
    merged[name.toLowerCase()] = value;
  }
  return merged;
}

export function lowerCaseHeaders(headers: HttpRequestOptions["headers"]): Readonly<Record<string, string>> {
  return mergeHeaders(noHeaders, headers);
}

function stringify(json: unknown): string {
  try {
    return JSON.stringify(json);
  } catch (error) {
    throw serviceError("DEXT_HTTP_REQUEST_INVALID", "The json of a request cannot be written as JSON", {
      hint: "It refers to itself, or holds a BigInt.",
      cause: error,
    });
  }
}

function invalid(message: string, hint: string): ReturnType<typeof serviceError> {
  return serviceError("DEXT_HTTP_REQUEST_INVALID", message, { hint });
}
