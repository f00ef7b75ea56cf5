import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";

/** A service as a function: what `Deno.serve`, Hono and `@dext/service` take too. */
export type FetchHandler = (request: Request) => Promise<Response>;

/** Bytes; nothing that is sent to us is longer. */
const longestBody = 16 * 1024;

/** Lets a fetch handler answer for `node:http`, and answers `/health` before it. */
export function answerWith(
  handler: FetchHandler,
  options: { health: () => string[]; stopping: AbortSignal },
): RequestListener {
  const { health, stopping } = options;
  return (incoming, outgoing) => {
    // So that a kept-alive connection does not keep us from stopping.
    if (stopping.aborted) outgoing.setHeader("connection", "close");
    const response = incoming.url === "/health" ? healthResponse(health()) : respond(incoming, handler);
    // The other side may leave at any time: that is its right, not our error.
    Promise.resolve(response)
      .then((answer) => send(answer, outgoing))
      .catch(() => outgoing.destroy());
  };
}

function healthResponse(failing: readonly string[]): Response {
  if (failing.length === 0) return new Response("Healthy");
  return new Response(`Unhealthy: ${failing.join(", ")}`, { status: 503 });
}

async function respond(incoming: IncomingMessage, handler: FetchHandler): Promise<Response> {
  if (bodyLength(incoming) > longestBody) return refusal(413, "too-large", "That is more than we read.");
  let request: Request;
  try {
    request = toRequest(incoming);
  } catch {
    // A target such as "*" or a method such as TRACE, which `Request` does not know.
    return refusal(400, "bad-request", "That is not a request that we understand.");
  }
  return handler(request);
}

/** A body that does not say its length counts as too long. */
function bodyLength({ headers }: IncomingMessage): number {
  if (headers["transfer-encoding"] !== undefined) return Infinity;
  return Number(headers["content-length"] ?? 0);
}

function toRequest(incoming: IncomingMessage): Request {
  const { method = "GET", url = "/", headers } = incoming;
  const hasBody = bodyLength(incoming) > 0;
  return new Request(`http://localhost${url}`, {
    // node:http leaves the body out of an answer to HEAD.
    method: method === "HEAD" ? "GET" : method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    ...(hasBody && { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: "half" }),
  });
}

function refusal(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status });
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) {
    outgoing.end();
    return;
  }
  outgoing.flushHeaders();
  await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), outgoing);
}
