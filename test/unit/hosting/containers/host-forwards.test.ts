import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { DextError } from "@dext/core";
import { HostForwards } from "../../../../hosting/src/containers/host-forwards.ts";

const subnet = "127.0.0.0/8";
const place = { gateway: "127.0.0.1", subnet };
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

async function listen(onConnection: (write: (text: string) => void) => void = () => {}): Promise<Server> {
  const server = createServer((socket) => onConnection((text) => socket.end(text)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(server);
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function forwardsAt(
  port: number,
): Promise<{ forwards: HostForwards; failures: DextError[]; target: Server }> {
  const failures: DextError[] = [];
  const target = await listen((write) => write("here"));
  const forwards = new HostForwards({
    reservePort: () => Promise.resolve(port),
    onFailure: (error) => failures.push(error),
  });
  open.push(forwards);
  await forwards.prepare([{ host: "127.0.0.1", port: portOf(target) }]);
  expect(forwards.portOf({ host: "127.0.0.1", port: portOf(target) })).toBe(port);
  return { forwards, failures, target };
}

async function read(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}

describe("a forwarder whose port is taken", () => {
  it("is thrown where the address is there", async () => {
    const { forwards, failures } = await forwardsAt(portOf(await listen()));
    await expect(forwards.open(place)).rejects.toMatchObject({ code: "DEXT_CONTAINER_HOST_UNREACHABLE" });
    expect(failures).toEqual([]);
  });

  it("is told where the address comes with the first container, and tried again with the next one", async () => {
    const other = await listen();
    const port = portOf(other);
    const { forwards, failures } = await forwardsAt(port);
    await forwards.open({ ...place, comesLater: true });
    await expect
      .poll(() => failures)
      .toMatchObject([
        {
          code: "DEXT_CONTAINER_HOST_UNREACHABLE",
          message: expect.stringMatching(/127\.0\.0\.1:\d+ cannot be listened on \(.*EADDRINUSE/) as string,
        },
      ]);
    await new Promise((resolve) => other.close(resolve));
    await forwards.open({ ...place, comesLater: true });
    await expect.poll(() => read(port).catch(() => "")).toBe("here");
    expect(failures).toHaveLength(1);
  });

  it("is not told when the run ends while the address is waited for", async () => {
    const { forwards, failures } = await forwardsAt(1);
    await forwards.open({ gateway: "192.0.2.1", subnet: "192.0.2.0/24", comesLater: true });
    await forwards.close();
    expect(failures).toEqual([]);
  });
});
