import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { answerWith } from "../../../../playground/service/src/fetch-handler.ts";
import type { FetchHandler } from "../../../../playground/service/src/fetch-handler.ts";

let close: (() => Promise<unknown>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

async function listen(
  handler: FetchHandler,
  options: { health?: () => string[]; stopping?: AbortSignal } = {},
): Promise<number> {
  const { health = () => [], stopping = new AbortController().signal } = options;
  const server = createServer(answerWith(handler, { health, stopping }));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return (server.address() as AddressInfo).port;
}

async function ask(
  port: number,
  { method = "GET", path = "/", headers = {}, body = "" },
): Promise<{ status: number | undefined; body: string; connection: string | undefined }> {
  const request = send({ host: "127.0.0.1", port, method, path, headers });
  request.end(body);
  const [response] = await once(request, "response");
  return { status: response.statusCode, body: await text(response), connection: response.headers.connection };
}

const echo: FetchHandler = async (request) =>
  new Response(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`);

describe("a fetch handler behind node:http", () => {
  it("is given method, path and body", async () => {
    const port = await listen(echo);
    expect(await ask(port, { method: "POST", path: "/orders", body: "two mugs" })).toMatchObject({
      status: 200,
      body: "POST /orders two mugs",
    });
  });

  it("answers HEAD like GET, without the body", async () => {
    const port = await listen(echo);
    expect(await ask(port, { method: "HEAD", path: "/" })).toMatchObject({ status: 200, body: "" });
  });

  it("is not given more than 16 KiB", async () => {
    const port = await listen(echo);
    expect(await ask(port, { method: "POST", body: "x".repeat(16 * 1024 + 1) })).toMatchObject({
      status: 413,
    });
  });

  it("is not given a body that hides its length", async () => {
    const port = await listen(echo);
    const headers = { "transfer-encoding": "chunked" };
    expect(await ask(port, { method: "POST", headers, body: "x" })).toMatchObject({ status: 413 });
  });

  it.each([
    { method: "OPTIONS", path: "*" },
    { method: "TRACE", path: "/" },
    { method: "GET", path: "//" },
    { method: "GET", path: "http://[/" },
  ])("outlives $method $path", async ({ method, path }) => {
    const port = await listen(echo);
    const { status } = await ask(port, { method, path });
    expect(status).toBeLessThan(500);
    expect(await ask(port, {})).toMatchObject({ status: 200 });
  });

  it("hears that a reader of a stream has left", async () => {
    const left = Promise.withResolvers<string>();
    const port = await listen(async () => {
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("a")),
        cancel: () => left.resolve("left"),
      });
      return new Response(body);
    });
    const request = send({ host: "127.0.0.1", port });
    request.end();
    const [response] = await once(request, "response");
    await once(response, "data");
    response.destroy();
    expect(await left.promise).toBe("left");
  });
});

describe("/health", () => {
  it("says Healthy while every check holds", async () => {
    const port = await listen(echo);
    expect(await ask(port, { path: "/health" })).toMatchObject({ status: 200, body: "Healthy" });
  });

  it("names the checks that fail", async () => {
    const port = await listen(echo, { health: () => ["redis", "disk"] });
    expect(await ask(port, { path: "/health" })).toMatchObject({
      status: 503,
      body: "Unhealthy: redis, disk",
    });
  });

  it("closes the connection once the service stops", async () => {
    const port = await listen(echo, { stopping: AbortSignal.abort() });
    expect(await ask(port, { headers: { connection: "keep-alive" } })).toMatchObject({ connection: "close" });
  });
});
