import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { Attributes, Histogram, Span, Tracer } from "@opentelemetry/api";
import { redactUrl } from "../../redact-url.ts";
import { errorType, hostAttributes, methodAttributes, pickAttributes } from "./http-attributes.ts";

/** The span of one request that goes out, whichever client makes it. */
export interface ClientSpan {
  readonly span: Span;
  connect(peer: { address: string | undefined; port: number | undefined }): void;
  respond(answer: { status: number | undefined; httpVersion?: string }): void;
  fail(error: unknown): void;
  /** Ends the span and records the duration; once. */
  end(): void;
}

const metricAttributes = [
  "http.request.method server.address server.port url.scheme network.protocol.version",
  "http.response.status_code error.type",
].flatMap((line) => line.split(" "));

/** Starts the span of a request, as a child of the active span. */
export function startClientSpan(
  request: { method: string; url: string },
  { tracer, duration }: { tracer: Tracer; duration: Histogram },
): ClientSpan {
  const startedAt = performance.now();
  const { name, attributes: method } = methodAttributes(request.method);
  let attributes: Attributes = { ...method, ...urlAttributes(request.url) };
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes });
  let isOpen = true;
  const add = (more: Attributes): void => {
    attributes = { ...attributes, ...more };
    span.setAttributes(more);
  };

  return {
    span,
    connect({ address, port }) {
      if (address !== undefined) add({ "network.peer.address": address, "network.peer.port": port ?? 0 });
    },
    respond({ status = 0, httpVersion }) {
      add({
        "http.response.status_code": status,
        ...(httpVersion === undefined ? {} : { "network.protocol.version": httpVersion }),
      });
      if (status < 400) return;
      add({ "error.type": String(status) });
      span.setStatus({ code: SpanStatusCode.ERROR });
    },
    fail(error) {
      add({ "error.type": errorType(error) });
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : "" });
    },
    end() {
      if (!isOpen) return;
      isOpen = false;
      span.end();
      duration.record((performance.now() - startedAt) / 1_000, pickAttributes(attributes, metricAttributes));
    },
  };
}

function urlAttributes(url: string): Attributes {
  const [, scheme = "http", host = ""] = /^([a-z]+):\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(url) ?? [];
  return {
    "url.full": redactUrl(url),
    "url.scheme": scheme,
    ...hostAttributes(host, scheme === "https"),
  };
}
