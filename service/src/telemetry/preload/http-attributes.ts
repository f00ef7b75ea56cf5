import type { Attributes, Histogram, Meter } from "@opentelemetry/api";

/** Seconds; the buckets that the semantic conventions ask for. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const knownMethods = new Set("GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY".split(" "));

/** A histogram of how long requests took, in seconds. */
export function durationHistogram(meter: Meter, name: string): Histogram {
  return meter.createHistogram(name, {
    unit: "s",
    description: name.includes("server")
      ? "Duration of HTTP server requests."
      : "Duration of HTTP client requests.",
    advice: { explicitBucketBoundaries: buckets },
  });
}

/** The method of a request; one that nobody knows must not make a time series of its own. */
export function methodAttributes(method: string): { name: string; attributes: Attributes } {
  if (knownMethods.has(method)) return { name: method, attributes: { "http.request.method": method } };
  return {
    name: "HTTP",
    attributes: { "http.request.method": "_OTHER", "http.request.method_original": method },
  };
}

/** `localhost:8080` → address and port; the port of the scheme when none is said. */
export function hostAttributes(host: string, isSecure: boolean): Attributes {
  const [, name, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host) ?? [];
  if (!name) return {};
  const address = name.replace(/^\[|\]$/g, "");
  return {
    "server.address": address,
    "server.port": port === undefined ? (isSecure ? 443 : 80) : Number(port),
  };
}

/** The code or the name of an error: a short text that tells kinds of errors apart. */
export function errorType(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === "string") return code;
  return typeof name === "string" && name !== "" ? name : "_OTHER";
}

/** Those of the attributes that a metric carries too. */
export function pickAttributes(attributes: Attributes, names: readonly string[]): Attributes {
  const picked: Attributes = {};
  for (const name of names) {
    const value = attributes[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}
