import type { ExecuteOptions, OperationContext, Pipeline } from "@dext/resilience";
import { isConnectionRefused } from "../discovery/connection-refused.ts";
import type { Discovery } from "../discovery/discovery.ts";
import { redactUrl } from "../redact-url.ts";
import { serviceError } from "../service-error.ts";
import { extractBody } from "./body-extract.ts";
import { CallTimeout, limitCall } from "./call-limit.ts";
import type { BodyReading } from "./http-call.ts";
import { statusError, toHttpError, UnreadableBody } from "./http-failure.ts";
import type { HttpBody, HttpResponse, Transport, TransportRequest } from "./http-response.ts";
import { prepareRequest, withoutCredentials } from "./request-options.ts";
import type { ClientDefaults, PreparedRequest, RequestAsked } from "./request-options.ts";
import { traceHeaders } from "./trace-context.ts";

/** What all requests of a client go through. */
export interface ClientParts {
  defaults: ClientDefaults;
  pipeline: Pipeline<HttpExchange> | undefined;
  discovery: Discovery;
  transport: Transport;
}

/** What a request came to, as retries and circuit breakers see it. */
export interface HttpExchange {
  response: HttpResponse;
}

/** An answer and, when it was asked for, what its body holds. */
interface ReadExchange extends HttpExchange {
  value: unknown;
  /** The beginning of the body of an answer that is not accepted. */
  extract: string | undefined;
}

const belowErrors = (status: number): boolean => status < 400;

/** Sends one request through the pipeline and gives what the caller asked for: the answer, or what its body holds. */
export async function exchange(
  asked: RequestAsked,
  { parts, reading }: { parts: ClientParts; reading: BodyReading | undefined },
): Promise<unknown> {
  const request = prepareRequest(asked, parts.defaults);
  const { acceptStatus = belowErrors } = asked.options;
  const limit = limitCall(asked.options);
  let attempts = 0;
  const attempt = (operation: Pick<OperationContext, "signal">): Promise<ReadExchange> => {
    attempts += 1;
    const callerSignal = reading === undefined ? limit.signal : undefined;
    return sendAndRead(request, { parts, reading, acceptStatus, operation, callerSignal });
  };
  try {
    const { pipeline } = parts;
    const { response, value, extract } =
      pipeline === undefined
        ? await attempt({ signal: limit.signal ?? new AbortController().signal })
        : await pipeline.execute(attempt, executeOptions(request, limit.signal));
    if (acceptStatus(response.status)) return value;
    throw statusError(response, { request, attempts, body: extract ?? (await extractBody(response)) });
  } catch (error) {
    // What the caller ends is nobody's failure: the caller gets its own reason back.
    if (limit.signal?.aborted === true && error === limit.signal.reason && !limit.isOver()) throw error;
    throw toHttpError(limit.isOver() ? new CallTimeout(limit.milliseconds) : error, { request, attempts });
  } finally {
    limit.clear();
  }
}

function executeOptions(
  { authority, repeatable }: PreparedRequest,
  signal: AbortSignal | undefined,
): ExecuteOptions {
  return signal === undefined ? { key: authority, repeatable } : { signal, key: authority, repeatable };
}

interface SendContext {
  parts: ClientParts;
  reading: BodyReading | undefined;
  acceptStatus: (status: number) => boolean;
  operation: Pick<OperationContext, "signal">;
  /** Goes on to matter when the pipeline is through: while the caller reads the body. */
  callerSignal: AbortSignal | undefined;
}

/**
 * One attempt. An address that refuses the connection was sent nothing: the next one is asked at once.
 *
 * One function and not several that await each other: each of those would add half a kilobyte of garbage to every request.
 */
async function sendAndRead(request: PreparedRequest, context: SendContext): Promise<ReadExchange> {
  const { parts, reading, acceptStatus } = context;
  let response: HttpResponse | undefined;
  for (let refusals = 1; response === undefined; refusals += 1) {
    const attempt = locate(request, context);
    try {
      response = await parts.transport(attempt);
    } catch (error) {
      passOver(error, { request, attempt, refusals, discovery: parts.discovery });
    }
  }
  if (reading === undefined) return { response, value: response, extract: undefined };
  if (!acceptStatus(response.status))
    return { response, value: undefined, extract: await extractBody(response) };
  const body = await (reading === "bytes" ? response.arrayBuffer() : response.text());
  return { response, value: understand(body, { reading, response }), extract: undefined };
}

/** The request with an address in place of the service's name. */
function locate(request: PreparedRequest, { parts, operation, callerSignal }: SendContext): Attempt {
  const { headers } = request;
  const resolved = parts.discovery.resolve(request.href);
  const { href, authorization } = resolved.includes("@") ? withoutCredentials(resolved) : { href: resolved };
  const trace = "traceparent" in headers ? undefined : traceHeaders();
  return new Attempt(request, {
    url: href,
    headers:
      authorization === undefined && trace === undefined
        ? headers
        : { ...(authorization !== undefined && { authorization }), ...headers, ...trace },
    operation,
    callerSignal,
  });
}

interface FailedAttempt {
  request: PreparedRequest;
  attempt: Attempt;
  /** How many addresses have refused, with this one. */
  refusals: number;
  discovery: Discovery;
}

/** Leaves an address alone that refused, when there is another to ask; throws what else an attempt failed with. */
function passOver(
  error: unknown,
  { request: { href, body }, attempt: { url }, refusals, discovery }: FailedAttempt,
): void {
  if (!URL.canParse(url)) throw unusable(redactUrl(href), error);
  if (!isConnectionRefused(error)) throw error;
  discovery.reportRefusal(url);
  if (body instanceof ReadableStream || refusals >= discovery.addresses(href).length) throw error;
}

function understand(
  body: string | ArrayBuffer,
  { reading, response: { status } }: { reading: BodyReading; response: HttpResponse },
): unknown {
  if (typeof body !== "string") return new Uint8Array(body);
  if (reading === "text") return body;
  // 204 and 205 have no body; to say so is no mistake.
  if (body === "" && (status === 204 || status === 205)) return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    throw new UnreadableBody(body, error);
  }
}

interface AttemptParts extends Pick<SendContext, "operation" | "callerSignal"> {
  url: string;
  headers: Readonly<Record<string, string>>;
}

/** A class, because its signal is made only for a transport that asks. */
class Attempt implements TransportRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: HttpBody | undefined;
  readonly redirect: TransportRequest["redirect"];
  readonly #operation: Pick<OperationContext, "signal">;
  readonly #callerSignal: AbortSignal | undefined;

  constructor(request: PreparedRequest, { url, headers, operation, callerSignal }: AttemptParts) {
    this.method = request.method;
    this.url = url;
    this.headers = headers;
    this.body = request.body;
    this.redirect = request.redirect;
    this.#operation = operation;
    this.#callerSignal = callerSignal;
  }

  get signal(): AbortSignal {
    const { signal } = this.#operation;
    return this.#callerSignal === undefined ? signal : AbortSignal.any([signal, this.#callerSignal]);
  }
}

/** Looked at only when sending has failed: a URL is right nearly always. */
function unusable(url: string, cause: unknown): Error {
  return serviceError("DEXT_HTTP_REQUEST_INVALID", `"${url}" is no URL`, {
    hint: "Give one such as http://api/users.",
    cause,
  });
}
