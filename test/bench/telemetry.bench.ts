import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../scripts/packages.ts";
import { atLeast, atMost, median, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const preload = createRequire(import.meta.url).resolve("@dext/service/telemetry");
const pairs = 21;
/** The usual set-up by the packages of OpenTelemetry themselves, without any instrumentation. */
const unbundled = `
const { trace, metrics, logs, context, propagation } = require("@opentelemetry/api");
const { AsyncLocalStorageContextManager } = require("@opentelemetry/context-async-hooks");
const { W3CTraceContextPropagator } = require("@opentelemetry/core");
const { defaultResource } = require("@opentelemetry/resources");
const { TracerProvider } = require("@opentelemetry/sdk-trace");
const { MeterProvider } = require("@opentelemetry/sdk-metrics");
const { LoggerProvider } = require("@opentelemetry/sdk-logs");
require("@opentelemetry/otlp-transformer");
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
trace.setGlobalTracerProvider(new TracerProvider({ resource: defaultResource() }));
metrics.setGlobalMeterProvider(new MeterProvider());
logs.setGlobalLoggerProvider(new LoggerProvider());
`;
/** Says what it took until here, and goes: what is to be sent is not waited for. */
const empty = `
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify([(user + system) / 1000, process.memoryUsage().rss / 2 ** 20]));
process.reallyExit(0);
`;
const server = `
const http = require("node:http");
http.createServer((request, response) => response.end("hello"))
  .listen(0, "127.0.0.1", function () { process.stdout.write(this.address().port + "\\n"); });
`;

/** What the preload costs at the start, in memory and for each request, against a bare Node in turn. */
export async function bench(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "dext-telemetry-bench-"));
  // Takes what is sent and throws it away.
  const collector = createServer((request, response) => request.resume().on("end", () => response.end()));
  await once(collector.listen(0, "127.0.0.1"), "listening");
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  try {
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    for (const [name, text] of Object.entries({
      "empty.cjs": empty,
      "server.cjs": server,
      "sdk.cjs": unbundled,
    })) {
      await writeFile(join(folder, name), text);
    }
    return [...starts(folder, endpoint), ...(await requests(folder, endpoint))];
  } finally {
    collector.closeAllConnections();
    collector.close();
    await rm(folder, { recursive: true });
  }
}

function starts(folder: string, endpoint: string): BenchRow[] {
  const ways = {
    bare: [],
    off: ["--require", preload],
    on: ["--require", preload],
    sdk: ["--require", "./sdk.cjs"],
  };
  const milliseconds: Record<keyof typeof ways, number[]> = { bare: [], off: [], on: [], sdk: [] };
  const work: Record<keyof typeof ways, number[]> = { bare: [], off: [], on: [], sdk: [] };
  const megabytes: Record<keyof typeof ways, number[]> = { bare: [], off: [], on: [], sdk: [] };
  for (let pair = 0; pair <= pairs; pair += 1) {
    for (const [way, args] of Object.entries(ways) as [keyof typeof ways, string[]][]) {
      const startedAt = performance.now();
      const { status, stdout, stderr } = spawnSync(process.execPath, [...args, "empty.cjs"], {
        cwd: folder,
        encoding: "utf8",
        env: environment(way === "on" ? endpoint : undefined),
      });
      if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
      // The first one fills the caches.
      if (pair === 0) continue;
      milliseconds[way].push(performance.now() - startedAt);
      const [cpu, memory] = JSON.parse(stdout) as [number, number];
      work[way].push(cpu);
      megabytes[way].push(memory);
    }
  }
  const over = (values: Record<keyof typeof ways, number[]>, way: keyof typeof ways): number =>
    median(values[way]) - median(values.bare);
  return [
    told("start of a bare node", { value: median(milliseconds.bare), unit: "ms" }),
    atMost("preload: start over bare", { value: over(milliseconds, "on"), bar: 45, unit: "ms" }),
    told("SDK from its packages, without instrumentation: start", {
      value: over(milliseconds, "sdk"),
      unit: "ms",
    }),
    atMost("preload without an endpoint: start", { value: over(milliseconds, "off"), bar: 5, unit: "ms" }),
    told("processor time of a bare node", { value: median(work.bare), unit: "ms" }),
    told("preload: processor time over bare", { value: over(work, "on"), unit: "ms" }),
    told("SDK from its packages: processor time", { value: over(work, "sdk"), unit: "ms" }),
    told("preload without an endpoint: processor time", { value: over(work, "off"), unit: "ms" }),
    atMost("preload: memory over bare", { value: over(megabytes, "on"), bar: 20, unit: "MB" }),
    told("SDK from its packages: memory", { value: over(megabytes, "sdk"), unit: "MB" }),
    told("preload without an endpoint: memory", { value: over(megabytes, "off"), unit: "MB" }),
  ];
}

/** Requests to a server that does next to nothing: what they lose is what a span, a metric and their export cost. */
async function requests(folder: string, endpoint: string): Promise<BenchRow[]> {
  const bare = await startServer(folder, { args: [] });
  const watched = await startServer(folder, { args: ["--require", preload], endpoint });
  try {
    const ratios: number[] = [];
    const costs: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const without = await rate(bare.port);
      const within = await rate(watched.port);
      if (round === 0) continue;
      ratios.push(within / without);
      costs.push(1e6 / within - 1e6 / without);
    }
    return [
      told("a request of a server that only says hello: more time", { value: median(costs), unit: "µs" }),
      atLeast("its rate with telemetry, of that without", {
        value: median(ratios) * 100,
        bar: 40,
        unit: "%",
      }),
    ];
  } finally {
    bare.stop();
    watched.stop();
  }
}

async function startServer(
  folder: string,
  { args, endpoint }: { args: readonly string[]; endpoint?: string },
): Promise<{ port: number; stop: () => void }> {
  const child = spawn(process.execPath, [...args, "server.cjs"], {
    cwd: folder,
    env: environment(endpoint),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { port: Number(String(line)), stop: () => child.kill("SIGKILL") };
}

/** Requests a second, 32 at a time over connections that stay open. */
async function rate(port: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const count = 4_000;
  const startedAt = performance.now();
  let left = count;
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (left > 0) {
        left -= 1;
        await ask(port, agent);
      }
    }),
  );
  agent.destroy();
  return count / ((performance.now() - startedAt) / 1_000);
}

function ask(port: number, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ port, host: "127.0.0.1", agent }, (response) => {
      response.resume().once("end", resolve);
    }).once("error", reject);
  });
}

function environment(endpoint: string | undefined): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    ...(endpoint === undefined
      ? {}
      : {
          OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
          OTEL_BSP_SCHEDULE_DELAY: "1000",
          OTEL_SERVICE_NAME: "bench",
        }),
  };
}
