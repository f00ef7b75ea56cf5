import { runWithIncomingTrace } from "../http/trace-context.ts";
import type { HealthAnswer } from "../health/health-endpoint.ts";
import { answerRequest, overloaded, pathOf, tooLarge } from "./answer-request.ts";
import { listenError } from "./listen-address.ts";
import { problemResponse } from "./problem-response.ts";
import { announcedLength, limitBody } from "./request-body.ts";
import { urlOf } from "./server.ts";
import type { FetchHandler, RunningServer, ServerOptions } from "./server.ts";

/** The parts of Deno that serving needs; its types are not there where Node's are. */
interface Deno {
  serve(
    options: { port: number; hostname?: string; signal: AbortSignal; onListen: () => void },
    handler: (request: Request, info: { completed: Promise<void> }) => Response | Promise<Response>,
  ): {
    addr: { hostname: string; port: number };
    shutdown(): Promise<void>;
    finished: Promise<void>;
  };
}

/** The API of Deno, where this is Deno. */
export const deno: Deno | undefined = (globalThis as { Deno?: Deno }).Deno;

/** Serves a fetch handler by `Deno.serve`, which is what Deno's own telemetry knows. */
export function startDenoServer(
  handler: FetchHandler,
  options: ServerOptions & { deno: Deno },
): RunningServer {
  const { health, load, stopping } = options;
  const cut = new AbortController();

  function take(request: Request, { completed }: { completed: Promise<void> }): Response | Promise<Response> {
    const answer = health?.answer({
      method: request.method,
      path: pathOf(request.url),
      accept: request.headers.get("accept") ?? undefined,
      authorization: request.headers.get("authorization") ?? undefined,
    });
    if (answer !== undefined) return answer.then(toResponse).then(lastOne);
    if (load.isFull()) return problemResponse(overloaded());
    const length = announcedLength(request.headers.get("content-length"));
    if (length !== undefined && length > options.maxBodySize) {
      return problemResponse(tooLarge(options.maxBodySize));
    }
    let isGone = false;
    load.begin();
    completed
      .catch(() => void (isGone = true))
      .finally(() => load.end())
      .catch(() => {});
    return respond(request, () => isGone);
  }

  async function respond(request: Request, isGone: () => boolean): Promise<Response> {
    let isTooLarge = false;
    const bounded = limited(request, () => void (isTooLarge = true));
    const state = { isGone, isTooLarge: () => isTooLarge };
    const response = await runWithIncomingTrace(
      (name) => request.headers.get(name) ?? undefined,
      () => answerRequest(handler, { request: bounded, state, options }),
    );
    return lastOne(response);
  }

  /** A body that announces its length is held to it by Deno. */
  function limited(request: Request, onExceeded: () => void): Request {
    const { body, headers, method } = request;
    if (body === null || method === "GET" || method === "HEAD" || options.maxBodySize === Infinity || headers.has("content-length")) return request;
    const limit = { limit: options.maxBodySize, onExceeded };
    // oxlint-disable-next-line unicorn/no-invalid-fetch-options -- the method is the request's, and takes a body
    return new Request(request, { body: limitBody(body, limit), duplex: "half" });
  }

  /** Tells the client to open no further request on this connection once the service stops. */
  function lastOne(response: Response): Response {
    if (!stopping.aborted) return response;
    try {
      response.headers.set("connection", "close");
    } catch {
      // An answer that was fetched from elsewhere cannot be changed.
    }
    return response;
  }

  const server = listen({ ...options, signal: cut.signal }, take);
  const { hostname, port } = server.addr;
  return {
    isServer: true,
    address: { hostname, port, url: urlOf({ hostname, port }) },
    async drain({ milliseconds }) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), milliseconds);
      });
      const isDone = await Promise.race([server.shutdown().then(() => true), late]);
      clearTimeout(timer);
      if (!isDone) cut.abort();
      // What is left are connections, not requests.
      return isDone || load.current === 0;
    },
    async close() {
      cut.abort();
      await server.finished.catch(() => {});
    },
  };
}

function listen(
  { deno: runtime, target, signal }: ServerOptions & { deno: Deno; signal: AbortSignal },
  handler: Parameters<Deno["serve"]>[1],
): ReturnType<Deno["serve"]> {
  const { port, hostname } = target;
  try {
    const options = { port, signal, onListen: () => {}, ...(hostname === undefined ? {} : { hostname }) };
    return runtime.serve(options, handler);
  } catch (error) {
    throw listenError(error, target);
  }
}

function toResponse({ status, headers, body }: HealthAnswer): Response {
  return new Response(body, { status, headers });
}
