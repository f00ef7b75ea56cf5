import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

/**
 * Ports of loopback that are free for TCP and for UDP right now, for what a server needs for itself. Its endpoints have
 * ports that are reserved for the run: those are held over UDP and of no use to a server that listens there, too.
 */
export async function findFreePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  const isFree = await Promise.all(ports.map(isUdpFree));
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  const free = ports.filter((_, index) => isFree[index]);
  return free.length === count ? free : [...free, ...(await findFreePorts(count - free.length))];
}

async function listenAnywhere(): Promise<ReturnType<typeof createServer>> {
  const server = createServer().listen({ port: 0, host: "127.0.0.1", exclusive: true });
  await once(server, "listening");
  return server;
}

async function isUdpFree(port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  try {
    socket.bind({ port, address: "127.0.0.1", exclusive: true });
    await once(socket, "listening");
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
