import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, expect, it } from "vitest";
import { isPortFree, PortReservations } from "../../../../hosting/src/orchestration/port-reservations.ts";

const open: PortReservations[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((reservations) => reservations.close()));
});

function newReservations(): PortReservations {
  const reservations = new PortReservations();
  open.push(reservations);
  return reservations;
}

it("two runs that reserve at the same time never get the same port", async () => {
  const runs = [newReservations(), newReservations(), newReservations()];
  const ports = await Promise.all(
    runs.flatMap((run) => [Array.from({ length: 60 }, async () => run.reserve())].flat()),
  );
  expect(new Set(ports).size).toBe(180);
});

it("a port that another run holds is passed over, and free again when that run has ended", async () => {
  const first = newReservations();
  const port = await first.reserve();
  const second = newReservations();
  const others = await Promise.all(Array.from({ length: 20 }, () => second.reserve()));
  expect(others).not.toContain(port);
  expect(await isPortFree(port)).toBe(true);
});

it("a port on which something listens is not free, whatever the address family", async () => {
  for (const host of ["127.0.0.1", "::1"]) {
    const server = createServer().listen({ port: 0, host });
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await isPortFree(port)).toBe(false);
    server.close();
  }
});
