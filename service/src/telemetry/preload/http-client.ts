import { subscribe } from "node:diagnostics_channel";
import { errorMonitor } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { context, propagation, trace } from "@opentelemetry/api";
import { startClientSpan } from "./client-span.ts";
import type { ClientSpan } from "./client-span.ts";
import { durationHistogram } from "./http-attributes.ts";
import { isOwnRequest } from "./http-transport.ts";
import type { Instruments } from "./instrumentation.ts";
import { mayPropagate } from "./propagation-rule.ts";

/** A span and a duration for every request that is made with `node:http` or `node:https`, and with all that builds on them. */
export function instrumentHttpClient({ tracer, meter }: Instruments): void {
  const duration = durationHistogram(meter, "http.client.request.duration");
  const clients = new WeakMap<ClientRequest, ClientSpan>();
  // Published at the end of the constructor of every ClientRequest, in the context of whoever makes it.
  subscribe("http.client.request.created", (message) => {
    if (isOwnRequest()) return;
    const { request } = message as { request: ClientRequest };
    const client = startClientSpan({ method: request.method, url: urlOf(request) }, { tracer, duration });
    propagate(request, client.span);
    clients.set(request, client);
    request.once("socket", (socket) => {
      const tell = (): void => client.connect({ address: socket.remoteAddress, port: socket.remotePort });
      if (socket.connecting) socket.once("connect", tell);
      else tell();
    });
    request.once(errorMonitor, (error) => client.fail(error));
    request.once("close", () => client.end());
  });
  // No listener of "response": a request without one lets Node throw the answer away, which it must go on doing.
  subscribe("http.client.response.finish", (message) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    clients.get(request)?.respond({ status: response.statusCode, httpVersion: response.httpVersion });
  });
}

function urlOf(request: ClientRequest): string {
  const host = request.getHeader("host");
  return `${request.protocol}//${typeof host === "string" ? host : request.host}${request.path}`;
}

function propagate(request: ClientRequest, span: Parameters<typeof trace.setSpan>[1]): void {
  // Headers that were given as an array are on their way already.
  if (request.headersSent) return;
  const present = request.getHeader("traceparent");
  if (!mayPropagate(typeof present === "string" ? present : undefined, span)) return;
  propagation.inject(trace.setSpan(context.active(), span), request, {
    set: (carrier, name, value) => void carrier.setHeader(name, value),
  });
}
