import { parseKeyValuePairs } from "../launchers/key-value-pairs.ts";
import type { ConnectionModel } from "../model/connection.ts";
import { encode, encoded, expression } from "../model/expression.ts";
import type { Value } from "../model/expression.ts";
import type { ExternalPlan } from "../model/launcher.ts";
import type { BackingResourceBuilder } from "../model/backing-resource-builder.ts";
import type { ResourceBuilder } from "../model/resource-builder.ts";

/** `Host=localhost;Port=5432;Username=postgres;Password=…` and `postgresql://postgres:…@localhost:5432`. */
export function postgresConnection(
  self: ResourceBuilder,
  { username, password }: { username: string; password: Value },
): ConnectionModel {
  const { host, port, hostPort } = self.endpoint("tcp");
  const user = encodeURIComponent(username);
  return {
    connectionString: expression`Host=${host};Port=${port};Username=${encoded(username, "keyValue")};Password=${encoded(password, "keyValue")}`,
    properties: {
      host,
      port,
      username: expression`${username}`,
      password: expression`${password}`,
      uri: expression`postgresql://${user}:${encoded(password, "uri")}@${hostPort}`,
      jdbcConnectionString: expression`jdbc:postgresql://${hostPort}`,
    },
  };
}

/** The connection of one database, over that of its server: a server that is elsewhere brings its own. */
export function postgresDatabaseConnection(
  server: BackingResourceBuilder,
  { databaseName }: { databaseName: string },
): ConnectionModel {
  const [host, port, username, password] = ["host", "port", "username", "password"].map((name) =>
    server.property(name),
  ) as [Value, Value, Value, Value];
  const path = encodePath(databaseName);
  return {
    connectionString: expression`${server.connectionString};Database=${encoded(databaseName, "keyValue")}`,
    properties: {
      host: expression`${host}`,
      port: expression`${port}`,
      username: expression`${username}`,
      password: expression`${password}`,
      databaseName: expression`${databaseName}`,
      uri: expression`postgresql://${encoded(username, "uri")}:${encoded(password, "uri")}@${host}:${port}/${path}`,
      jdbcConnectionString: expression`jdbc:postgresql://${host}:${port}/${path}`,
    },
  };
}

/** The keys of Npgsql, and what they are called in a URI's query. */
const aliases = {
  host: ["host", "server"],
  port: ["port"],
  username: ["username", "userid", "user", "uid"],
  password: ["password", "pwd", "psw"],
  databaseName: ["database", "db", "initialcatalog"],
  sslMode: ["sslmode"],
} as const;

/**
 * Reads where a Postgres is, from `postgresql://user:password@host:port/database` or `Host=…;Port=…;Username=…`.
 *
 * @throws Error when it is neither.
 */
export function parsePostgresConnection(text: string): Omit<ExternalPlan, "type"> {
  const isUri = text.includes("://");
  const server = isUri ? readUri(text) : readPairs(text);
  const { host, port, username, password, databaseName } = server;
  return {
    connectionString: isUri ? writePairs(server) : text,
    properties: {
      host,
      port,
      username,
      password,
      ...(databaseName === "" ? {} : { databaseName }),
      uri: isUri ? text : writeUri(server),
      jdbcConnectionString: `jdbc:postgresql://${host}:${port}${databaseName === "" ? "" : `/${encodePath(databaseName)}`}`,
    },
    endpoints: { tcp: `tcp://${host}:${port}` },
  };
}

type PostgresServer = Record<keyof typeof aliases, string>;

function readUri(text: string): PostgresServer {
  if (!URL.canParse(text)) throw new Error("it is not a URI");
  const url = new URL(text);
  if (url.protocol !== "postgresql:" && url.protocol !== "postgres:") {
    throw new Error(`its scheme is "${url.protocol.slice(0, -1)}", wanted: "postgresql" or "postgres"`);
  }
  if (url.hostname === "") throw new Error("it has no host");
  return {
    host: url.hostname,
    port: url.port === "" ? "5432" : url.port,
    username: decodeURIComponent(url.username) || "postgres",
    password: decodeURIComponent(url.password),
    databaseName: decodeURIComponent(url.pathname.slice(1)),
    sslMode: url.searchParams.get("sslmode") ?? "",
  };
}

function readPairs(text: string): PostgresServer {
  const pairs = parseKeyValuePairs(text);
  const value = (key: keyof typeof aliases, otherwise: string): string =>
    aliases[key].map((alias) => pairs.get(alias)).find((found) => found !== undefined && found !== "") ??
    otherwise;
  const host = value("host", "");
  if (host === "") throw new Error("it has no Host");
  const port = value("port", "5432");
  if (!/^\d+$/.test(port)) throw new Error("its Port is not a number");
  return {
    host,
    port,
    username: value("username", "postgres"),
    password: value("password", ""),
    databaseName: value("databaseName", ""),
    sslMode: value("sslMode", ""),
  };
}

function writePairs({ host, port, username, password, databaseName, sslMode }: PostgresServer): string {
  return [
    `Host=${host}`,
    `Port=${port}`,
    `Username=${encode(username, "keyValue")}`,
    `Password=${encode(password, "keyValue")}`,
    ...(databaseName === "" ? [] : [`Database=${encode(databaseName, "keyValue")}`]),
    ...(sslMode === "" ? [] : [`SSL Mode=${npgsqlSslMode(sslMode)}`]),
  ].join(";");
}

function writeUri({ host, port, username, password, databaseName, sslMode }: PostgresServer): string {
  const user = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
  const path = databaseName === "" ? "" : `/${encodePath(databaseName)}`;
  return `postgresql://${user}@${host}:${port}${path}${sslMode === "" ? "" : `?sslmode=${uriSslMode(sslMode)}`}`;
}

/** Clients like node-postgres leave the escapes of what may stand in a path as it is: these characters stay themselves. */
function encodePath(databaseName: string): string {
  return encodeURIComponent(databaseName).replace(/%(?:3B|2C|3A|40|26|3D|24)/g, decodeURIComponent);
}

/** `verify-full` is `VerifyFull` to Npgsql. */
function npgsqlSslMode(mode: string): string {
  return mode.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function uriSslMode(mode: string): string {
  return mode.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
}
