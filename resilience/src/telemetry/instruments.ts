import type { Meter, MeterProvider } from "./registered-api.ts";

/** The metrics of all pipelines. */
export interface Instruments {
  duration: ReturnType<Meter["createHistogram"]>;
  attempts: ReturnType<Meter["createHistogram"]>;
  events: ReturnType<Meter["createCounter"]>;
  circuitState: ReturnType<Meter["createGauge"]>;
}

let provider: MeterProvider | undefined;
let instruments: Instruments | undefined;

/** The instruments of a provider; made once, and again should another provider take its place. */
export function instrumentsOf(current: MeterProvider): Instruments {
  if (instruments === undefined || provider !== current) {
    provider = current;
    instruments = createInstruments(current.getMeter("@dext/resilience"));
  }
  return instruments;
}

function createInstruments(meter: Meter): Instruments {
  return {
    duration: meter.createHistogram("dext.resilience.execution.duration", {
      description: "Time of an execution from the call to its outcome, with all attempts and waits",
      unit: "s",
      // The boundaries that OpenTelemetry's semantic conventions give for HTTP durations.
      advice: {
        explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
      },
    }),
    attempts: meter.createHistogram("dext.resilience.execution.attempts", {
      description: "How often an execution called its operation",
      unit: "{attempt}",
      advice: { explicitBucketBoundaries: [0, 1, 2, 3, 4, 5, 7, 10] },
    }),
    events: meter.createCounter("dext.resilience.events", {
      description:
        "What strategies did: retries, timeouts, rejections, changes of circuits, hedges, fallbacks",
      unit: "{event}",
    }),
    circuitState: meter.createGauge("dext.resilience.circuit.state", {
      description: "State of a circuit at its last change: 0 closed, 1 half-open, 2 open, 3 isolated",
      unit: "1",
    }),
  };
}
