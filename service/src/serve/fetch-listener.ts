import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { answerRequest, tooLarge } from "./answer-request.ts";
import { problem } from "./problem-response.ts";
import type { Problem } from "./problem-response.ts";
import { announcedLength, limitBody } from "./request-body.ts";
import type { FetchHandler, ServerOptions } from "./server.ts";

/** Lets a fetch handler answer for `node:http`. */
export function createFetchListener(handler: FetchHandler, options: ServerOptions): RequestListener {
  return (incoming, outgoing) => {
    void answer(incoming, outgoing, { handler, options });
  };
}

interface Parts {
  handler: FetchHandler;
  options: ServerOptions;
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { handler, options }: Parts,
): Promise<void> {
  const { maxBodySize, logger } = options;
  const length = announcedLength(incoming.headers["content-length"]);
  if (length !== undefined && length > maxBodySize) {
    sendText(outgoing, tooLarge(maxBodySize));
    return;
  }
  const gone = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) gone.abort(new DOMException("The client has left", "AbortError"));
  });
  let isTooLarge = false;
  const limit = { limit: maxBodySize, onExceeded: () => void (isTooLarge = true) };
  const request = toRequest(incoming, { signal: gone.signal, limit });
  if ("status" in request) {
    sendText(outgoing, request);
    return;
  }
  const state = { isGone: () => gone.signal.aborted, isTooLarge: () => isTooLarge };
  const response = await answerRequest(handler, { request, state, options });
  try {
    await send(response, outgoing);
  } catch (error) {
    // The status is gone out: all that is left is to break the connection, so that nobody takes the part for the whole.
    outgoing.destroy();
    if (!gone.signal.aborted) {
      logger.error("The body of an answer broke off", { method: request.method, error });
    }
  }
}

interface RequestParts {
  signal: AbortSignal;
  limit: { limit: number; onExceeded: () => void };
}

/** The request as fetch has it, or why there is none: `CONNECT`, `TRACE`, and targets such as `*`. */
function toRequest(incoming: IncomingMessage, { signal, limit }: RequestParts): Request | Problem {
  const { method = "GET", url = "/", headers } = incoming;
  const host = headers.host ?? "localhost";
  const href = url.startsWith("/") && isHost(host) ? `http://${host}${url}` : url;
  if (!/^https?:\/\//i.test(href) || !URL.canParse(href)) return problem(400);
  const hasBody = method !== "GET" && method !== "HEAD" && isBodyAnnounced(incoming);
  try {
    return new Request(href, {
      method,
      headers: toHeaders(incoming.rawHeaders),
      signal,
      ...(hasBody && { body: limitBody(bodyOf(incoming), limit), duplex: "half" }),
    });
  } catch {
    return problem(501);
  }
}

/** A host that ends the authority of a URL would move the rest of it into the path. */
function isHost(host: string): boolean {
  return /^[^\s/?#@\\]+$/.test(host);
}

function isBodyAnnounced({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  return Readable.toWeb(incoming);
}

/** `["Host", "a", "Accept", "b"]`: names and values in turn, repeated ones too. */
function toHeaders(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? "";
    if (!name.startsWith(":")) headers.append(name, raw[index + 1] ?? "");
  }
  return headers;
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  const { body } = response;
  if (outgoing.destroyed) {
    await body?.cancel();
    return;
  }
  writeHead(response, outgoing);
  if (body === null || outgoing.req.method === "HEAD") {
    await body?.cancel();
    outgoing.end();
    return;
  }
  const reader = body.getReader();
  outgoing.once("close", () => void reader.cancel().catch(() => {}));
  // A stream whose first part takes its time, such as server-sent events: the client learns at once that it is there.
  const waiting = setImmediate(() => outgoing.flushHeaders());
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!outgoing.write(value)) await drained(outgoing);
    }
    outgoing.end();
  } finally {
    clearImmediate(waiting);
  }
}

function writeHead({ status, headers }: Response, outgoing: ServerResponse): void {
  outgoing.statusCode = status;
  for (const [name, value] of headers) {
    if (name !== "set-cookie") outgoing.setHeader(name, value);
  }
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
}

/** Resolves too when the client leaves: the reader is cancelled then, and ends. */
function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      outgoing.off("drain", go).off("close", go);
      resolve();
    };
    if (outgoing.destroyed) resolve();
    else outgoing.once("drain", go).once("close", go);
  });
}

/** Sends an answer whose whole body is known. */
export function sendText(outgoing: ServerResponse, { status, headers, body }: Problem): void {
  const length = String(Buffer.byteLength(body));
  outgoing.writeHead(status, { ...headers, "content-length": length });
  outgoing.end(outgoing.req.method === "HEAD" ? "" : body);
}
