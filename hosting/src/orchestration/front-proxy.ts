import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import type { Closable } from "./closers.ts";

/** Where a connection may go on to. */
export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

/**
 * Listens on a fixed port of loopback and hands each connection to one of several targets in turn. A target that refuses
 * is passed over.
 *
 * @throws the error of the socket, when the port is taken
 */
export async function startFrontProxy(
  port: number,
  targets: () => readonly ProxyTarget[],
): Promise<Closable> {
  const sockets = new Set<Socket>();
  let turn = 0;
  const onConnection = (client: Socket): void => {
    sockets.add(client);
    client.once("close", () => sockets.delete(client));
    // Errors of a connection end that connection and nothing else.
    client.on("error", () => client.destroy());
    const all = targets();
    const order = all
      .map((_, index) => all[(turn + index) % all.length])
      .filter((target) => target !== undefined);
    turn += 1;
    forward(client, { order, sockets });
  };
  const servers: Server[] = [];
  for (const host of ["127.0.0.1", "::1"]) {
    const server = createServer({ pauseOnConnect: true }, onConnection);
    const isListening = await listen(server, { host, port });
    if (isListening) servers.push(server);
  }
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(
        servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
      );
    },
  };
}

function forward(
  client: Socket,
  { order, sockets }: { order: readonly ProxyTarget[]; sockets: Set<Socket> },
): void {
  const [target, ...others] = order;
  if (target === undefined) {
    client.destroy();
    return;
  }
  const upstream = connect({ host: target.host, port: target.port });
  sockets.add(upstream);
  upstream.once("close", () => sockets.delete(upstream));
  const passOver = (): void => {
    upstream.destroy();
    forward(client, { order: others, sockets });
  };
  upstream.once("error", passOver);
  upstream.once("connect", () => {
    upstream.off("error", passOver).on("error", () => client.destroy());
    client.once("close", () => upstream.destroy());
    upstream.once("close", () => client.destroy());
    client.pipe(upstream);
    upstream.pipe(client);
  });
}

/** A machine without IPv6 has no `::1` to listen on. */
function listen(server: Server, { host, port }: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (host === "::1" && (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT")) resolve(false);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => resolve(true));
  });
}
