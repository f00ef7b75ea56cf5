import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { later } from "./background.ts";
import { BatchQueue } from "./batch-queue.ts";
import { consoleTransport } from "./console-transport.ts";
import { HttpTransport } from "./http-transport.ts";
import type { Transport } from "./http-transport.ts";
import type { BatchSettings, SignalSettings } from "./settings.ts";

/** Sends data of one kind. */
export interface Exporter<Data> {
  send(data: Data): Promise<void>;
  sendNow(data: Data): void;
  hurry(): void;
}

/** Collects data of one kind and sends it. */
export interface Collector<Item> {
  add(item: Item): void;
  /** Sends everything; nothing is tried again from now on. */
  flush(): Promise<void>;
  /** Sends what can be sent before this returns. */
  flushNow(): void;
}

export function spanCollector(
  settings: SignalSettings,
  { batch }: { batch: BatchSettings },
): Collector<ReadableSpan> {
  const serializer = settings.format === "json" ? JsonTraceSerializer : ProtobufTraceSerializer;
  return collector(
    createExporter(settings, (spans: ReadableSpan[]) => serializer.serializeRequest(spans)),
    batch,
  );
}

export function logCollector(
  settings: SignalSettings,
  { batch }: { batch: BatchSettings },
): Collector<ReadableLogRecord> {
  const serializer = settings.format === "json" ? JsonLogsSerializer : ProtobufLogsSerializer;
  return collector(
    createExporter(settings, (records: ReadableLogRecord[]) => serializer.serializeRequest(records)),
    batch,
  );
}

export function metricExporter(settings: SignalSettings): Exporter<ResourceMetrics> {
  const serializer = settings.format === "json" ? JsonMetricsSerializer : ProtobufMetricsSerializer;
  return createExporter(settings, (metrics: ResourceMetrics) => serializer.serializeRequest(metrics));
}

function createExporter<Data>(
  settings: SignalSettings,
  serialize: (data: Data) => Uint8Array | undefined,
): Exporter<Data> {
  const { target } = settings;
  const transport: Transport = target === "console" ? consoleTransport : new HttpTransport(target, settings);
  return {
    async send(data) {
      try {
        const body = serialize(data);
        if (body !== undefined) await transport.send(body);
      } catch {
        // Whatever is wrong with what we say of a program: the program must not hear of it.
      }
    },
    sendNow(data) {
      try {
        const body = serialize(data);
        if (body !== undefined) transport.sendNow(body);
      } catch {
        // As above.
      }
    },
    hurry: () => transport.hurry(),
  };
}

function collector<Item>(exporter: Exporter<Item[]>, settings: BatchSettings): Collector<Item> {
  const queue = new BatchQueue<Item>({ settings, later, send: (items) => exporter.send([...items]) });
  return {
    add: (item) => queue.add(item),
    flush() {
      exporter.hurry();
      return queue.flush();
    },
    flushNow() {
      const rest = queue.takeRest();
      if (rest.length > 0) exporter.sendNow(rest);
    },
  };
}
