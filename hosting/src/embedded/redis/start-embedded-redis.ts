import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";

import { createErrorFactory } from "@dext/core";
import type { Clock, DextError, Logger } from "@dext/core";

import { allCommands } from "./commands/all-commands.ts";
import { embeddedRedisErrorCodes } from "./error-codes.ts";
import { SnapshotStore } from "./persistence/snapshot-store.ts";
import { Connection } from "./server/connection.ts";
import { Engine } from "./server/engine.ts";

const startError = createErrorFactory(embeddedRedisErrorCodes);

/** How an embedded Redis server is started. */
export interface EmbeddedRedisOptions {
  /** The address to listen on. Default: `127.0.0.1`. */
  host?: string;
  /** The port; 0, the default, takes a free one. */
  port?: number;
  /** What clients must give with `AUTH`. Default: nothing, everybody is let in. */
  password?: string;
  /** The folder that keeps the data; made when it is not there. Default: nothing is kept. */
  dataDirectory?: string;
  clock?: Clock;
  logger?: Logger;
  /** Called when a client asked the server to end with `SHUTDOWN`, after it has. */
  onShutdown?: () => void;
}

/** A Redis server that runs in this process. */
export interface EmbeddedRedis {
  readonly host: string;
  readonly port: number;
  /**
   * Saves what has changed, if there is a data folder, and closes every connection. Calling it again does nothing.
   *
   * @throws DextError `DEXT_EMBEDDED_REDIS_SAVE_FAILED` when the data could not be saved; everything is closed then too.
   */
  close(): Promise<void>;
}

/**
 * Starts a Redis server of our own, for machines that have neither a container engine nor redis-server.
 *
 * @throws DextError `DEXT_EMBEDDED_REDIS_PORT_TAKEN`, `DEXT_EMBEDDED_REDIS_LISTEN_FAILED`,
 * `DEXT_EMBEDDED_REDIS_DATA_FOLDER`, `DEXT_EMBEDDED_REDIS_SNAPSHOT_BROKEN`, `DEXT_EMBEDDED_REDIS_SNAPSHOT_VERSION`.
 */
export async function startEmbeddedRedis({
  host = "127.0.0.1",
  port = 0,
  password = "",
  dataDirectory,
  onShutdown = () => {},
  ...options
}: EmbeddedRedisOptions = {}): Promise<EmbeddedRedis> {
  const engine = new Engine({
    ...options,
    commands: allCommands,
    settings: {
      bind: host,
      dir: dataDirectory ?? "",
      // What clients send is one character per byte.
      requirepass: Buffer.from(password, "utf8").toString("latin1"),
    },
    onShutdown: () => void close({ mustSave: false }).then(onShutdown),
  });
  // The data first: a port that answers must answer with them.
  const store = dataDirectory === undefined ? undefined : new SnapshotStore(engine, dataDirectory);
  engine.persistence = store;
  const { server, connections } = createListener(engine);
  const address = await listen(server, { host, port });
  engine.settings.set("port", String(address.port));
  engine.watchExpiry();

  let closing: Promise<void> | undefined;
  const close = (how: { mustSave: boolean }): Promise<void> => {
    closing ??= closeAll({ engine, server, connections, store, ...how });
    return closing;
  };
  return { host, port: address.port, close: () => close({ mustSave: true }) };
}

function createListener(engine: Engine): { server: Server; connections: Set<Connection> } {
  const connections = new Set<Connection>();
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = new Connection(engine, socket);
    connections.add(connection);
    socket.once("close", () => connections.delete(connection));
  });
  return { server, connections };
}

interface Running {
  engine: Engine;
  server: Server;
  connections: ReadonlySet<Connection>;
  store: SnapshotStore | undefined;
  mustSave: boolean;
}

async function closeAll({ engine, server, connections, store, mustSave }: Running): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const connection of connections) connection.destroy();
  try {
    store?.close({ mustSave });
  } finally {
    engine.close();
    await closed;
  }
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(listenFailed(cause, { host, port })));
    server.listen({ host, port }, () => resolve(server.address() as AddressInfo));
  });
}

function listenFailed(
  cause: NodeJS.ErrnoException,
  { host, port }: { host: string; port: number },
): DextError {
  const details = { host, port };
  if (cause.code === "EADDRINUSE") {
    return startError(
      "DEXT_EMBEDDED_REDIS_PORT_TAKEN",
      `The embedded Redis server cannot listen on "${host}:${port}": another process has the port`,
      { hint: "Choose another port, or 0 for a free one.", cause, details },
    );
  }
  return startError(
    "DEXT_EMBEDDED_REDIS_LISTEN_FAILED",
    `The embedded Redis server cannot listen on "${host}:${port}": ${cause.message}`,
    { hint: "Give an address of this machine and a port that this user may use.", cause, details },
  );
}
