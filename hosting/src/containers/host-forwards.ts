import { BlockList, connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { sleep } from "@dext/core";
import type { DextError } from "@dext/core";
import { containerError } from "./error-codes.ts";

/** Something on this machine that containers are to reach. */
export interface HostTarget {
  readonly host: string;
  readonly port: number;
}

/** Where forwarders listen. */
export interface ForwardPlace {
  /** The address of this machine in the network of the run. */
  readonly gateway: string;
  /** The network, such as `172.19.0.0/16`: whoever calls from elsewhere is sent away. */
  readonly subnet: string;
  /** The address is there only while a container is in the network: it is waited for. */
  readonly comesLater?: boolean;
}

/** Between two looks for an address that comes later, in milliseconds. */
const addressPause = 50;

/**
 * Lets containers reach what listens on this machine's loopback: for each target, on request, a port of the bridge's
 * gateway whose connections are passed on. Numbers are known before anything listens, so that they can be written into
 * an environment.
 */
export class HostForwards {
  readonly #reservePort: () => Promise<number>;
  readonly #onFailure: (error: DextError) => void;
  readonly #ports: Map<string, number> = new Map();
  readonly #wanted: Map<string, HostTarget> = new Map();
  readonly #servers: Map<string, Promise<Server>> = new Map();
  readonly #sockets: Set<Socket> = new Set();
  readonly #closing: AbortController = new AbortController();

  /** @param options.onFailure told of a target that cannot be listened for, where {@link open} does not wait for it. */
  constructor({
    reservePort,
    onFailure = () => undefined,
  }: {
    reservePort: () => Promise<number>;
    onFailure?: (error: DextError) => void;
  }) {
    this.#reservePort = reservePort;
    this.#onFailure = onFailure;
  }

  /** Finds a number for each target that may be asked for. */
  async prepare(targets: Iterable<HostTarget>): Promise<void> {
    for (const target of targets) {
      if (!this.#ports.has(keyOf(target))) this.#ports.set(keyOf(target), await this.#reservePort());
    }
  }

  /** The port at which a target is reached once {@link open} has been called. */
  portOf(target: HostTarget): number | undefined {
    const port = this.#ports.get(keyOf(target));
    if (port !== undefined) this.#wanted.set(keyOf(target), target);
    return port;
  }

  /**
   * Listens for every target whose port was asked for, or begins to wait for the address to listen on. What has failed
   * before is tried again.
   *
   * @throws DextError `DEXT_CONTAINER_HOST_UNREACHABLE`
   */
  async open(place: ForwardPlace): Promise<void> {
    for (const [key, target] of this.#wanted) {
      if (!this.#servers.has(key)) this.#begin(key, { target, place });
    }
    if (place.comesLater !== true) await Promise.all(this.#servers.values());
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error("the run is over"));
    const servers = await Promise.allSettled(this.#servers.values());
    this.#servers.clear();
    const closed = servers.flatMap((server) =>
      server.status === "rejected"
        ? []
        : [new Promise<void>((resolve) => server.value.close(() => resolve()))],
    );
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  #begin(key: string, { target, place }: { target: HostTarget; place: ForwardPlace }): void {
    const server = this.#listen(target, place);
    this.#servers.set(key, server);
    server.catch((error: unknown) => {
      this.#servers.delete(key);
      if (place.comesLater === true && !this.#closing.signal.aborted) this.#onFailure(error as DextError);
    });
  }

  async #listen(target: HostTarget, place: ForwardPlace): Promise<Server> {
    const { gateway, subnet, comesLater = false } = place;
    const port = this.#ports.get(keyOf(target)) ?? 0;
    const callers = new BlockList();
    const [address = "", prefix = "32"] = subnet.split("/");
    const family = address.includes(":") ? "ipv6" : "ipv4";
    callers.addSubnet(address, Number(prefix), family);
    const accept = (socket: Socket): void => {
      if (socket.remoteAddress === undefined || !callers.check(socket.remoteAddress, family))
        socket.destroy();
      else this.#pass(socket, target);
    };
    for (;;) {
      try {
        return await listenOn(gateway, { port, accept });
      } catch (cause) {
        if (!comesLater || (cause as NodeJS.ErrnoException).code !== "EADDRNOTAVAIL")
          throw cannotListen(target, { gateway, port, cause: cause as Error });
      }
      await sleep(addressPause, { signal: this.#closing.signal });
    }
  }

  #pass(socket: Socket, target: HostTarget): void {
    const upstream = connect({ host: target.host, port: target.port, noDelay: true });
    socket.setNoDelay(true);
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      this.#sockets.add(one);
      one.once("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.on("error", () => other.destroy());
      one.pipe(other);
    }
  }
}

/** Whether a port of that address can be listened on: not when the bridge is in a virtual machine. */
export function canListenOn(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host, port: 0, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function listenOn(
  host: string,
  { port, accept }: { port: number; accept: (socket: Socket) => void },
): Promise<Server> {
  const server = createServer(accept);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

function keyOf({ host, port }: HostTarget): string {
  return `${host} ${port}`;
}

function cannotListen(
  target: HostTarget,
  { gateway, port, cause }: { gateway: string; port: number; cause: Error },
): DextError {
  return containerError(
    "DEXT_CONTAINER_HOST_UNREACHABLE",
    `Containers cannot be let through to port ${target.port} of this machine: ${gateway}:${port} cannot be listened on (${cause.message})`,
    { hint: "Start it again: another port is taken then.", cause, details: { gateway, port } },
  );
}
