import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { context, propagation, trace } from "@opentelemetry/api";
import type { Span } from "@opentelemetry/api";
import { startClientSpan } from "./client-span.ts";
import type { ClientSpan } from "./client-span.ts";
import { durationHistogram } from "./http-attributes.ts";
import type { Instruments } from "./instrumentation.ts";
import { mayPropagate } from "./propagation-rule.ts";

/** A request as undici publishes it on its channels. */
interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: unknown;
  addHeader(name: string, value: string): void;
}

/** What comes on one or another of its channels. */
interface UndiciMessage {
  readonly request: UndiciRequest;
  readonly socket?: Socket;
  readonly response?: { readonly statusCode: number };
  readonly error?: unknown;
}

/** A span and a duration for every request of `fetch`, which is undici within Node, and of the package `undici`. */
export function instrumentUndici({ tracer, meter }: Instruments): void {
  const duration = durationHistogram(meter, "http.client.request.duration");
  const spans = new WeakMap<UndiciRequest, ClientSpan>();
  const on = (channel: string, act: (client: ClientSpan, message: UndiciMessage) => void): void =>
    subscribe(channel, (message) => {
      const client = spans.get((message as UndiciMessage).request);
      if (client !== undefined) act(client, message as UndiciMessage);
    });

  subscribe("undici:request:create", (message) => {
    const { request } = message as { request: UndiciRequest };
    if (request.method === "CONNECT") return;
    const url = `${String(request.origin).replace(/\/$/, "")}${request.path}`;
    const client = startClientSpan({ method: request.method, url }, { tracer, duration });
    spans.set(request, client);
    propagate(request, client.span);
  });
  on("undici:client:sendHeaders", (client, { socket }) => {
    client.connect({ address: socket?.remoteAddress, port: socket?.remotePort });
  });
  on("undici:request:headers", (client, { response }) => {
    client.respond({ status: response?.statusCode });
  });
  on("undici:request:trailers", (client) => client.end());
  on("undici:request:error", (client, { error }) => {
    client.fail(error);
    client.end();
  });
}

function propagate(request: UndiciRequest, span: Span): void {
  const headers = Array.isArray(request.headers) ? (request.headers as unknown[]) : [];
  const at = headers.findIndex(
    (name, index) => index % 2 === 0 && typeof name === "string" && name.toLowerCase() === "traceparent",
  );
  const present = at === -1 ? undefined : String(headers[at + 1]);
  if (!mayPropagate(present, span)) return;
  propagation.inject(trace.setSpan(context.active(), span), request, {
    set(carrier, name, value) {
      if (name === "traceparent" && at !== -1) headers[at + 1] = value;
      else carrier.addHeader(name, value);
    },
  });
}
