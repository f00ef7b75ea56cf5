import { timingSafeEqual } from "node:crypto";
import { chmod, unlink } from "node:fs/promises";
import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { ErrorDocument } from "@dext/core";
import { protocolVersion, routes } from "@dext/protocol";
import type { Route, RouteName, RunClient } from "@dext/protocol";
import { encodeFrame } from "../logs/log-frame.ts";
import { toErrorAnswer } from "./error-answer.ts";
import { controlError } from "./error-codes.ts";
import { listenOn } from "./listen-on-socket.ts";
import { encodeFailure, hasLogFrames, logFramesType } from "./log-frames.ts";
import { encodeDocument } from "./ndjson.ts";
import { readBody } from "./request-body.ts";
import { parseEventsQuery, parseLogsQuery, parseCommandBody, parseStopBody } from "./request-query.ts";
import { writeStream } from "./stream-answer.ts";
import { versionHeader } from "./version-header.ts";

/** What {@link serveControl} takes. */
export interface ServeControlOptions {
  /** Where to listen; the socket file is made with mode 0600. What a dead run left there is replaced. */
  socketPath: string;
  /** The run that answers; one that is a {@link LogFrameSource} too serves its lines many at a time. */
  run: RunClient;
  /** When set, a request has to carry it as `authorization: Bearer <token>`. */
  token?: string;
}

/** A control API that answers. */
export interface ControlServer {
  /**
   * Takes no more requests, lets answers that are under way end as long as their readers take something every `grace`
   * milliseconds (500), then cuts them off and removes the socket.
   */
  close(options?: { grace?: number }): Promise<void>;
}

/**
 * Serves the control API of a run on a Unix socket.
 *
 * @throws DextError `DEXT_CONTROL_SOCKET_TAKEN` when another process answers there.
 */
export async function serveControl({ socketPath, run, token }: ServeControlOptions): Promise<ControlServer> {
  const open = new Set<AbortController>();
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const controller = new AbortController();
    open.add(controller);
    response.once("close", () => {
      open.delete(controller);
      controller.abort();
    });
    void answer({ request, response, run, token, signal: controller.signal });
  });
  await listenOn(server, socketPath);
  await chmod(socketPath, 0o600);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // A connection that fails later concerns nobody else.
  server.on("error", () => {});
  return {
    async close({ grace = 500 } = {}) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = cutWithoutProgress({ sockets, open, server, grace });
      await closed;
      cut.clear();
      await unlink(socketPath).catch(() => {});
    },
  };
}

/** Cuts every answer off once none of their readers has taken anything for a while. */
function cutWithoutProgress({
  sockets,
  open,
  server,
  grace,
}: {
  sockets: ReadonlySet<Socket>;
  open: ReadonlySet<AbortController>;
  server: Server;
  grace: number;
}): { clear(): void } {
  const taken = (): number =>
    [...sockets].reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0);
  let before = taken();
  const timer = setInterval(() => {
    const now = taken();
    if (now !== before) {
      before = now;
      return;
    }
    for (const controller of open) controller.abort();
    server.closeAllConnections();
  }, grace);
  return { clear: () => clearInterval(timer) };
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  run: RunClient;
  token: string | undefined;
  signal: AbortSignal;
}

async function answer(exchange: Exchange): Promise<void> {
  const { request, response, signal } = exchange;
  response.setHeader(versionHeader, String(protocolVersion));
  try {
    const { name, query } = admit(exchange);
    if (routes[name].answer === "ndjson") await answerStream(exchange, { name, query });
    else answerDocument(response, 200, await readDocument(exchange, name));
  } catch (error) {
    if (signal.aborted || response.destroyed) return;
    const { status, document } = toErrorAnswer(error);
    if (response.headersSent) endWithFailure(response, document);
    else answerDocument(response, status, document);
  } finally {
    // What is left of a body that nobody wanted would keep the connection open.
    if (!request.complete) request.resume();
  }
}

/** Every reason to refuse a request before it is looked at any closer. */
function admit({ request, token }: Exchange): { name: RouteName; query: URLSearchParams } {
  refuseOtherVersion(request);
  refuseWithoutToken(request, token);
  const url = new URL(request.url ?? "/", "http://run");
  const found = Object.entries<Route>(routes).find(([, route]) => route.path === url.pathname);
  if (found === undefined) {
    throw controlError("DEXT_CONTROL_ROUTE_UNKNOWN", `No such route: "${url.pathname}"`, {
      details: { path: url.pathname },
    });
  }
  const [name, route] = found;
  if (route.method !== request.method) {
    throw controlError(
      "DEXT_CONTROL_METHOD_NOT_ALLOWED",
      `"${route.path}" takes ${route.method}, not ${request.method ?? "nothing"}`,
    );
  }
  return { name: name as RouteName, query: url.searchParams };
}

/** The path names the version too; the header is there for clients that ask for a route that has not changed. */
function refuseOtherVersion(request: IncomingMessage): void {
  const own = String(protocolVersion);
  const asked = request.headers[versionHeader] ?? /^\/v(\d+)\//.exec(request.url ?? "")?.[1] ?? own;
  if (asked === own) return;
  throw controlError(
    "DEXT_CONTROL_VERSION_UNSUPPORTED",
    `The client speaks version "${String(asked)}" of the control API, this run speaks "${own}"`,
    { hint: "Use the dext that the run was started with.", details: { asked, supported: own } },
  );
}

function refuseWithoutToken(request: IncomingMessage, token: string | undefined): void {
  if (token === undefined) return;
  const given = Buffer.from(request.headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw controlError("DEXT_CONTROL_UNAUTHORIZED", "The request lacks the run's token");
}

async function readDocument(exchange: Exchange, name: RouteName): Promise<unknown> {
  const { run, signal, request } = exchange;
  switch (name) {
    case "info":
      return run.info({ signal });
    case "snapshot":
      return run.snapshot({ signal });
    case "describe":
      return run.describe({ signal });
    case "stop":
      await run.stop({ ...parseStopBody(await readBody(request)), signal });
      return { version: protocolVersion, accepted: true };
    case "command": {
      const { resource, ...command } = parseCommandBody(await readBody(request));
      await run.command(resource, { ...command, signal });
      return { version: protocolVersion, done: true };
    }
    default:
      throw new Error(`The route "${name}" answers no single document`);
  }
}

async function answerStream(
  exchange: Exchange,
  { name, query }: { name: RouteName; query: URLSearchParams },
): Promise<void> {
  const { request, response, run, signal } = exchange;
  if (name === "logs") {
    const asked = parseLogsQuery(query);
    if (request.headers.accept === logFramesType && hasLogFrames(run)) {
      beginStream(response, logFramesType);
      await writeStream(response, run.logFrames(asked, { signal }), { encode: encodeFrame });
    } else {
      beginStream(response, "application/x-ndjson");
      await writeStream(response, run.logs(asked, { signal }), { encode: encodeDocument });
    }
  } else {
    const events = run.events({ ...parseEventsQuery(query), signal });
    beginStream(response, "application/x-ndjson");
    await writeStream(response, events, { encode: encodeDocument });
  }
  if (!response.destroyed) response.end();
}

/** The client learns at once that it is connected, even when there is nothing to say yet. */
function beginStream(response: ServerResponse, type: string): void {
  response.writeHead(200, { "content-type": type, "cache-control": "no-store" });
  response.flushHeaders();
}

/** What goes wrong after the head of the answer comes as its last item. */
function endWithFailure(response: ServerResponse, document: ErrorDocument): void {
  const isFrames = response.getHeader("content-type") === logFramesType;
  response.end(isFrames ? encodeFailure(document) : encodeDocument(document));
}

function answerDocument(response: ServerResponse, status: number, document: unknown): void {
  const body = JSON.stringify(document);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
  });
  response.end(body);
}
