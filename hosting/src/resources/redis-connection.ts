import type { ConnectionModel } from "../model/connection.ts";
import { encoded, expression } from "../model/expression.ts";
import type { Value } from "../model/expression.ts";
import type { ExternalPlan } from "../model/launcher.ts";
import type { ResourceBuilder } from "../model/resource-builder.ts";

/** Options of a StackExchange.Redis connection string; a part that does not start with one belongs to the one before it. */
const option = /^(?:[a-z]+)\s*=/i;

/** `localhost:6379,password=…` and `redis://:…@localhost:6379`. */
export function redisConnection(self: ResourceBuilder, { password }: { password: Value }): ConnectionModel {
  const endpoint = self.endpoint("tcp");
  return {
    // The format knows no quotes: readers split at commas, so a password with one is for those who read the URI.
    connectionString: expression`${endpoint.hostPort},password=${password}`,
    properties: {
      host: endpoint.host,
      port: endpoint.port,
      password: expression`${password}`,
      uri: expression`redis://:${encoded(password, "uri")}@${endpoint.hostPort}`,
    },
  };
}

/**
 * Reads where a Redis is, from `redis://user:password@host:port/0` or `host:port,password=…,ssl=true`.
 *
 * @throws Error when it is neither.
 */
export function parseRedisConnection(text: string): Omit<ExternalPlan, "type"> {
  const server = text.includes("://") ? readUri(text) : readOptions(text);
  const { host, port, password } = server;
  return {
    connectionString: text.includes("://") ? writeOptions(server) : text,
    properties: { host, port: String(port), password: password ?? "", uri: writeUri(server) },
    endpoints: { tcp: `tcp://${host}:${port}` },
  };
}

interface RedisServer {
  host: string;
  port: number;
  username?: string | undefined;
  password?: string | undefined;
  database?: string | undefined;
  tls: boolean;
}

function readUri(text: string): RedisServer {
  const url = parseUrl(text);
  if (url.protocol !== "redis:" && url.protocol !== "rediss:") {
    throw new Error(`its scheme is "${url.protocol.slice(0, -1)}", wanted: "redis" or "rediss"`);
  }
  return {
    host: url.hostname,
    port: url.port === "" ? 6379 : Number(url.port),
    username: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || undefined,
    database: url.pathname.slice(1) || undefined,
    tls: url.protocol === "rediss:",
  };
}

function parseUrl(text: string): URL {
  if (!URL.canParse(text)) throw new Error("it is not a URI");
  return new URL(text);
}

/** `cache.example.com:6380,password=a,b,ssl=True` → the password is `a,b`. */
function readOptions(text: string): RedisServer {
  const [address = "", ...rest] = splitParts(text);
  const match = /^(\[[^\]]+\]|[^:=@/\s]+)(?::(\d+))?$/.exec(address);
  if (match?.[1] === undefined) throw new Error("it does not start with host:port");
  const values = new Map(
    rest
      .filter((part) => option.test(part))
      .map((part) => [part.split("=")[0]?.trim().toLowerCase(), valueOf(part)]),
  );
  const tls = values.get("ssl")?.toLowerCase() === "true";
  return {
    host: match[1],
    port: Number(match[2] ?? (tls ? 6380 : 6379)),
    username: values.get("user"),
    password: values.get("password"),
    database: values.get("defaultdatabase"),
    tls,
  };
}

/** Cuts at commas, except inside a password; further addresses of a cluster stay parts of their own. */
function splitParts(text: string): string[] {
  const parts: string[] = [];
  for (const part of text.split(",")) {
    const last = parts.at(-1);
    if (last !== undefined && /^\s*password\s*=/i.test(last) && !option.test(part.trim())) {
      parts[parts.length - 1] = `${last},${part}`;
    } else {
      parts.push(part);
    }
  }
  return parts.map((part, index) => (index === 0 ? part.trim() : part.trimStart()));
}

function valueOf(part: string): string {
  return part.slice(part.indexOf("=") + 1);
}

function writeOptions({ host, port, username, password, database, tls }: RedisServer): string {
  return [
    `${host}:${port}`,
    ...(username === undefined ? [] : [`user=${username}`]),
    ...(password === undefined ? [] : [`password=${password}`]),
    ...(database === undefined ? [] : [`defaultDatabase=${database}`]),
    ...(tls ? ["ssl=true"] : []),
  ].join(",");
}

function writeUri({ host, port, username = "", password, database, tls }: RedisServer): string {
  const user =
    password === undefined ? "" : `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
  return `${tls ? "rediss" : "redis"}://${user}${host}:${port}${database === undefined ? "" : `/${database}`}`;
}
