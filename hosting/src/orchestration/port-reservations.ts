import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { hostingError } from "../hosting-error.ts";
import { listeningSockets } from "./listening-ports.ts";

const lowest = 10_000;

/**
 * Ports that belong to this run until it ends.
 *
 * A port that is merely free now can be taken by another run before its service listens. So each port is also held as a
 * UDP port on loopback: the kernel lets one process have it, and gives it back however that process ends. Ports come
 * from below the range that the kernel hands to outgoing connections.
 */
export class PortReservations {
  readonly #held: Map<number, Socket> = new Map();
  #highest: number | undefined;
  #table: { at: number; ports: Promise<ReadonlySet<number> | undefined> } | undefined;
  #next: number | undefined;

  /** A port on which nothing listens and which no other run of Dext takes. */
  async reserve(): Promise<number> {
    this.#highest ??= (await firstEphemeralPort()) - 1;
    this.#next ??= lowest + Math.floor(Math.random() * (this.#highest - lowest));
    for (let tried = lowest; tried <= this.#highest; tried += 1) {
      const port: number = this.#next;
      this.#next = port >= this.#highest ? lowest : port + 1;
      if (await this.#take(port)) return port;
    }
    throw hostingError("DEXT_RUN_NO_PORT", `No free port between ${lowest} and ${this.#highest}`, {
      hint: "Stop what holds so many ports: ss -ltnp shows it.",
    });
  }

  /** Gives every port back. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#held.values()].map((socket) => new Promise<void>((done) => socket.close(() => done()))),
    );
    this.#held.clear();
  }

  /** One look at the system's table serves many ports; without one, each is tried. */
  async #isFree(port: number): Promise<boolean> {
    const now = performance.now();
    if (this.#table === undefined || now - this.#table.at > tableAge)
      this.#table = { at: now, ports: takenPorts() };
    const taken = await this.#table.ports;
    return taken === undefined ? isPortFree(port) : !taken.has(port);
  }

  async #take(port: number): Promise<boolean> {
    if (this.#held.has(port)) return false;
    const socket = await holdUdp(port);
    if (socket === undefined) return false;
    if (await this.#isFree(port)) {
      this.#held.set(port, socket);
      return true;
    }
    socket.close();
    return false;
  }
}

/** So long a look at the table of listening sockets is good for, in milliseconds. */
const tableAge = 200;

/** Whether nothing listens on a TCP port of loopback, by IPv4 and by IPv6. */
export async function isPortFree(port: number): Promise<boolean> {
  const [byIpv4, byIpv6] = await Promise.all([canListen(port, "127.0.0.1"), canListen(port, "::1")]);
  return byIpv4 && byIpv6;
}

async function takenPorts(): Promise<ReadonlySet<number> | undefined> {
  const sockets = await listeningSockets();
  return sockets === undefined ? undefined : new Set(sockets.map(({ port }) => port));
}

function holdUdp(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: "udp4" });
    socket.once("error", () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ port, address: "127.0.0.1", exclusive: true }, () => {
      socket.unref();
      resolve(socket);
    });
  });
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // A machine without IPv6 has nobody listening there either.
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code !== "EADDRINUSE" && error.code !== "EACCES"),
    );
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

async function firstEphemeralPort(): Promise<number> {
  try {
    // For example "32768	60999".
    const first = Number.parseInt(await readFile("/proc/sys/net/ipv4/ip_local_port_range", "utf8"), 10);
    if (first > lowest + 5000) return first;
  } catch {
    // Not Linux: the IANA range starts at 49152.
  }
  return 32_768;
}
