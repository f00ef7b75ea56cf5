/**
 * The OpenTelemetry API as an SDK has registered it, without importing it: the import costs 20 ms at start and
 * gives nothing when there is no SDK. All copies of the API 1.x find each other through this global, which is
 * what makes its shape dependable (`opentelemetry-js/api/src/internal/global-utils.ts`).
 */
const registry = Symbol.for("opentelemetry.js.api.1");
/** The key of the current span in a context (`api/src/trace/context-utils.ts`). */
const spanKey = Symbol.for("OpenTelemetry Context Key SPAN");

/** What is used of it. */
export interface RegisteredApi {
  readonly metrics?: MeterProvider;
  readonly context?: { active(): { getValue(key: symbol): unknown } };
}

/** Attributes of metrics and spans. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface MeterProvider {
  getMeter(name: string, version?: string): Meter;
}

export interface Meter {
  createHistogram(
    name: string,
    options: InstrumentOptions,
  ): { record(value: number, attributes: Attributes): void };
  createCounter(
    name: string,
    options: InstrumentOptions,
  ): { add(value: number, attributes: Attributes): void };
  createGauge(
    name: string,
    options: InstrumentOptions,
  ): { record(value: number, attributes: Attributes): void };
}

export interface InstrumentOptions {
  description: string;
  unit: string;
  advice?: { explicitBucketBoundaries: number[] };
}

export interface Span {
  isRecording(): boolean;
  setAttributes(attributes: Attributes): unknown;
  addEvent(name: string, attributes: Attributes): unknown;
}

/**
 * The registered API; `undefined` when there is none, which may change at any time. Looked up each time: to remember it for
 * a turn of the event loop needs a callback at its end, which costs more than it saves where a turn has one request.
 */
export function registeredApi(): RegisteredApi | undefined {
  return (globalThis as Record<symbol, unknown>)[registry] as RegisteredApi | undefined;
}

/** The span that is current here, if one is recorded. */
export function currentSpan(api: RegisteredApi): Span | undefined {
  const span = api.context?.active().getValue(spanKey) as Span | undefined;
  return span?.isRecording() === true ? span : undefined;
}
