import { systemClock } from "@dext/core";
import { runWithIncomingTrace } from "../http/trace-context.ts";
import type { HealthAnswer } from "../health/health-endpoint.ts";
import { answerRequest, overloaded, pathOf, tooLarge } from "./answer-request.ts";
import { listenError } from "./listen-address.ts";
import { problem, problemResponse } from "./problem-response.ts";
import { announcedLength, limitBody } from "./request-body.ts";
import { urlOf } from "./server.ts";
import { settlesWithin } from "../shutdown/within.ts";
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
  const end = new AbortController();
  /** Refuse what has no answer when the time to stop is over, one for each request. */
  const refusals = new Set<() => void>();
  let isShuttingDown = false;

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
    load.begin();
    const done = (): void => load.end();
    completed.then(done, done);
    return respond(request);
  }

  async function respond(request: Request): Promise<Response> {
    let isTooLarge = false;
    const bounded = limited(request, () => void (isTooLarge = true));
    const state = {
      // Deno makes the signal when it is first read, tells about it on stderr, and then only knows what comes after:
      // it is for handlers that use it, and only their errors are looked at.
      isGone: (error: unknown) => isAbort(error) && bounded.signal.aborted,
      isTooLarge: () => isTooLarge,
    };
    const answering = runWithIncomingTrace(
      (name) => request.headers.get(name) ?? undefined,
      () => answerRequest(handler, { request: bounded, state, options }),
    );
    return lastOne(await unlessRefused(answering));
  }

  /** One promise for all requests would keep something of each request for as long as the server runs. */
  function unlessRefused(answering: Promise<Response>): Promise<Response> {
    return new Promise((resolve) => {
      const refuse = (): void => resolve(problemResponse(problem(503, { headers: { connection: "close" } })));
      refusals.add(refuse);
      void answering.then((response) => {
        refusals.delete(refuse);
        resolve(response);
      });
    });
  }

  /** A body that announces its length is held to it by Deno. */
  function limited(request: Request, onExceeded: () => void): Request {
    const { body, headers, method } = request;
    if (
      body === null ||
      method === "GET" ||
      method === "HEAD" ||
      options.maxBodySize === Infinity ||
      headers.has("content-length")
    )
      return request;
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

  const server = listen({ ...options, signal: end.signal }, take);
  const { hostname, port } = server.addr;
  return {
    isServer: true,
    address: { hostname, port, url: urlOf({ hostname, port }) },
    async drain({ milliseconds }) {
      isShuttingDown = true;
      const isDone = await settlesWithin(server.shutdown(), { milliseconds, clock: systemClock });
      // Connections that are left without a request are no loss.
      const isWell = isDone || load.current === 0;
      for (const refuse of refusals) refuse();
      return isWell;
    },
    async close() {
      // Deno 2.9 fails outside of any call ("Bad resource ID") when a server that shuts down is aborted too.
      if (!isShuttingDown) end.abort();
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

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function toResponse({ status, headers, body }: HealthAnswer): Response {
  return new Response(body, { status, headers });
}
