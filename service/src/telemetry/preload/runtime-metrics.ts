import { monitorEventLoopDelay, performance, PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics } from "node:v8";
import type { Meter } from "@opentelemetry/api";

/** How often the event loop is looked at, in milliseconds: each look wakes the process up. */
const resolution = 20;
const quantiles = { p50: 50, p90: 90, p99: 99 } as const;
/** `perf_hooks.constants.NODE_PERFORMANCE_GC_…` */
const gcTypes: Readonly<Record<number, string>> = { 1: "minor", 4: "major", 8: "incremental", 16: "weakcb" };

/** How busy the event loop is and how late, what the heap holds, how long the garbage collector takes. */
export function measureRuntime(meter: Meter): void {
  measureEventLoopDelay(meter);
  measureEventLoopTime(meter);
  measureHeap(meter);
  measureGarbageCollection(meter);
}

function measureEventLoopDelay(meter: Meter): void {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  const gauge = (name: string, description: string) =>
    meter.createObservableGauge(`nodejs.eventloop.delay.${name}`, { unit: "s", description });
  const gauges = {
    min: gauge("min", "Event loop minimum delay."),
    max: gauge("max", "Event loop maximum delay."),
    mean: gauge("mean", "Event loop mean delay."),
    stddev: gauge("stddev", "Event loop standard deviation delay."),
    p50: gauge("p50", "Event loop 50 percentile delay."),
    p90: gauge("p90", "Event loop 90 percentile delay."),
    p99: gauge("p99", "Event loop 99 percentile delay."),
  };
  meter.addBatchObservableCallback((result) => {
    if (histogram.count === 0) return;
    result.observe(gauges.min, lateness(histogram.min));
    result.observe(gauges.max, lateness(histogram.max));
    result.observe(gauges.mean, lateness(histogram.mean));
    result.observe(gauges.stddev, histogram.stddev / 1e9);
    for (const [name, percentile] of Object.entries(quantiles) as [keyof typeof quantiles, number][]) {
      result.observe(gauges[name], lateness(histogram.percentile(percentile)));
    }
    histogram.reset();
  }, Object.values(gauges));
}

function measureEventLoopTime(meter: Meter): void {
  const time = meter.createObservableCounter("nodejs.eventloop.time", {
    unit: "s",
    description: "Cumulative duration of time the event loop has been in each state.",
  });
  const utilization = meter.createObservableGauge("nodejs.eventloop.utilization", {
    unit: "1",
    description: "Event loop utilization.",
  });
  let last = performance.eventLoopUtilization();
  meter.addBatchObservableCallback(
    (result) => {
      const now = performance.eventLoopUtilization();
      result.observe(time, now.active / 1e3, { "nodejs.eventloop.state": "active" });
      result.observe(time, now.idle / 1e3, { "nodejs.eventloop.state": "idle" });
      result.observe(utilization, performance.eventLoopUtilization(now, last).utilization);
      last = now;
    },
    [time, utilization],
  );
}

function measureHeap(meter: Meter): void {
  const counter = (name: string, description: string) =>
    meter.createObservableUpDownCounter(`v8js.memory.heap.${name}`, { unit: "By", description });
  const size = counter("space.size", "Heap space size.");
  const used = counter("used", "Heap memory size allocated.");
  const available = counter("space.available_size", "Heap space available size.");
  const physical = counter("space.physical_size", "Committed size of a heap space.");
  meter.addBatchObservableCallback(
    (result) => {
      for (const space of getHeapSpaceStatistics()) {
        const attributes = { "v8js.heap.space.name": space.space_name };
        result.observe(size, space.space_size, attributes);
        result.observe(used, space.space_used_size, attributes);
        result.observe(available, space.space_available_size, attributes);
        result.observe(physical, space.physical_space_size, attributes);
      }
    },
    [size, used, available, physical],
  );
}

function measureGarbageCollection(meter: Meter): void {
  const duration = meter.createHistogram("v8js.gc.duration", {
    unit: "s",
    description: "Garbage collection duration.",
    advice: { explicitBucketBoundaries: [0.01, 0.1, 1, 10] },
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind = 0 } = (entry as typeof entry & { detail?: { kind?: number } }).detail ?? {};
      duration.record(entry.duration / 1e3, { "v8js.gc.type": gcTypes[kind] ?? "unknown" });
    }
  });
  observer.observe({ entryTypes: ["gc"] });
}

/** Nanoseconds from one look to the next → the seconds by which it came late. */
function lateness(nanoseconds: number): number {
  return Math.max(nanoseconds / 1e9 - resolution / 1e3, 0);
}
