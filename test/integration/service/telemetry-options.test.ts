import { existsSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { requirement } from "../../fixtures/requirement.ts";
import { telemetrySuite } from "../../fixtures/service/telemetry-suite.ts";
import { preload } from "../../fixtures/telemetry-program.ts";
import type { TelemetryProgram, TelemetryProgramOptions } from "../../fixtures/telemetry-program.ts";

const redisServer = ["/usr/bin", "/usr/local/bin"].map((folder) => `${folder}/redis-server`).find(existsSync);
const redis = requirement("redis", () => redisServer !== undefined);

vi.setConfig({ testTimeout: 60_000 });

const suite = telemetrySuite();

function start(source: string, options: Partial<TelemetryProgramOptions> = {}): Promise<TelemetryProgram> {
  return suite.start({ file: "program.mjs", source, ...options });
}

/** Runs a program to its natural end. */
async function run(source: string, options: Partial<TelemetryProgramOptions> = {}): Promise<string> {
  const program = await start(source, options);
  expect(await program.ended).toBe(0);
  return program.output;
}

const hello = 'console.log("hello");';
const bodies = (): unknown[] => suite.receiver.logs.map(({ body }) => body);

describe("what is sent", () => {
  test.each([
    ["protobuf", { OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" }, "application/x-protobuf"],
    ["JSON", { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }, "application/json"],
  ])("is %s, packed when asked for, with the headers given", async (_title, environment, type) => {
    await run(`${hello} console.warn("number %d", 7);`, {
      environment: {
        ...environment,
        OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
        OTEL_EXPORTER_OTLP_HEADERS: "x-otlp-api-key=secret",
      },
    });
    expect(bodies()).toEqual(["hello", "number 7"]);
    expect(suite.receiver.points.length).toBeGreaterThan(10);
    for (const { headers } of suite.receiver.requests) {
      expect(headers).toMatchObject({
        "content-type": type,
        "content-encoding": "gzip",
        "x-otlp-api-key": "secret",
      });
      expect(headers["traceparent"]).toBeUndefined();
    }
  });

  test("goes where each kind is sent, and only that", async () => {
    await run(hello, {
      environment: {
        OTEL_EXPORTER_OTLP_ENDPOINT: "",
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${suite.receiver.url}/v1/logs`,
      },
    });
    expect(bodies()).toEqual(["hello"]);
    expect(suite.receiver.points).toEqual([]);
  });

  test("to the console is a line of JSON on the standard output", async () => {
    const output = await run(hello, {
      environment: { OTEL_LOGS_EXPORTER: "console", OTEL_METRICS_EXPORTER: "none" },
    });
    expect(suite.receiver.requests).toEqual([]);
    const [line, batch] = output.trim().split("\n");
    expect(line).toBe("hello");
    expect(JSON.parse(batch ?? "")).toMatchObject({
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: "hello" } }] }] }],
    });
  });

  test("over gRPC is refused with one warning", async () => {
    const output = await run(hello, { environment: { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" } });
    expect(output).toContain("DEXT_TELEMETRY_SETTING");
    expect(suite.receiver.requests).toEqual([]);
  });

  test("names the service after its package when it has no other name", async () => {
    const program = await start(hello, {
      environment: { OTEL_SERVICE_NAME: "" },
      files: { "package.json": '{ "name": "@shop/api" }' },
    });
    await program.ended;
    expect(suite.receiver.logs).toEqual([expect.objectContaining({ service: "@shop/api" })]);
  });
});

test("every way to say something on the console is one record with its level", async () => {
  const output = await run(
    `for (const method of ["debug", "log", "info", "warn", "error", "trace"]) console[method]("by %s", method);
     console.assert(false, "an assertion");
     console.log({ a: 1 }, Symbol("s"), 5n);
     console.log('{"level":"warn","msg":"of a logger","user":"ada"}');
     const { log } = console;
     log("taken out");
     console.log({ get broken() { throw new Error("x"); }, toString() { throw new Error("y"); } });`,
  );
  expect(suite.receiver.logs.map(({ severityText, body }) => [severityText, body])).toEqual([
    ["DEBUG", "by debug"],
    ["INFO", "by log"],
    ["INFO", "by info"],
    ["WARN", "by warn"],
    ["ERROR", "by error"],
    ["TRACE", "by trace"],
    ["WARN", "Assertion failed: an assertion"],
    ["INFO", "{ a: 1 } Symbol(s) 5n"],
    ["WARN", "of a logger"],
    ["INFO", "taken out"],
    ["INFO", expect.stringContaining("broken")],
  ]);
  expect(suite.receiver.logs[8]?.attributes).toEqual({ user: "ada" });
  expect(output.match(/by trace/g)).toHaveLength(1);
});

describe("the preload", () => {
  test.each([
    ["by --import and its name", ["--import", "@dext/service/telemetry"]],
    ["by --require and its name", ["--require", "@dext/service/telemetry"]],
    ["twice, by the environment and by the program", ["--import", "@dext/service/telemetry"], true],
  ])("works %s", async (_title, args, keepsEnvironment = false) => {
    await run(`import "@dext/service/telemetry"; ${hello}`, {
      command: [process.execPath, ...args, "program.mjs"],
      ...(keepsEnvironment ? {} : { environment: { NODE_OPTIONS: "" } }),
    });
    expect(bodies()).toEqual(["hello"]);
  });

  test("does nothing without an endpoint", async () => {
    const output = await run(
      `console.log(Object.getOwnPropertySymbols(globalThis).map(String).filter((name) => /dext|opentelemetry/.test(name)).length,
         process.listenerCount("beforeExit"), console.log.name, process.moduleLoadList.includes("NativeModule http"));`,
      { environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "" } },
    );
    expect(output).toBe("0 0 log false\n");
  });

  test("is for the script that npm runs, not for npm, nor for what the script builds with", async () => {
    await run(hello, {
      command: ["npm", "run", "--silent", "start"],
      files: {
        "package.json": '{ "name": "x", "scripts": { "start": "tsc --version && node program.mjs" } }',
      },
    });
    expect(bodies()).toEqual(["hello"]);
    expect(new Set(suite.receiver.points.map(({ name }) => name)).size).toBeGreaterThan(5);
    expect(suite.receiver.requests.filter(({ path }) => path === "/v1/logs")).toHaveLength(1);
  });

  test("is for the program that node --watch runs, not for the process that watches", async () => {
    const program = await start(`${hello} setInterval(() => {}, 1000);`, {
      command: [process.execPath, "--watch", "program.mjs"],
    });
    await suite.receiver.wait(({ logs, points }) => logs.length > 0 && points.length > 0);
    expect(bodies()).toEqual(["hello"]);
    expect(suite.receiver.logs[0]?.resource["process.pid"]).not.toBe(program.child.pid);
  });

  test("is not for worker threads", async () => {
    await run(
      `import { Worker } from "node:worker_threads";
       new Worker("console.log('from the worker')", { eval: true }).on("exit", () => console.log("main"));`,
    );
    expect(bodies()).toEqual(["main"]);
  });

  test("leaves a program alone that set OpenTelemetry up before", async () => {
    const output = await run(
      `import { trace } from "@opentelemetry/api";
       console.log(trace.getTracer("x").startSpan("y").constructor.name);`,
      {
        command: [process.execPath, "--require", "./own.cjs", "--require", preload, "program.mjs"],
        environment: { NODE_OPTIONS: "" },
        files: {
          "own.cjs": `const { trace } = require("@opentelemetry/api");
            class OwnSpan {}
            trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: () => new OwnSpan() }) });`,
        },
      },
    );
    expect(output).toBe("OwnSpan\n");
    expect(suite.receiver.requests).toEqual([]);
  });
});

describe("spans of one's own", () => {
  test("stand between those that are made by themselves", async () => {
    const program = await start(
      `import { createServer } from "node:http";
       import { currentTrace, instrument, withSpan } from "@dext/service";
       const add = instrument("add", async (a, b) => a + b, { attributes: { "app.kind": "sum" } });
       const server = createServer(async (request, response) => {
         const message = await withSpan("outer", async (span) => {
           span.setAttribute("app.answer", 42);
           await add(1, 2);
           return { text: "x", ...currentTrace() };
         }, { kind: "producer" });
         try {
           withSpan("failing", () => { throw new RangeError("too far"); });
         } catch {}
         await new Promise((resolve) => setImmediate(resolve));
         process.nextTick(() => withSpan("handle", () => {}, { kind: "consumer", continues: message }));
         response.end();
       }).listen(0, "127.0.0.1", () => process.stdout.write("port=" + server.address().port + "\\n"));`,
    );
    await (await program.get("/")).text();
    await suite.receiver.wait(({ spans }) => spans.length === 5);
    const span = (name: string) => suite.receiver.spans.find((each) => each.name === name);
    expect(span("outer")).toMatchObject({
      kind: "producer",
      parentSpanId: span("GET")?.spanId,
      attributes: { "app.answer": 42 },
    });
    expect(span("add")).toMatchObject({
      kind: "internal",
      parentSpanId: span("outer")?.spanId,
      attributes: { "app.kind": "sum" },
    });
    expect(span("failing")).toMatchObject({
      status: "error",
      parentSpanId: span("GET")?.spanId,
      events: [{ name: "exception", attributes: { "exception.type": "RangeError" } }],
    });
    expect(span("handle")).toMatchObject({
      kind: "consumer",
      traceId: span("GET")?.traceId,
      parentSpanId: span("outer")?.spanId,
    });
  });
});

/** A program that answers with a handler. */
const server = (handler: string): string => `
  import http, { createServer } from "node:http";
  import { trace } from "@opentelemetry/api";
  const server = createServer(${handler})
    .listen(0, "127.0.0.1", () => process.stdout.write("port=" + server.address().port + "\\n"));`;

describe("requests", () => {
  test("of health checks are measured, but make no spans, nor does what they do", async () => {
    const program = await start(
      server(`async (request, response) => {
        if (request.url === "/health") await fetch("http://127.0.0.1:" + server.address().port + "/deeper");
        response.end();
      }`),
    );
    await program.get("/health");
    await program.get("/seen");
    await suite.receiver.wait(
      ({ spans, points }) => spans.length > 0 && points.some(({ count }) => count === 3),
    );
    // What a health check calls is a request like any other to the one who is called.
    expect(suite.receiver.spans.map(({ attributes }) => attributes["url.path"])).toEqual([
      "/deeper",
      "/seen",
    ]);
    expect(suite.receiver.spans.every(({ parentSpanId }) => parentSpanId === "")).toBe(true);
  });

  test("whose answer nobody reads end, as they do without telemetry", async () => {
    const program = await start(
      server(`(request, response) => {
        if (request.url === "/inner") return response.end("x".repeat(100_000));
        const inner = http.get("http://127.0.0.1:" + server.address().port + "/inner");
        inner.on("close", () => response.end("closed"));
      }`),
    );
    expect(await (await program.get("/")).text()).toBe("closed");
    await suite.receiver.wait(({ spans }) => spans.length === 3);
  });

  test("that fail say why; secrets in addresses are hidden; a route is told", async () => {
    // A port that nobody listens at any more.
    const program = await start(
      `import { once } from "node:events";
      import { createServer as createNetServer } from "node:net";
      const probe = createNetServer().listen(0, "127.0.0.1");
      await once(probe, "listening");
      const nobody = probe.address().port;
      await once(probe.close(), "close");
      ${server(`async (request, response) => {
        trace.getActiveSpan()?.setAttribute("http.route", "/users/:id");
        await fetch("http://127.0.0.1:" + nobody + "/?token=hush").catch(() => {});
        await new Promise((resolve) => http.get("http://ada:hush@127.0.0.1:" + nobody).on("error", resolve));
        response.writeHead(503).end();
      }`)}`,
    );
    await program.get("/users/7?api_key=hush&page=2");
    await suite.receiver.wait(({ spans }) => spans.length === 3);
    const clients = suite.receiver.spans.filter(({ kind }) => kind === "client");
    expect(clients).toEqual([
      expect.objectContaining({ status: "error" }),
      expect.objectContaining({ status: "error" }),
    ]);
    expect(clients.map(({ attributes }) => attributes["error.type"])).toEqual([
      "ECONNREFUSED",
      "ECONNREFUSED",
    ]);
    expect(suite.receiver.spans.find(({ kind }) => kind === "server")).toMatchObject({
      name: "GET /users/:id",
      status: "error",
      attributes: { "http.route": "/users/:id", "error.type": "503", "http.response.status_code": 503 },
    });
    expect(JSON.stringify(suite.receiver.spans)).not.toContain("hush");
  });

  test("go on with the trace of the caller, and leave a header alone that names another", async () => {
    const program = await start(
      server(`async (request, response) => {
        if (request.url === "/inner") return response.end(request.headers.traceparent);
        const url = "http://127.0.0.1:" + server.address().port + "/inner";
        const other = "00-" + "ab".repeat(16) + "-" + "cd".repeat(8) + "-01";
        const own = request.headers.traceparent;
        const answers = [];
        for (const traceparent of [other, own]) {
          answers.push(await (await fetch(url, { headers: { traceparent } })).text());
          answers.push(await new Promise((resolve) => http.get(url, { headers: { traceparent } }, async (answer) => {
            for await (const chunk of answer) resolve(String(chunk));
          })));
        }
        response.end(JSON.stringify(answers));
      }`),
    );
    const traceId = "12".repeat(16);
    const traceparent = `00-${traceId}-${"34".repeat(8)}-01`;
    const answers = (await (await program.get("/", { headers: { traceparent } })).json()) as string[];
    const other = `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01`;
    expect(answers.slice(0, 2)).toEqual([other, other]);
    for (const answer of answers.slice(2)) {
      expect(answer).toMatch(new RegExp(`^00-${traceId}-`));
      expect(answer).not.toBe(traceparent);
    }
    await suite.receiver.wait(({ spans }) =>
      spans.some(({ parentSpanId }) => parentSpanId === "34".repeat(8)),
    );
  });

  test("on connections that are kept open are spans of their own", async () => {
    const program = await start(
      server(`(request, response) => {
        console.log("asked for " + request.url);
        setTimeout(() => response.end(), 5);
      }`),
    );
    await Promise.all(
      Array.from({ length: 20 }, async (_none, index) => (await program.get(`/${index}`)).text()),
    );
    await suite.receiver.wait(({ spans, logs }) => spans.length === 20 && logs.length === 20);
    for (const span of suite.receiver.spans) {
      expect(span.parentSpanId).toBe("");
      const [log, ...more] = suite.receiver.logs.filter(({ spanId }) => spanId === span.spanId);
      expect(more).toEqual([]);
      expect(log?.body).toBe(`asked for ${String(span.attributes["url.path"])}`);
    }
    expect(new Set(suite.receiver.spans.map(({ traceId }) => traceId)).size).toBe(20);
  });
});

describe.skipIf(!redis.available)(`Redis ${redis.reason}`, () => {
  test.each([
    [
      "redis",
      'const { createClient } = await import("redis"); const client = createClient({ url }); await client.connect();',
      "getRange",
    ],
    ["ioredis", 'const { Redis } = await import("ioredis"); const client = new Redis(url);', "getrange"],
  ])(
    "commands by %s are spans within a span, without the values that they write",
    async (_name, connect, get) => {
      await start(
        `import { spawn } from "node:child_process";
       import { mkdtempSync } from "node:fs";
       import { createServer } from "node:net";
       import { withSpan } from "@dext/service";
       const probe = createServer().listen(0, "127.0.0.1");
       await new Promise((resolve) => probe.once("listening", resolve));
       const { port } = probe.address();
       await new Promise((resolve) => probe.close(resolve));
       const server = spawn("redis-server", ["--port", String(port), "--save", "", "--dir", mkdtempSync("redis-")]);
       await new Promise((resolve) => server.stdout.on("data", (text) => String(text).includes("Ready to accept") && resolve()));
       const url = "redis://127.0.0.1:" + port;
       ${connect}
       await client.set("outside", "1");
       await withSpan("work", async () => {
         await client.set("key", "hush");
         await client.exists("missing");
         await client.multi().set("a", "hush").incr("n").exec();
         await client.${get}("key", 0, "x").catch(() => {});
       });
       console.log("done");
       server.kill();
       await (client.quit?.() ?? client.close()).catch?.(() => {});`,
      );
      await suite.receiver.wait(({ logs }) => logs.some(({ body }) => body === "done"));
      await suite.receiver.wait(({ spans }) => spans.some(({ name }) => name === "work"));
      const work = suite.receiver.spans.find(({ name }) => name === "work");
      const spans = suite.receiver.spans.filter(({ kind }) => kind === "client");
      expect(spans.every(({ parentSpanId }) => parentSpanId === work?.spanId)).toBe(true);
      const find = (text: string) =>
        spans.find(({ attributes }) => String(attributes["db.query.text"]).toLowerCase().startsWith(text));
      expect(find("exists missing")).toMatchObject({
        status: "unset",
        attributes: { "db.system.name": "redis", "db.namespace": "0", "server.address": "127.0.0.1" },
      });
      expect(find("set key ?")).toMatchObject({ status: "unset" });
      expect(find("getrange key 0 x")).toMatchObject({ status: "error" });
      expect(find("set outside")).toBeUndefined();
      expect(spans.filter(({ attributes }) => attributes["db.operation.batch.size"] === 2)).toHaveLength(1);
      expect(JSON.stringify(spans)).not.toContain("hush");
    },
  );
});
