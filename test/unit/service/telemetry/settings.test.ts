import { describe, expect, it } from "vitest";
import { readTelemetrySettings } from "../../../../service/src/telemetry/preload/settings.ts";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };
const targets = (environment: Record<string, string>) => {
  const { traces, metrics, logs } = readTelemetrySettings(environment).signals;
  return [traces, metrics, logs].map((signal) => signal && String(signal.target));
};

describe("the address", () => {
  it.each([
    ["is off without one", {}, [undefined, undefined, undefined]],
    [
      "has a path for each kind",
      endpoint,
      [
        "http://collector:4318/v1/traces",
        "http://collector:4318/v1/metrics",
        "http://collector:4318/v1/logs",
      ],
    ],
    [
      "keeps a path of its own",
      { OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector/otlp/" },
      [
        "https://collector/otlp/v1/traces",
        "https://collector/otlp/v1/metrics",
        "https://collector/otlp/v1/logs",
      ],
    ],
    [
      "of one kind is taken as it stands, and alone",
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces:1/in" },
      ["http://traces:1/in", undefined, undefined],
    ],
    [
      "is not used by a kind that is none",
      { ...endpoint, OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "console" },
      ["http://collector:4318/v1/traces", undefined, "console"],
    ],
  ])("%s", (_title, environment, expected) => {
    expect(targets(environment as Record<string, string>)).toEqual(expected);
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317" }, "no http or https URL"],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "nonsense" }, "no http or https URL"],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, 'is "grpc"'],
    [{ ...endpoint, OTEL_TRACES_EXPORTER: "zipkin" }, 'OTEL_TRACES_EXPORTER is "zipkin"'],
  ])("that cannot be used is told: %j", (environment, problem) => {
    const settings = readTelemetrySettings(environment);
    expect(settings.signals.traces).toBeUndefined();
    expect(settings.problems[0]).toContain(problem);
  });
});

describe("the rest", () => {
  it("has the defaults of the specification", () => {
    expect(readTelemetrySettings(endpoint)).toMatchObject({
      spanBatch: { delay: 5_000, longestQueue: 2_048, largestBatch: 512 },
      logBatch: { delay: 1_000, longestQueue: 2_048, largestBatch: 512 },
      metricInterval: 60_000,
      deltaMetrics: false,
      sampler: { name: "parentbased_always_on", ratio: 1 },
      serviceName: undefined,
      signals: { traces: { format: "protobuf", gzip: false, timeout: 10_000, headers: {} } },
      problems: [],
    });
  });

  it("is read, that of one kind before that for all", () => {
    const settings = readTelemetrySettings({
      ...endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/protobuf",
      OTEL_EXPORTER_OTLP_HEADERS: "x-otlp-api-key=a%20b, other=1",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "other=2",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
      OTEL_EXPORTER_OTLP_TIMEOUT: "3000",
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: "1000",
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "delta",
      OTEL_BSP_SCHEDULE_DELAY: "100",
      OTEL_BSP_MAX_QUEUE_SIZE: "10",
      OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: "7",
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
      OTEL_TRACES_SAMPLER: "traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.25",
      OTEL_RESOURCE_ATTRIBUTES: "service.instance.id=api-0,team=a%2Cb",
      OTEL_SERVICE_NAME: "api",
    });
    expect(settings).toMatchObject({
      signals: {
        traces: {
          format: "json",
          gzip: true,
          timeout: 3_000,
          headers: { "x-otlp-api-key": "a b", other: "2" },
        },
        metrics: { format: "json", timeout: 1_000 },
        logs: { format: "protobuf", headers: { other: "1" } },
      },
      deltaMetrics: true,
      spanBatch: { delay: 100, longestQueue: 10, largestBatch: 10 },
      logBatch: { delay: 1_000, largestBatch: 7 },
      metricInterval: 1_000,
      sampler: { name: "traceidratio", ratio: 0.25 },
      resourceAttributes: { "service.instance.id": "api-0", team: "a,b" },
      serviceName: "api",
    });
  });

  it.each(["", " ", "0", "-1", "soon", "NaN", "Infinity"])("falls back where a number is %j", (text) => {
    const settings = readTelemetrySettings({
      ...endpoint,
      OTEL_METRIC_EXPORT_INTERVAL: text,
      OTEL_BSP_SCHEDULE_DELAY: text,
      OTEL_EXPORTER_OTLP_TIMEOUT: text,
    });
    expect(settings).toMatchObject({
      metricInterval: 60_000,
      spanBatch: { delay: 5_000 },
      signals: { traces: { timeout: 10_000 } },
    });
  });

  it("takes the service's name from the resource attributes when there is no other", () => {
    const { serviceName } = readTelemetrySettings({ OTEL_RESOURCE_ATTRIBUTES: "service.name=shop" });
    expect(serviceName).toBe("shop");
  });

  it("survives pairs that are none", () => {
    const { resourceAttributes } = readTelemetrySettings({
      OTEL_RESOURCE_ATTRIBUTES: "=x,,y,a=%E0%A4%A,b=1=2",
    });
    expect(resourceAttributes).toEqual({ a: "%E0%A4%A", b: "1=2" });
  });
});
