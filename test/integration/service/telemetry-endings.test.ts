import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, test, vi } from "vitest";
import type { OtlpReceiver } from "../../fixtures/otlp-receiver.ts";
import { telemetrySuite } from "../../fixtures/service/telemetry-suite.ts";
import type { TelemetryProgram, TelemetryProgramOptions } from "../../fixtures/telemetry-program.ts";

vi.setConfig({ testTimeout: 60_000 });

const suite = telemetrySuite();

function start(
  source: string,
  options: Partial<TelemetryProgramOptions> & { url?: string } = {},
): Promise<TelemetryProgram> {
  return suite.start({
    file: "program.mjs",
    source,
    ...options,
    environment: {
      // Nothing leaves by itself: what arrives was sent at the end.
      OTEL_BSP_SCHEDULE_DELAY: "60000",
      OTEL_BLRP_SCHEDULE_DELAY: "60000",
      OTEL_METRIC_EXPORT_INTERVAL: "60000",
      ...options.environment,
    },
  });
}

const said = (text: string) => (each: OtlpReceiver) =>
  each.logs.some(({ body }) => typeof body === "string" && body.includes(text));

/** A server that says its port, and "asked" for every request. */
const server = `
import { createServer } from "node:http";
const server = createServer((request, response) => {
  console.log("asked");
  response.end("answer");
}).listen(0, "127.0.0.1", () => process.stdout.write("port=" + server.address().port + "\\n"));
`;

/** The address of a port that nobody listens at. */
async function closedAddress(): Promise<string> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return `http://127.0.0.1:${port}`;
}

describe("at the end of a program", () => {
  test("that has nothing more to do, everything is sent, metrics too", async () => {
    const program = await start('console.log("done");');
    expect(await program.ended).toBe(0);
    expect(suite.receiver.logs).toEqual([expect.objectContaining({ body: "done" })]);
    expect(suite.receiver.points.map(({ name }) => name)).toContain("v8js.memory.heap.used");
  });

  test("that stops in order with @dext/service, everything is sent", async () => {
    const program = await start(`
      import { createService } from "@dext/service";
      const service = createService({ name: "program" });
      service.onShutdown(() => console.log("the last hook"));
      const { url } = await service.serve(() => new Response("answer"), { port: 0 });
      process.stdout.write("port=" + new URL(url).port + "\\n");
    `);
    await (await program.get("/orders")).text();
    process.kill(program.child.pid ?? 0, "SIGTERM");
    expect(await program.ended).toBe(0);
    expect(suite.receiver.spans).toEqual([expect.objectContaining({ kind: "server" })]);
    expect(suite.receiver.points.map(({ name }) => name)).toContain("http.server.request.duration");
    expect(suite.receiver.logs.map(({ body }) => body)).toContain("the last hook");
  });

  test("that calls process.exit, the last lines go over the connection that is open", async () => {
    const program = await start(
      `console.log("first");
       setTimeout(() => { console.log("last words"); process.exit(3); }, 600);`,
      { environment: { OTEL_BLRP_SCHEDULE_DELAY: "100" } },
    );
    expect(await program.ended).toBe(3);
    await suite.receiver.wait(said("last words"));
  });

  test("that throws, the error is sent as well as printed", async () => {
    const program = await start(
      `console.log("first");
       setTimeout(() => { throw new RangeError("too far"); }, 600);`,
      { environment: { OTEL_BLRP_SCHEDULE_DELAY: "100" } },
    );
    expect(await program.ended).toBe(1);
    expect(program.output).toContain("RangeError: too far");
    await suite.receiver.wait(said("too far"));
    expect(suite.receiver.logs.find(({ severityText }) => severityText === "FATAL")).toMatchObject({
      body: "Uncaught RangeError: too far",
      attributes: { "exception.type": "RangeError", "exception.message": "too far" },
    });
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "that does not handle %s, it ends by it at once",
    async (signal) => {
      const program = await start(server);
      await (await program.get("/")).text();
      const startedAt = performance.now();
      process.kill(program.child.pid ?? 0, signal);
      expect(await program.ended).toBe(signal);
      expect(performance.now() - startedAt).toBeLessThan(1_000);
    },
  );

  test("nothing of ours keeps it: not a timer, not a connection", async () => {
    const program = await start('console.log("a"); setTimeout(() => console.log("b"), 700);', {
      environment: { OTEL_BLRP_SCHEDULE_DELAY: "50", OTEL_METRIC_EXPORT_INTERVAL: "50" },
    });
    expect(await program.ended).toBe(0);
    expect(suite.receiver.logs.map(({ body }) => body)).toEqual(["a", "b"]);
  });
});

describe("an endpoint that", () => {
  test("is away is not noticed: no line, no delay", async () => {
    const url = await closedAddress();
    const program = await start(server, { url, environment: { OTEL_BSP_SCHEDULE_DELAY: "50" } });
    for (let count = 0; count < 20; count += 1) expect(await (await program.get("/")).text()).toBe("answer");
    const short = await start('console.log("done");', { url });
    expect(await short.ended).toBe(0);
    expect(short.output).toBe("done\n");
    expect(program.output.replace(/port=\d+\n/, "")).toBe("asked\n".repeat(20));
  });

  test("never answers holds neither requests nor the end of the program, which waits half a second at most", async () => {
    suite.receiver.answer = "never";
    const program = await start(
      `${server}
       server.on("request", (request) => { if (request.url === "/close") { server.close(); server.closeIdleConnections(); } });`,
      { environment: { OTEL_BSP_SCHEDULE_DELAY: "50", OTEL_METRIC_EXPORT_INTERVAL: "50" } },
    );
    for (let count = 0; count < 10; count += 1) {
      expect(await (await program.get("/", { headers: { connection: "close" } })).text()).toBe("answer");
    }
    await suite.receiver.wait(({ requests }) => requests.length > 0);
    await (await program.get("/close", { headers: { connection: "close" } })).text();
    const startedAt = performance.now();
    expect(await program.ended).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test("never answers costs a bounded memory", async () => {
    suite.receiver.answer = "never";
    const program = await start(
      `const text = "x".repeat(1000);
       const write = process.stdout.write.bind(process.stdout);
       process.stdout.write = () => true;
       for (let round = 0; round < 60; round += 1) {
         for (let line = 0; line < 1000; line += 1) console.log(text + line);
         await new Promise((resolve) => setTimeout(resolve, 1));
       }
       globalThis.gc();
       write("heap=" + process.memoryUsage().heapUsed + "\\n");`,
      {
        command: [process.execPath, "--expose-gc", "program.mjs"],
        environment: { OTEL_BLRP_SCHEDULE_DELAY: "20" },
      },
    );
    expect(await program.ended).toBe(0);
    const heap = Number(/heap=(\d+)/.exec(program.output)?.[1]);
    // 60,000 lines of a kilobyte were said; the queue holds 2,048 and one batch is on its way.
    expect(heap).toBeLessThan(40e6);
    expect(suite.receiver.requests.filter(({ path }) => path === "/v1/logs").length).toBeLessThan(3);
  });

  test("is overloaded gets the same batch again, later", async () => {
    suite.receiver.answer = 503;
    const program = await start(server, { environment: { OTEL_BLRP_SCHEDULE_DELAY: "50" } });
    await (await program.get("/")).text();
    await suite.receiver.wait(({ requests }) => requests.some(({ path }) => path === "/v1/logs"));
    suite.receiver.answer = 200;
    await suite.receiver.wait(said("asked"));
    expect(suite.receiver.logs).toHaveLength(1);
  });

  test("closes the connection between two exports gets them all", async () => {
    const program = await start(server, { environment: { OTEL_BLRP_SCHEDULE_DELAY: "50" } });
    for (let count = 1; count <= 3; count += 1) {
      await (await program.get("/")).text();
      await vi.waitUntil(() => suite.receiver.logs.length === count, { timeout: 5_000 });
      suite.receiver.dropConnections();
    }
    expect(suite.receiver.logs).toHaveLength(3);
  });
});
