import { describe, expect, test, vi } from "vitest";
import { telemetrySuite } from "../../fixtures/service/telemetry-suite.ts";

vi.setConfig({ testTimeout: 60_000 });

const suite = telemetrySuite();

/** A server that calls another one, by `node:http` and by `fetch`, and says so. */
const server = `
const backend = http.createServer((request, response) => response.end(JSON.stringify(request.headers)));
backend.listen(0, "127.0.0.1", () => {
  const url = "http://127.0.0.1:" + backend.address().port;
  const app = http.createServer(async (request, response) => {
    console.log("asked for %s", request.url);
    if (request.url === "/fail") return response.writeHead(500).end();
    const fetched = await (await fetch(url + "/fetched?token=abc")).json();
    log.info({ user: "ada", nested: { deep: true } }, "from pino");
    const got = await new Promise((resolve) => {
      http.get(url + "/got", (answer) => {
        let text = "";
        answer.on("data", (chunk) => (text += chunk)).on("end", () => resolve(JSON.parse(text)));
      });
    });
    console.error(new TypeError("no such thing"));
    response.end(JSON.stringify({ fetched: fetched.traceparent, got: got.traceparent }));
  });
  app.listen(0, "127.0.0.1", () => process.stdout.write("port=" + app.address().port + "\\n"));
});
`;

describe.each([
  {
    kind: "ESM",
    file: "program.mjs",
    head: 'import http from "node:http"; import pino from "pino"; const log = pino();',
  },
  {
    kind: "ESM with named imports",
    file: "program.mjs",
    head: 'import { createServer, get } from "node:http"; import { pino } from "pino"; const http = { createServer, get }; const log = pino();',
  },
  {
    kind: "CommonJS",
    file: "program.cjs",
    head: 'const http = require("http"); const log = require("pino")();',
  },
])("an unchanged $kind program", ({ file, head }) => {
  test("shows its requests as spans of one trace, from the server to both clients", async () => {
    const program = await suite.start({ file, source: head + server });
    const answer = (await (await program.get("/orders?page=2")).json()) as { fetched: string; got: string };
    await suite.receiver.wait(({ spans }) => spans.length >= 5);
    const root = suite.receiver.spans.find(({ attributes }) => attributes["url.path"] === "/orders");
    expect(root).toMatchObject({
      service: "program",
      name: "GET",
      kind: "server",
      parentSpanId: "",
      status: "unset",
      attributes: {
        "http.request.method": "GET",
        "url.scheme": "http",
        "url.path": "/orders",
        "url.query": "page=2",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
        "network.protocol.version": "1.1",
      },
    });
    expect(root?.resource).toMatchObject({
      "service.instance.id": "program-0",
      "telemetry.sdk.language": "nodejs",
      "process.pid": program.child.pid,
    });
    for (const [path, traceparent] of [
      ["/fetched", answer.fetched],
      ["/got", answer.got],
    ] as const) {
      const client = suite.receiver.spans.find(
        ({ kind, attributes }) => kind === "client" && String(attributes["url.full"]).includes(path),
      );
      expect(client).toMatchObject({
        traceId: root?.traceId,
        parentSpanId: root?.spanId,
        name: "GET",
        attributes: { "http.response.status_code": 200, "server.address": "127.0.0.1" },
      });
      expect(traceparent).toBe(`00-${client?.traceId}-${client?.spanId}-01`);
      const called = suite.receiver.spans.find(
        ({ kind, attributes }) => kind === "server" && attributes["url.path"] === path,
      );
      expect(called).toMatchObject({ traceId: client?.traceId, parentSpanId: client?.spanId });
    }
  });

  test("exports the lines of console and pino with the ids of the span that they were said in", async () => {
    const program = await suite.start({ file, source: head + server });
    await program.get("/orders");
    await suite.receiver.wait(({ spans, logs }) => spans.length >= 5 && logs.length >= 3);
    const root = suite.receiver.spans.find(({ attributes }) => attributes["url.path"] === "/orders");
    const ids = { traceId: root?.traceId, spanId: root?.spanId, service: "program" };
    // One batch has them grouped by logger.
    expect(suite.receiver.logs).toHaveLength(3);
    for (const log of [
      expect.objectContaining({ ...ids, body: "asked for /orders", severity: 9, severityText: "INFO" }),
      expect.objectContaining({
        ...ids,
        body: "from pino",
        severity: 9,
        attributes: { user: "ada", nested: { deep: true } },
      }),
      expect.objectContaining({
        ...ids,
        severity: 17,
        severityText: "ERROR",
        attributes: expect.objectContaining({
          "exception.type": "TypeError",
          "exception.message": "no such thing",
          "exception.stacktrace": expect.stringContaining("TypeError: no such thing"),
        }) as unknown,
      }),
    ]) {
      expect(suite.receiver.logs).toContainEqual(log);
    }
    expect(program.output).toContain("asked for /orders");
    expect(program.output).toContain('"msg":"from pino"');
  });

  test("measures requests and its runtime", async () => {
    const program = await suite.start({ file, source: head + server });
    await program.get("/orders");
    const failed = await program.get("/fail");
    expect(failed.status).toBe(500);
    const names = ["http.server.request.duration", "http.client.request.duration", "v8js.gc.duration"];
    await suite.receiver.wait(({ points }) =>
      names.slice(0, 2).every((name) => points.some((point) => point.name === name)),
    );
    await suite.receiver.wait(({ points }) =>
      points.find(
        ({ name, attributes }) =>
          name === "http.server.request.duration" && attributes["http.response.status_code"] === 500,
      ),
    );
    const duration = suite.receiver.points.find(
      ({ name, attributes }) =>
        name === "http.server.request.duration" && attributes["http.response.status_code"] === 500,
    );
    expect(duration).toMatchObject({
      unit: "s",
      type: "histogram",
      count: 1,
      isDelta: false,
      attributes: {
        "http.request.method": "GET",
        "url.scheme": "http",
        "network.protocol.version": "1.1",
        "error.type": "500",
      },
    });
    expect(duration?.bounds).toEqual([
      0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]);
    expect(new Set(suite.receiver.points.map(({ name }) => name))).toEqual(
      new Set([
        "http.server.request.duration",
        "http.client.request.duration",
        ...["min", "max", "mean", "stddev", "p50", "p90", "p99"].map(
          (each) => `nodejs.eventloop.delay.${each}`,
        ),
        "nodejs.eventloop.time",
        "nodejs.eventloop.utilization",
        "v8js.memory.heap.used",
        ...["size", "available_size", "physical_size"].map((each) => `v8js.memory.heap.space.${each}`),
        ...(suite.receiver.points.some(({ name }) => name === "v8js.gc.duration")
          ? ["v8js.gc.duration"]
          : []),
      ]),
    );
  });
});
