import { AsyncLocalStorage } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import type { ContextAPI, PropagationAPI } from "@opentelemetry/api";
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
  const { context, propagation } = registeredApi() ?? {};
  const active = context?.active();
  if (active === undefined || active.getValue(spanKey) === undefined) return incoming.getStore();
  const carrier: Record<string, string> = {};
  propagation?.inject(active, carrier, { set: (_target, name, value) => void (carrier[name] = value) });
  return carrier;
}

/** The parts of the OpenTelemetry API that an SDK has registered. */
interface RegisteredApi {
  context?: Pick<ContextAPI, "active">;
  propagation?: {
    inject: (...args: Required<Parameters<PropagationAPI["inject"]>>) => void;
  };
}

/** The key of the current span in a context (`api/src/trace/context-utils.ts` of OpenTelemetry). */
const spanKey = Symbol.for("OpenTelemetry Context Key SPAN");

/**
 * The API by the global through which all its copies find each other: to import it would take 20 ms at each start, and
 * give nothing where no SDK is.
 */
function registeredApi(): RegisteredApi | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for("opentelemetry.js.api.1")] as
    | RegisteredApi
    | undefined;
}

function isOn(value: string | undefined): boolean {
  return value === "1" || value?.toLowerCase() === "true";
}
