import type { Attributes, Context, Span } from "@opentelemetry/api";

type OpenTelemetry = typeof import("@opentelemetry/api");

let loaded: OpenTelemetry | undefined;

/** The API, loaded when a span is made first: at the start it would cost every program 20 ms. */
function openTelemetry(): OpenTelemetry {
  if (loaded === undefined) {
    // Not imported either: that would load what reads source maps.
    const { createRequire } = process.getBuiltinModule("node:module");
    loaded = createRequire(import.meta.url)("@opentelemetry/api") as OpenTelemetry;
  }
  return loaded;
}

/** What a span is of. */
export type SpanRole = "internal" | "server" | "client" | "producer" | "consumer";

/** Options of a span. */
export interface SpanOptions {
  /** `internal` when absent; a message is sent by a `producer` and handled by a `consumer`. */
  kind?: SpanRole;
  attributes?: Attributes;
  /**
   * What the sender of a message has added to it by `currentTrace()`, also among other fields: the span goes on with
   * its trace. One that says nothing of a trace changes nothing.
   */
  continues?: Readonly<Record<string, unknown>>;
}

/** The fields by which a trace goes on elsewhere (W3C Trace Context and Baggage); none outside of a span. */
export interface TraceFields {
  traceparent?: string;
  tracestate?: string;
  baggage?: string;
}

const kinds = {
  internal: "INTERNAL",
  server: "SERVER",
  client: "CLIENT",
  producer: "PRODUCER",
  consumer: "CONSUMER",
} as const;

/**
 * Runs a function within a span of its own, and gives what it gives. What it throws is recorded and thrown on.
 *
 * The span is the parent of all that happens meanwhile, and it is the one that log lines name. Without telemetry in
 * the process, the function just runs.
 *
 * ```ts
 * import { withSpan } from "@dext/service";
 *
 * const total = await withSpan("add up", async (span) => {
 *   span.setAttribute("order.lines", 2);
 *   return 14 + 28;
 * });
 * console.assert(total === 42);
 * ```
 */
export function withSpan<Result>(
  name: string,
  run: (span: Span) => Result,
  options: SpanOptions = {},
): Result {
  const { kind = "internal", attributes = {}, continues } = options;
  const { context, SpanKind, trace } = openTelemetry();
  const parent = continues === undefined ? context.active() : contextOf(continues);
  const span = trace
    .getTracer("@dext/service")
    .startSpan(name, { kind: SpanKind[kinds[kind]], attributes }, parent);
  return context.with(trace.setSpan(parent, span), () => runToEnd(span, run));
}

/**
 * Gives a function that does the same within a span of its own.
 *
 * ```ts
 * import { instrument } from "@dext/service";
 *
 * const findUser = instrument("find user", async (id: number) => ({ id, name: "Ada" }));
 * console.assert((await findUser(7)).name === "Ada");
 * ```
 */
export function instrument<This, Args extends unknown[], Result>(
  name: string,
  run: (this: This, ...args: Args) => Result,
  options: SpanOptions = {},
): (this: This, ...args: Args) => Result {
  return function (this: This, ...args: Args): Result {
    return withSpan(name, () => run.apply(this, args), options);
  };
}

/**
 * The fields that a message needs so that whoever handles it can go on with the trace of this moment, by the option
 * `continues` of `withSpan`. Requests over HTTP have them in their headers already.
 *
 * ```ts
 * import { currentTrace, withSpan } from "@dext/service";
 *
 * const message = { order: "1001", ...currentTrace() };          // into a queue, and out of it elsewhere
 * await withSpan("pack order", async () => {}, { kind: "consumer", continues: message });
 * ```
 */
export function currentTrace(): TraceFields {
  const { context, propagation } = openTelemetry();
  const fields: Record<string, string> = {};
  propagation.inject(context.active(), fields);
  return fields;
}

/** A message has more fields than those of the trace, and not all of them need to be text. */
function contextOf(fields: Readonly<Record<string, unknown>>): Context {
  const { context, propagation, ROOT_CONTEXT, trace } = openTelemetry();
  const texts = Object.entries(fields).filter(([, value]) => typeof value === "string");
  const extracted = propagation.extract(ROOT_CONTEXT, Object.fromEntries(texts));
  return trace.getSpanContext(extracted) === undefined ? context.active() : extracted;
}

function runToEnd<Result>(span: Span, run: (span: Span) => Result): Result {
  let result: Result;
  try {
    result = run(span);
  } catch (error) {
    fail(span, error);
    throw error;
  }
  if (!isPromise(result)) {
    span.end();
    return result;
  }
  // A promise of its own, so that a failure is handled by whoever awaits it and by nobody else.
  return result.then(
    (value) => {
      span.end();
      return value;
    },
    (error: unknown) => {
      fail(span, error);
      throw error;
    },
  ) as Result;
}

function fail(span: Span, error: unknown): void {
  span.recordException(error instanceof Error ? error : String(error));
  span.setStatus({
    code: openTelemetry().SpanStatusCode.ERROR,
    message: error instanceof Error ? error.message : String(error),
  });
  span.setAttribute("error.type", error instanceof Error ? error.name : "_OTHER");
  span.end();
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
