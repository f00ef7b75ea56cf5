import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { Server as NetServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { runWithIncomingTrace } from "../http/trace-context.ts";
import { overloaded, tooLarge } from "./answer-request.ts";
import { sendText } from "./fetch-listener.ts";
import { listenError } from "./listen-address.ts";
import { problem } from "./problem-response.ts";
import { announcedLength } from "./request-body.ts";
import { urlOf } from "./server.ts";
import type { RunningServer, ServerAddress, ServerOptions } from "./server.ts";

/** Takes a connection that changes its protocol, such as a WebSocket. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** What a connection is doing. */
interface Connection {
  /** The answers that are not through. */
  answers: Set<ServerResponse>;
  /** Speaks another protocol now. */
  isUpgraded: boolean;
  /** Milliseconds of the monotonic clock. */
  idleSince: number;
}

/** Load balancers keep connections for 60 s; whoever closes first meets requests that are under way. */
const keepAlive = 65_000;
/**
 * How long a connection that is kept alive may still bring a request after the server has stopped accepting, in
 * milliseconds: the client may have sent it before it could know.
 */
const linger = 100;

/** Serves a listener of `node:http`, on Node and on Deno. */
export async function startNodeServer(
  listener: RequestListener,
  options: ServerOptions & { onUpgrade?: UpgradeListener | undefined },
): Promise<RunningServer> {
  const { onUpgrade } = options;
  const connections = new Map<Socket, Connection>();
  const server = createServer({ keepAliveTimeout: keepAlive, headersTimeout: keepAlive + 1_000 });

  server.on("connection", (socket: Socket) => {
    connections.set(socket, { answers: new Set(), isUpgraded: false, idleSince: performance.now() });
    socket.once("close", () => connections.delete(socket));
  });
  server.on("request", (incoming, outgoing) => {
    const connection = connections.get(incoming.socket);
    if (connection !== undefined) track(connection, outgoing);
    if (options.stopping.aborted) outgoing.setHeader("connection", "close");
    take(incoming, outgoing, { listener, options });
  });
  if (onUpgrade !== undefined) {
    server.on("upgrade", (request, socket, head) => {
      const connection = connections.get(request.socket);
      if (connection !== undefined) connection.isUpgraded = true;
      onUpgrade(request, socket, head);
    });
  }
  options.stopping.addEventListener("abort", () => askToClose(connections), { once: true });

  return {
    isServer: true,
    address: await listen(server, options),
    async drain({ milliseconds }) {
      stopListening(server);
      const startedAt = performance.now();
      while (connections.size > 0 && performance.now() - startedAt < milliseconds) {
        closeIdle(connections, startedAt);
        await delay(10);
      }
      const isDone = ![...connections.values()].some(({ answers }) => answers.size > 0);
      closeAll(connections);
      return isDone;
    },
    async close() {
      stopListening(server);
      closeAll(connections);
      await Promise.resolve();
    },
  };
}

function track(connection: Connection, outgoing: ServerResponse): void {
  connection.answers.add(outgoing);
  outgoing.once("close", () => {
    connection.answers.delete(outgoing);
    connection.idleSince = performance.now();
  });
}

interface Parts {
  listener: RequestListener;
  options: ServerOptions;
}

/** What comes before the listener: health, load, the size that a body announces. */
function take(incoming: IncomingMessage, outgoing: ServerResponse, parts: Parts): void {
  const { health, load, maxBodySize } = parts.options;
  const answer = health?.answer({
    method: incoming.method ?? "GET",
    path: (incoming.url ?? "/").split("?", 1)[0] ?? "/",
    accept: incoming.headers.accept,
    authorization: incoming.headers.authorization,
  });
  if (answer !== undefined) {
    void answer.then((answered) => sendText(outgoing, answered));
    return;
  }
  if (load.isFull()) {
    sendText(outgoing, overloaded());
    return;
  }
  const length = announcedLength(incoming.headers["content-length"]);
  if (length !== undefined && length > maxBodySize) {
    sendText(outgoing, tooLarge(maxBodySize));
    return;
  }
  load.begin();
  outgoing.once("close", () => load.end());
  runWithIncomingTrace(
    (name) => headerOf(incoming, name),
    () => call(incoming, outgoing, parts),
  );
}

/** A listener that throws must not take the service with it. One that gives a promise may fail later. */
function call(incoming: IncomingMessage, outgoing: ServerResponse, { listener, options }: Parts): void {
  const { logger, isDevelopment } = options;
  const fail = (error: unknown): void => {
    if (outgoing.destroyed) return;
    logger.error("A request failed", { method: incoming.method, path: incoming.url, error });
    const detail = isDevelopment && error instanceof Error ? error.stack : undefined;
    if (outgoing.headersSent) outgoing.destroy();
    else sendText(outgoing, problem(500, { detail }));
  };
  try {
    Promise.resolve(listener(incoming, outgoing) as unknown).catch(fail);
  } catch (error) {
    fail(error);
  }
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}

/** Answers that have not begun tell the client to open no further request on their connection. */
function askToClose(connections: ReadonlyMap<Socket, Connection>): void {
  for (const { answers } of connections.values()) {
    for (const outgoing of answers) {
      if (!outgoing.headersSent) outgoing.setHeader("connection", "close");
    }
  }
}

/**
 * On Node the method of `net`, because that of `node:http` closes idle connections the same instant. Bun's server is none
 * of `net`, and `close` leaves its connections open.
 */
function stopListening(server: Server): void {
  if ("Deno" in globalThis || !(server instanceof NetServer)) server.close();
  else NetServer.prototype.close.call(server);
}

function closeIdle(connections: ReadonlyMap<Socket, Connection>, since: number): void {
  const latest = performance.now() - linger;
  for (const [socket, { answers, isUpgraded, idleSince }] of connections) {
    if (answers.size === 0 && !isUpgraded && Math.max(idleSince, since) <= latest) socket.destroySoon();
  }
}

function closeAll(connections: ReadonlyMap<Socket, Connection>): void {
  for (const socket of connections.keys()) socket.destroy();
}

function listen(server: Server, { target }: ServerOptions): Promise<ServerAddress> {
  const { port, hostname } = target;
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, target) as Error));
    server.listen({ port, ...(hostname === undefined ? {} : { host: hostname }) }, () => {
      const { address, port: taken } = server.address() as AddressInfo;
      server.removeAllListeners("error");
      resolve({ hostname: address, port: taken, url: urlOf({ hostname: address, port: taken }) });
    });
  });
}
