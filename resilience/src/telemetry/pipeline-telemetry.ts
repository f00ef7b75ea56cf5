import { isDextError } from "@dext/core";
import type { Execution, ExecutionObserver, ExecutionOutcome } from "../pipeline/execution.ts";
import type { TimerQueue } from "../timers/timer-queue.ts";
import { instrumentsOf } from "./instruments.ts";
import { currentSpan, registeredApi } from "./registered-api.ts";
import type { Attributes, RegisteredApi, Span } from "./registered-api.ts";

/** Values of `dext.resilience.circuit.state`. */
const stateValues = { closed: 0, "half-open": 1, open: 2, isolated: 3 } as const;

/** Metrics and span attributes of one pipeline. Without an SDK nothing happens here. */
export class PipelineTelemetry {
  private readonly pipeline: string;
  private readonly timers: TimerQueue;

  constructor(pipeline: string, timers: TimerQueue) {
    this.pipeline = pipeline;
    this.timers = timers;
  }

  /** Begins to watch an execution, in the context of its caller. */
  observe(): ExecutionObserver | undefined {
    const api = registeredApi();
    if (api === undefined || (api.metrics === undefined && api.context === undefined)) return undefined;
    return new ExecutionWatch(this.pipeline, this.timers, api);
  }

  /** Counts what a strategy did. */
  event(
    strategy: string,
    event: string,
    { execution, attributes }: { execution: Execution | undefined; attributes: Attributes },
  ): void {
    const metrics = registeredApi()?.metrics;
    const labels = {
      "dext.resilience.pipeline": this.pipeline,
      "dext.resilience.strategy": strategy,
      "dext.resilience.event": event,
    };
    if (metrics !== undefined) instrumentsOf(metrics).events.add(1, labels);
    execution?.observer?.event(`dext.resilience.${event}`, { ...labels, ...attributes });
  }

  circuitState(strategy: string, key: string | undefined, state: keyof typeof stateValues): void {
    const metrics = registeredApi()?.metrics;
    if (metrics === undefined) return;
    instrumentsOf(metrics).circuitState.record(stateValues[state], {
      "dext.resilience.pipeline": this.pipeline,
      "dext.resilience.strategy": strategy,
      ...(key === undefined ? {} : { "dext.resilience.key": key }),
    });
  }
}

/** One execution that is watched. */
class ExecutionWatch implements ExecutionObserver {
  private readonly pipeline: string;
  private readonly timers: TimerQueue;
  private readonly metrics: RegisteredApi["metrics"];
  private readonly span: Span | undefined;
  private readonly startedAt: number;

  constructor(pipeline: string, timers: TimerQueue, api: RegisteredApi) {
    this.pipeline = pipeline;
    this.timers = timers;
    this.metrics = api.metrics;
    this.span = currentSpan(api);
    this.startedAt = timers.now();
  }

  event(name: string, attributes: Attributes): void {
    this.span?.addEvent(name, attributes);
  }

  settled(outcome: ExecutionOutcome, { calls, error }: { calls: number; error: unknown }): void {
    const attributes = {
      "dext.resilience.pipeline": this.pipeline,
      "dext.resilience.outcome": outcome,
    };
    this.span?.setAttributes({ ...attributes, "dext.resilience.attempts": calls });
    if (this.metrics === undefined) return;
    const { duration, attempts } = instrumentsOf(this.metrics);
    const labels = outcome === "success" ? attributes : { ...attributes, "error.type": errorType(error) };
    duration.record((this.timers.now() - this.startedAt) / 1000, labels);
    attempts.record(calls, attributes);
  }
}

function errorType(error: unknown): string {
  if (isDextError(error)) return error.code;
  return error instanceof Error ? error.name : "_OTHER";
}
