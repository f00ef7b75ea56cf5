import type { OperationContext, Pipeline } from "@dext/resilience";
import { isConnectionRefused } from "../discovery/connection-refused.ts";
import type { Discovery } from "../discovery/discovery.ts";
import { redactUrl } from "../redact-url.ts";
import { serviceError } from "../service-error.ts";
import { extractBody } from "./body-extract.ts";
import { CallTimeout, limitCall } from "./call-limit.ts";
import type { BodyReading } from "./http-call.ts";
import { statusError, toHttpError, UnreadableBody } from "./http-failure.ts";
import type { HttpBody, HttpResponse, Transport, TransportRequest } from "./http-response.ts";
import { withoutCredentials } from "./request-options.ts";
import type { HttpRequestOptions, PreparedRequest } from "./request-options.ts";
import { traceHeaders } from "./trace-context.ts";

/** What all requests of a client go through. */
export interface ClientParts {
  pipeline: Pipeline<HttpExchange> | undefined;
  discovery: Discovery;
  transport: Transport;
}

interface ExchangeContext {
  parts: ClientParts;
  reading: BodyReading | undefined;
  requestOptions: HttpRequestOptions;
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
export async function exchange(request: PreparedRequest, context: ExchangeContext): Promise<unknown> {
  const { parts, reading, requestOptions } = context;
  const { acceptStatus = belowErrors } = requestOptions;
  const limit = limitCall(requestOptions);
  let attempts = 0;
  const attempt = async (operation: Pick<OperationContext, "signal">): Promise<ReadExchange> => {
    attempts += 1;
    const response = await send(request, {
      parts,
      operation,
      callerSignal: reading === undefined ? limit.signal : undefined,
    });
    if (reading === undefined) return { response, value: response, extract: undefined };
    if (!acceptStatus(response.status))
      return { response, value: undefined, extract: await extractBody(response) };
    return { response, value: await read(response, reading), extract: undefined };
  };
  try {
    const { pipeline } = parts;
    const { response, value, extract } =
      pipeline === undefined
        ? await attempt({ signal: limit.signal ?? new AbortController().signal })
        : await pipeline.execute(attempt, {
            ...(limit.signal === undefined ? {} : { signal: limit.signal }),
            key: request.authority,
            repeatable: request.repeatable,
          });
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

interface SendContext {
  parts: ClientParts;
  operation: Pick<OperationContext, "signal">;
  /** Goes on to matter when the pipeline is through: while the caller reads the body. */
  callerSignal: AbortSignal | undefined;
}

/** One attempt. An address that refuses the connection was sent nothing: the next one is asked at once. */
async function send(
  request: PreparedRequest,
  { parts, operation, callerSignal }: SendContext,
): Promise<HttpResponse> {
  const { discovery, transport } = parts;
  const { href, headers, body } = request;
  const trace = "traceparent" in headers ? undefined : traceHeaders();
  let refusals = 0;
  for (;;) {
    const resolved = discovery.resolve(href);
    const target = resolved.includes("@") ? withoutCredentials(resolved) : { href: resolved };
    try {
      return await transport(
        new Attempt(request, {
          url: target.href,
          headers:
            target.authorization === undefined && trace === undefined
              ? headers
              : {
                  ...(target.authorization && { authorization: target.authorization }),
                  ...headers,
                  ...trace,
                },
          operation,
          callerSignal,
        }),
      );
    } catch (error) {
      if (!URL.canParse(target.href)) throw unusable(redactUrl(href), error);
      if (!isConnectionRefused(error)) throw error;
      discovery.reportRefusal(target.href);
      refusals += 1;
      if (body instanceof ReadableStream || refusals >= discovery.addresses(href).length) throw error;
    }
  }
}

async function read(response: HttpResponse, reading: BodyReading): Promise<unknown> {
  if (reading === "bytes") return new Uint8Array(await response.arrayBuffer());
  const text = await response.text();
  if (reading === "text") return text;
  // 204 and 205 have no body; to say so is no mistake.
  if (text === "" && (response.status === 204 || response.status === 205)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UnreadableBody(text, error);
  }
}

interface AttemptParts extends Omit<SendContext, "parts"> {
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
