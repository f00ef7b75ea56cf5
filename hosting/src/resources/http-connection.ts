import { parseKeyValuePairs } from "../launchers/key-value-pairs.ts";
import type { ConnectionModel } from "../model/connection.ts";
import { encode } from "../model/expression.ts";
import type { ExternalPlan } from "../model/launcher.ts";
import type { ResourceBuilder } from "../model/resource-builder.ts";

/** `http://localhost:8500`, for servers that speak HTTP. */
export function httpConnection(self: ResourceBuilder): ConnectionModel {
  const endpoint = self.endpoint("http");
  return {
    connectionString: endpoint.url,
    properties: { host: endpoint.host, port: endpoint.port, uri: endpoint.url },
  };
}

/**
 * Reads where an HTTP server is, from its URL or from `Endpoint=http://host:port;Token=…`.
 *
 * @throws Error when it is neither.
 */
export function parseHttpConnection(text: string): Omit<ExternalPlan, "type"> {
  const pairs = /^\s*[a-z ]+=/i.test(text) ? parseKeyValuePairs(text) : undefined;
  const address = pairs?.get("endpoint") ?? pairs?.get("uri") ?? pairs?.get("address") ?? (pairs ? "" : text);
  if (!URL.canParse(address)) throw new Error(pairs ? "it has no Endpoint with a URL" : "it is not a URL");
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol)) {
    throw new Error(`its scheme is "${url.protocol.slice(0, -1)}", wanted: "http" or "https"`);
  }
  const base = url.href.replace(/\/$/, "");
  const token = pairs?.get("token") ?? "";
  return {
    connectionString: token === "" ? base : `Endpoint=${base};Token=${encode(token, "keyValue")}`,
    properties: {
      host: url.hostname,
      port: url.port || (url.protocol === "https:" ? "443" : "80"),
      uri: base,
      token,
    },
    endpoints: { http: base },
  };
}
