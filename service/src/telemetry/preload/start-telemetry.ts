import { context, metrics, propagation, trace, logs } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { describeService } from "./describe-service.ts";
import { logCollector, metricExporter, spanCollector } from "./exporters.ts";
import { flushAtEnd } from "./flush.ts";
import { instrumentHttpClient } from "./http-client.ts";
import { instrumentHttpServer } from "./http-server.ts";
import { captureConsole, captureCrashes, capturePino } from "./log-sources.ts";
import { IntervalMetricReader } from "./metric-reader.ts";
import { instrumentRedis } from "./redis-client.ts";
import { measureRuntime } from "./runtime-metrics.ts";
import { createSampler } from "./sampler.ts";
import type { TelemetrySettings } from "./settings.ts";
import { instrumentUndici } from "./undici-client.ts";

/** The name under which all that is measured here goes. */
const scope = "@dext/service";

/** What one kind of telemetry has to do at the end. */
interface Ending {
  flush(): Promise<void>;
  flushNow(): void;
}

/** Sets up OpenTelemetry for this process and watches what it does. */
export function startTelemetry(settings: TelemetrySettings): void {
  // Somebody who was loaded before us has set up OpenTelemetry: two of them would only be in each other's way.
  if (isSetUp()) return;
  const resource = describeService(settings);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  const endings = [
    startTraces(settings, resource),
    startMetrics(settings, resource),
    startLogs(settings, resource),
  ].filter((ending) => ending !== undefined);
  const instruments = { tracer: trace.getTracer(scope), meter: metrics.getMeter(scope) };
  instrumentHttpServer(instruments);
  instrumentHttpClient(instruments);
  instrumentUndici(instruments);
  instrumentRedis(instruments);
  flushAtEnd({
    flush: async () => void (await Promise.allSettled(endings.map((ending) => ending.flush()))),
    flushNow: () => endings.forEach((ending) => ending.flushNow()),
  });
}

function isSetUp(): boolean {
  const api = (globalThis as Record<symbol, unknown>)[Symbol.for("opentelemetry.js.api.1")];
  return typeof api === "object" && api !== null && "trace" in api;
}

function startTraces(settings: TelemetrySettings, resource: Resource): Ending | undefined {
  const { signals, spanBatch, sampler, attributeLength } = settings;
  if (signals.traces === undefined) return undefined;
  const spans = spanCollector(signals.traces, { batch: spanBatch });
  trace.setGlobalTracerProvider(
    new TracerProvider({
      resource,
      sampler: createSampler(sampler),
      spanLimits: { attributeValueLengthLimit: attributeLength },
      spanProcessors: [
        {
          onStart() {},
          onEnd(span) {
            if ((span.spanContext().traceFlags & 1) === 1) spans.add(span);
          },
          forceFlush: () => spans.flush(),
          shutdown: () => spans.flush(),
        },
      ],
    }),
  );
  return spans;
}

function startMetrics(settings: TelemetrySettings, resource: Resource): Ending | undefined {
  const { signals, metricInterval: interval, deltaMetrics: delta } = settings;
  if (signals.metrics === undefined) return undefined;
  const reader = new IntervalMetricReader(metricExporter(signals.metrics), { interval, delta });
  const provider = new MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  measureRuntime(metrics.getMeter(scope));
  // Metrics are read asynchronously: at the last moment there is nothing to send.
  return { flush: () => provider.forceFlush(), flushNow: () => {} };
}

function startLogs(settings: TelemetrySettings, resource: Resource): Ending | undefined {
  const { signals, logBatch, attributeLength } = settings;
  if (signals.logs === undefined) return undefined;
  const records = logCollector(signals.logs, { batch: logBatch });
  logs.setGlobalLoggerProvider(
    new LoggerProvider({
      resource,
      logRecordLimits: { attributeValueLengthLimit: attributeLength },
      processors: [
        {
          onEmit: (record) => records.add(record),
          forceFlush: () => records.flush(),
          shutdown: () => records.flush(),
        },
      ],
    }),
  );
  captureConsole(logs.getLogger("console"));
  capturePino(logs.getLogger("pino"));
  captureCrashes(logs.getLogger("process"));
  return records;
}
