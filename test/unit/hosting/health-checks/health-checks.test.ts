import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { consulHealthCheck } from "../../../../hosting/src/health-checks/consul-health-check.ts";
import { kafkaHealthCheck } from "../../../../hosting/src/health-checks/kafka-health-check.ts";
import { postgresHealthCheck } from "../../../../hosting/src/health-checks/postgres-health-check.ts";
import { rabbitmqHealthCheck } from "../../../../hosting/src/health-checks/rabbitmq-health-check.ts";
import { redisHealthCheck } from "../../../../hosting/src/health-checks/redis-health-check.ts";
import { vaultHealthCheck } from "../../../../hosting/src/health-checks/vault-health-check.ts";
import type { HealthCheck, HealthCheckResult } from "../../../../hosting/src/model/health-check.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function check(
  healthCheck: HealthCheck,
  { port, properties = {} }: { port: number; properties?: Readonly<Record<string, string>> },
): Promise<HealthCheckResult> {
  const all: Readonly<Record<string, string>> = { host: "127.0.0.1", port: String(port), ...properties };
  return await healthCheck({
    signal: AbortSignal.timeout(2000),
    endpoint: () => ({ host: "127.0.0.1", port, url: `http://127.0.0.1:${port}` }),
    property: (name) => Promise.resolve(all[name]),
  });
}

/** A server that answers whatever comes with these bytes, and what it was sent. */
async function answering(answer: string | Uint8Array): Promise<{ port: number; sent: Buffer[] }> {
  const sent: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      sent.push(chunk);
      socket.write(answer);
    });
  });
  return { port: await listen(server), sent };
}

const http = (status: number, body: string) =>
  listen(
    createHttpServer((_, response) => {
      response.writeHead(status).end(body);
    }),
  );

function postgresError(code: string): Buffer {
  const body = Buffer.from(`SFATAL\0C${code}\0Msome reason\0\0`);
  const head = Buffer.from([0x45, 0, 0, 0, body.length + 4]);
  return Buffer.concat([head, body]);
}

describe("the health check of redis", () => {
  test("logs in and pings", async () => {
    const { port, sent } = await answering("+OK\r\n+PONG\r\n");
    const properties = { password: "pä", uri: "redis://:p@h:1" };
    expect(await check(redisHealthCheck({ endpoint: "tcp" }), { port, properties })).toEqual({
      health: "Healthy",
    });
    expect(Buffer.concat(sent).toString()).toBe("*2\r\n$4\r\nAUTH\r\n$3\r\npä\r\n*1\r\n$4\r\nPING\r\n");
  });

  test.each([
    ["-WRONGPASS invalid\r\n-NOAUTH Authentication required.\r\n", "-WRONGPASS invalid"],
    ["+OK\r\n-LOADING Redis is loading\r\n", "-LOADING Redis is loading"],
  ])("passes on why it is refused: %j", async (answer, reason) => {
    const { port } = await answering(answer);
    expect(
      await check(redisHealthCheck({ endpoint: "tcp" }), { port, properties: { password: "p" } }),
    ).toEqual({
      health: "Unhealthy",
      message: `Redis answered ${JSON.stringify(reason)}`,
    });
  });

  test("fails when nothing listens", async () => {
    const { port } = await answering("");
    servers.pop()?.close();
    await expect(check(redisHealthCheck({ endpoint: "tcp" }), { port })).rejects.toThrow(/ECONNREFUSED/);
  });

  test("ends with its signal when the server says nothing", async () => {
    const { port } = await answering("");
    await expect(check(redisHealthCheck({ endpoint: "tcp" }), { port })).rejects.toThrow(/timeout/);
  });
});

describe("the health check of postgres", () => {
  test.each([
    ["asks for a password", Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 10]), "Healthy"],
    ["wants encryption", postgresError("28000"), "Healthy"],
    ["is starting", postgresError("57P03"), "Unhealthy"],
    ["lacks the database", postgresError("3D000"), "Unhealthy"],
    ["is no postgres", Buffer.from("HTTP/1.1 400"), "Unhealthy"],
  ])("of a server that %s", async (_, answer, health) => {
    const { port } = await answering(answer);
    const properties = { username: "postgres", password: "p" };
    expect(await check(postgresHealthCheck(), { port, properties })).toMatchObject({ health });
  });
});

describe("the health check of rabbitmq", () => {
  test.each([
    ["starts a connection", Buffer.from([1, 0, 0, 0, 0, 1, 0, 0, 10, 0, 10, 0, 9]), "Healthy"],
    ["speaks another version", Buffer.from("AMQP\0\x01\0\0....."), "Unhealthy"],
  ])("of a broker that %s", async (_, answer, health) => {
    const { port, sent } = await answering(answer);
    expect(await check(rabbitmqHealthCheck({ endpoint: "tcp" }), { port })).toMatchObject({ health });
    expect(Buffer.concat(sent).toString("latin1")).toBe("AMQP\0\0\x09\x01");
  });
});

describe("the health check of kafka", () => {
  test.each([
    ["tells its versions", Buffer.from([0, 0, 0, 10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]), "Healthy"],
    ["answers with an error", Buffer.from([0, 0, 0, 10, 0, 0, 0, 1, 0, 35, 0, 0, 0, 0]), "Unhealthy"],
    ["is no kafka", Buffer.from("HTTP/1.1 400"), "Unhealthy"],
  ])("of a broker that %s", async (_, answer, health) => {
    const { port, sent } = await answering(answer);
    expect(await check(kafkaHealthCheck({ endpoint: "tcp" }), { port })).toMatchObject({ health });
    const request = Buffer.concat(sent);
    expect([request.readInt32BE(0), request.readInt16BE(4)]).toEqual([request.length - 4, 18]);
  });
});

test.each([
  [200, '"127.0.0.1:8300"', "Healthy"],
  [200, '""', "Unhealthy"],
  [500, "No cluster leader", "Unhealthy"],
])("the health check of consul that answers %d %s says %s", async (status, body, health) => {
  const port = await http(status, body);
  expect(await check(consulHealthCheck({ endpoint: "http" }), { port })).toMatchObject({ health });
});

test.each([
  [200, "Healthy"],
  [429, "Healthy"],
  [501, "Unhealthy"],
  [503, "Unhealthy"],
])("the health check of vault that answers %d says %s", async (status, health) => {
  const port = await http(status, "{}");
  expect(await check(vaultHealthCheck({ endpoint: "http" }), { port })).toMatchObject({ health });
});

test("the health checks of consul and vault ask below the path that their address has", async () => {
  const asked: string[] = [];
  const port = await listen(
    createHttpServer(({ url = "" }, response) => {
      asked.push(url);
      response.end('"127.0.0.1:8300"');
    }),
  );
  for (const healthCheck of [consulHealthCheck, vaultHealthCheck]) {
    const result = await healthCheck({ endpoint: "http" })({
      signal: AbortSignal.timeout(2000),
      endpoint: () => ({ host: "127.0.0.1", port, url: `http://127.0.0.1:${port}/behind/it` }),
      property: () => Promise.resolve(undefined),
    });
    expect(result).toMatchObject({ health: "Healthy" });
  }
  expect(asked).toEqual(["/behind/it/v1/status/leader", "/behind/it/v1/sys/health"]);
});
