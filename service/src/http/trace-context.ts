import { AsyncLocalStorage } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import { context, propagation, trace } from "@opentelemetry/api";
import { readVariable } from "../environment.ts";

/** What W3C Trace Context and Baggage put into the headers of a request. */
const names = ["traceparent", "tracestate", "baggage"] as const;

type Carrier = Readonly<Record<string, string>>;

/** The trace of the request that is being answered, where no telemetry keeps it. */
const incoming = new AsyncLocalStorage<Carrier>();

/**
 * Runs what answers a request so that the requests that it makes belong to the same trace, also without telemetry in
 * this process: a trace must not break at a service that has none.
 */
export function runWithIncomingTrace<T>(header: (name: string) => string | undefined, work: () => T): T {
  if (header("traceparent") === undefined) return work();
  const carrier: Record<string, string> = {};
  for (const name of names) {
    const value = header(name);
    if (value !== undefined) carrier[name] = value;
  }
  return incoming.run(carrier, work);
}

const undiciRequests = channel("undici:request:create");
const isDenoTracing = "Deno" in globalThis && isOn(readVariable("OTEL_DENO"));

/**
 * The headers that carry the trace on; none when somebody else adds them: instrumentation that listens to undici, Deno
 * itself, or the caller. Twice the same header would be invalid.
 */
export function traceHeaders(): Carrier | undefined {
  if (undiciRequests.hasSubscribers || isDenoTracing) return undefined;
  const active = context.active();
  if (trace.getSpanContext(active) === undefined) return incoming.getStore();
  const carrier: Record<string, string> = {};
  propagation.inject(active, carrier);
  return carrier;
}

function isOn(value: string | undefined): boolean {
  return value === "1" || value?.toLowerCase() === "true";
}
