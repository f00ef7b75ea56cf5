import type { Meter, Tracer } from "@opentelemetry/api";

/** What an instrumentation writes to. */
export interface Instruments {
  readonly tracer: Tracer;
  readonly meter: Meter;
}
