import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Attributes, Context, Histogram, Span } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { redactUrl } from "../../redact-url.ts";
import { durationHistogram, hostAttributes, methodAttributes, pickAttributes } from "./http-attributes.ts";
import type { Instruments } from "./instrumentation.ts";

interface RequestStart {
  readonly server: Server;
}

const metricAttributes = [
  "http.request.method url.scheme network.protocol.version http.response.status_code",
  "http.route error.type",
].flatMap((line) => line.split(" "));

/**
 * A span and a duration for every request that a `node:http` or `node:https` server answers.
 *
 * The channel names the server just before it emits its event `request`. The first time, its `emit` is wrapped, so
 * that the handlers run within the span: this needs no hook on imports, so it is the same for ESM and CommonJS, and
 * neither module is loaded before the program does it.
 */
export function instrumentHttpServer({ tracer, meter }: Instruments): void {
  const duration = durationHistogram(meter, "http.server.request.duration");
  const seen = new WeakSet<Server>();
  subscribe("http.server.request.start", (message) => {
    const { server } = message as RequestStart;
    if (seen.has(server)) return;
    seen.add(server);
    const emit = server.emit.bind(server) as (event: string | symbol, ...args: unknown[]) => boolean;
    server.emit = (event: string | symbol, ...args: unknown[]): boolean => {
      const pass = (): boolean => emit(event, ...args);
      if (event !== "request" && event !== "checkContinue") return pass();
      const [request, response] = args as [IncomingMessage, ServerResponse];
      return context.with(begin(request, { response, tracer, duration }), pass);
    };
  });
}

function begin(
  request: IncomingMessage,
  {
    response,
    tracer,
    duration,
  }: { response: ServerResponse; tracer: Instruments["tracer"]; duration: Histogram },
): Context {
  const startedAt = performance.now();
  const { name, attributes: method } = methodAttributes(request.method ?? "GET");
  const attributes = { ...method, ...requestAttributes(request) };
  const parent = propagation.extract(context.active(), request.headers);
  const span = isHealthProbe(request)
    ? undefined
    : tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  // "close" comes once, whether the answer is through or the client has gone.
  response.once("close", () => {
    const result = responseAttributes(request, { response, span });
    if (span !== undefined) endSpan(span, { name, result });
    duration.record(
      (performance.now() - startedAt) / 1_000,
      pickAttributes({ ...attributes, ...result }, metricAttributes),
    );
  });
  return span === undefined ? suppressTracing(parent) : trace.setSpan(parent, span);
}

function endSpan(span: Span, { name, result }: { name: string; result: Attributes }): void {
  const { "http.route": route } = result;
  if (typeof route === "string") span.updateName(`${name} ${route}`);
  if (result["error.type"] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttributes(result).end();
}

/** What the AppHost, Kubernetes and load balancers ask every few seconds would bury everything else. */
function isHealthProbe({ method, url, headers }: IncomingMessage): boolean {
  return (
    method === "GET" && /^\/(?:health|alive)(?:\?|$)/.test(url ?? "") && headers["traceparent"] === undefined
  );
}

function requestAttributes(request: IncomingMessage): Attributes {
  const { headers, socket, url = "/", httpVersion } = request;
  const isSecure = "encrypted" in socket;
  // A target is "/path?query"; a proxy is given a whole URL, OPTIONS may be given "*".
  const [, path = "", query] = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?/i.exec(url) ?? [];
  return {
    "url.scheme": isSecure ? "https" : "http",
    "url.path": path || "/",
    ...(query ? { "url.query": redactUrl(`?${query}`).slice(1) } : {}),
    ...hostAttributes(headers.host ?? "", isSecure),
    "network.protocol.version": httpVersion,
    ...(socket.remoteAddress === undefined
      ? {}
      : {
          "client.address": socket.remoteAddress,
          "network.peer.address": socket.remoteAddress,
          "network.peer.port": socket.remotePort ?? 0,
        }),
    ...(headers["user-agent"] === undefined ? {} : { "user_agent.original": headers["user-agent"] }),
  };
}

function responseAttributes(
  request: IncomingMessage,
  { response, span }: { response: ServerResponse; span: Span | undefined },
): Attributes {
  const { statusCode, headersSent } = response;
  const route = routeOf(request, span);
  return {
    ...(headersSent ? { "http.response.status_code": statusCode } : {}),
    ...(headersSent && statusCode >= 500 ? { "error.type": String(statusCode) } : {}),
    ...(route === undefined ? {} : { "http.route": route }),
  };
}

/** The route, where somebody knows it: whoever set it on the span, or Express, which leaves it on the request. */
function routeOf(request: IncomingMessage, span: Span | undefined): string | undefined {
  const own = (span as { attributes?: Attributes } | undefined)?.attributes?.["http.route"];
  if (typeof own === "string") return own;
  const { route, baseUrl = "" } = request as IncomingMessage & {
    route?: { path?: unknown };
    baseUrl?: unknown;
  };
  return typeof route?.path === "string" && typeof baseUrl === "string" ? baseUrl + route.path : undefined;
}
