import { context, metrics, trace } from "@opentelemetry/api";
import type { Span } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import type { DataPoint } from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPipeline } from "@dext/resilience";
import { ManualClock } from "../../../fixtures/resilience/manual-clock.ts";
import { failing, rejectionOf, untilAborted } from "../../../fixtures/resilience/outcomes.ts";

type Point = DataPoint<unknown>;

describe("telemetry of pipelines", () => {
  let provider: MeterProvider;
  let reader: PeriodicExportingMetricReader;
  let measured: InMemoryMetricExporter;
  let spans: InMemorySpanExporter;

  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  beforeEach(() => {
    measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    reader = new PeriodicExportingMetricReader({
      exporter: measured,
      exportIntervalMillis: 3_600_000,
    });
    provider = new MeterProvider({ readers: [reader] });
    metrics.setGlobalMeterProvider(provider);
    spans = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(
      new TracerProvider({
        spanProcessors: [new SimpleSpanProcessor({ exporter: spans })],
      }),
    );
  });
  afterEach(async () => {
    metrics.disable();
    trace.disable();
    await provider.shutdown();
  });
  afterAll(() => context.disable());

  /** The data points of one metric, by name. */
  async function points(name: string): Promise<Point[]> {
    await reader.forceFlush();
    // Each export holds everything again.
    const all = (measured.getMetrics().at(-1)?.scopeMetrics ?? []).flatMap((scope) => scope.metrics);
    return all
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }): Point[] => dataPoints);
  }

  it("measures executions, their attempts and what strategies do", async () => {
    const clock = new ManualClock();
    const pipeline = createPipeline({ name: "users", clock })
      .addRetry({ attempts: 3, delay: 500, jitter: false })
      .build();
    const promise = pipeline.execute(failing(1));
    await clock.advance(500);
    await promise;
    const caller = new AbortController();
    const aborted = rejectionOf(pipeline.execute(untilAborted, { signal: caller.signal }));
    caller.abort();
    await aborted;

    const durations = await points("dext.resilience.execution.duration");
    expect(durations.map(({ attributes }) => attributes)).toEqual([
      { "dext.resilience.pipeline": "users", "dext.resilience.outcome": "success" },
      {
        "dext.resilience.pipeline": "users",
        "dext.resilience.outcome": "cancelled",
        "error.type": "AbortError",
      },
    ]);
    expect(durations[0]?.value).toMatchObject({ count: 1, sum: 0.5 });
    expect((await points("dext.resilience.execution.attempts"))[0]?.value).toMatchObject({
      count: 1,
      sum: 2,
    });
    expect(await points("dext.resilience.events")).toMatchObject([
      {
        attributes: {
          "dext.resilience.pipeline": "users",
          "dext.resilience.strategy": "retry",
          "dext.resilience.event": "retry",
        },
        value: 1,
      },
    ]);
  });

  it("names the code of a rejection, and the state of a circuit", async () => {
    const pipeline = createPipeline({ name: "users" })
      .addCircuitBreaker({ name: "breaker", perKey: true, failureRatio: 1, minimumThroughput: 2 })
      .build();
    for (let round = 0; round < 3; round += 1)
      await rejectionOf(pipeline.execute(failing(9), { key: "http://a" }));
    const types = (await points("dext.resilience.execution.duration")).map(
      ({ attributes }) => attributes["error.type"],
    );
    expect(types).toEqual(["Error", "DEXT_RESILIENCE_CIRCUIT_OPEN"]);
    expect(await points("dext.resilience.circuit.state")).toMatchObject([
      {
        attributes: {
          "dext.resilience.pipeline": "users",
          "dext.resilience.strategy": "breaker",
          "dext.resilience.key": "http://a",
        },
        value: 2,
      },
    ]);
  });

  it("marks the span that is current at the call, not the one of whoever moves the timer", async () => {
    const clock = new ManualClock();
    const pipeline = createPipeline({ name: "users", clock })
      .addRetry({ attempts: 2, delay: 10, jitter: false })
      .addTimeout({ timeout: 50 })
      .build();
    const seen: (Span | undefined)[] = [];
    await trace.getTracer("test").startActiveSpan("request", async (span) => {
      const promise = pipeline.execute(({ attempt }) => {
        seen.push(trace.getActiveSpan());
        return attempt === 1 ? new Promise(() => {}) : "second";
      });
      await context.with(trace.deleteSpan(context.active()), () => clock.advance(60));
      await promise;
      span.end();
      expect(seen).toEqual([span, span]);
    });
    const [span] = spans.getFinishedSpans();
    expect(span?.attributes).toEqual({
      "dext.resilience.pipeline": "users",
      "dext.resilience.outcome": "success",
      "dext.resilience.attempts": 2,
    });
    expect(span?.events.map(({ name }) => name)).toEqual([
      "dext.resilience.timeout",
      "dext.resilience.retry",
    ]);
    expect(span?.events[1]?.attributes).toMatchObject({
      "dext.resilience.strategy": "retry",
      "dext.resilience.attempt": 1,
      "dext.resilience.delay": 10,
    });
  });

  it("an SDK that is registered after the pipeline was built is found", async () => {
    metrics.disable();
    const pipeline = createPipeline({ name: "early" }).build();
    await pipeline.execute(() => "unseen");
    metrics.setGlobalMeterProvider(provider);
    await pipeline.execute(() => "seen");
    expect((await points("dext.resilience.execution.duration"))[0]?.value).toMatchObject({ count: 1 });
  });
});
