import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { LoadContext } from "../definition/provider.ts";
import { connectionOf } from "../remote/connection-string.ts";
import { consulError } from "./consul-error.ts";
import type { ConsulOptions } from "./consul-options.ts";

/** Where a Consul is and what it wants to be told, from the options and the environment. */
export interface ConsulSettings {
  /** With the scheme, without a slash at its end. May hold a password. */
  readonly address: string;
  /** The address without user and password, for a person. */
  readonly shown: string;
  /** The socket of the file system to ask at, whatever the address is. */
  readonly socketPath: string | undefined;
  /** The token as it is now: a file is read anew each time. Undefined: none, Consul takes the anonymous one. */
  token(): Promise<string | undefined>;
  readonly datacenter: string | undefined;
  readonly namespace: string | undefined;
  readonly partition: string | undefined;
  readonly tls: Tls;
}

interface Tls {
  ca?: string;
  cert?: string;
  key?: string;
  servername?: string;
  rejectUnauthorized?: false;
}

type Surroundings = Pick<LoadContext, "variables" | "directory" | "logger">;

/**
 * Reads what the options and the environment say.
 *
 * @throws DextError `DEXT_CONFIG_CONSUL_OPTIONS`, `DEXT_CONFIG_CONSUL_UNREADABLE`, `DEXT_CONFIG_CONNECTION_INVALID`
 */
export async function readSettings(options: ConsulOptions, context: Surroundings): Promise<ConsulSettings> {
  const { connection, datacenter } = options;
  const variable = (name: string): string | undefined => readVariable(name, context);
  const given = connection === undefined ? undefined : connectionOf(connection, context);
  const place = given === undefined ? placeOf(options.address, variable) : { address: given.address };
  const { address, socketPath } = place;
  const url = new URL(address);
  url.username = "";
  url.password = "";
  return {
    address,
    shown: socketPath === undefined ? url.href.replace(/\/+$/, "") : `unix://${socketPath}`,
    socketPath,
    token: tokenOf(options, { connected: given?.token, variable, context }),
    datacenter,
    namespace: options.namespace ?? variable("CONSUL_NAMESPACE"),
    partition: options.partition ?? variable("CONSUL_PARTITION"),
    tls: url.protocol === "https:" ? await readTls(options, { variable, context }) : {},
  };
}

type ReadVariable = (name: string) => string | undefined;

interface Place {
  address: string;
  socketPath?: string;
}

/** `consul.local:8500` has no scheme, as Consul's own tools allow it. */
function placeOf(given: string | undefined, variable: ReadVariable): Place {
  const text = given ?? variable("CONSUL_HTTP_ADDR") ?? "127.0.0.1:8500";
  const socketPath = /^unix:\/\/(\/.+)$/.exec(text)?.[1];
  if (socketPath !== undefined) return { address: withUser("http://localhost", variable), socketPath };
  const secure = given === undefined && isTrue(variable("CONSUL_HTTP_SSL"));
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  // Where TLS is asked for, Consul's own tools use it whatever scheme the address has.
  const address = secure ? withScheme.replace(/^http:/i, "https:") : withScheme;
  if (/^https?:\/\/[^/]/i.test(address) && URL.canParse(address))
    // The client adds `/v1`, which some know as a part of the address.
    return { address: withUser(address, variable).replace(/(?:\/+v1)?\/*$/, "") };
  const source = given === undefined ? "The variable CONSUL_HTTP_ADDR" : 'The "address" of a Consul layer';
  throw consulError("DEXT_CONFIG_CONSUL_OPTIONS", `${source} is no address of an HTTP server`, {
    hint: 'Give "http://host:8500", "https://host:8501" or "unix:///path/of/a.sock".',
  });
}

/** `CONSUL_HTTP_AUTH=user:password`, for what stands in front of Consul; those in the address come first. */
function withUser(address: string, variable: ReadVariable): string {
  const [user, ...password] = (variable("CONSUL_HTTP_AUTH") ?? "").split(":");
  const url = new URL(address);
  if (!user || url.username !== "") return address;
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password.join(":"));
  return url.href;
}

/** As Go reads it. */
function isTrue(text: string | undefined): boolean {
  return /^(1|t|true)$/i.test(text ?? "");
}

function tokenOf(
  { token, tokenFile }: ConsulOptions,
  {
    connected,
    variable,
    context,
  }: { connected: string | undefined; variable: ReadVariable; context: Surroundings },
): () => Promise<string | undefined> {
  const given = token ?? (tokenFile === undefined ? connected : undefined);
  if (given !== undefined) return () => Promise.resolve(given.trim());
  // Of the two variables, that of the file comes first for Consul's own tools.
  const path = tokenFile ?? variable("CONSUL_HTTP_TOKEN_FILE");
  if (path === undefined) return () => Promise.resolve(variable("CONSUL_HTTP_TOKEN")?.trim());
  return async () => (await readNamed(path, { what: "the token", context })).trim();
}

async function readTls(
  { tls = {} }: ConsulOptions,
  { variable, context }: { variable: ReadVariable; context: Surroundings },
): Promise<Tls> {
  const read = async (path: string | undefined): Promise<string | undefined> =>
    path === undefined ? undefined : readNamed(path, { what: "a certificate or its key", context });
  const [ca, cert, key] = await Promise.all([
    read(tls.caFile ?? variable("CONSUL_CACERT")),
    read(tls.certificateFile ?? variable("CONSUL_CLIENT_CERT")),
    read(tls.keyFile ?? variable("CONSUL_CLIENT_KEY")),
  ]);
  const servername = tls.serverName ?? variable("CONSUL_TLS_SERVER_NAME");
  const verify = tls.verify ?? !/^(0|f|false)$/i.test(variable("CONSUL_HTTP_SSL_VERIFY") ?? "");
  if (!verify) context.logger.warn("The certificate of Consul is not verified: anybody can be that server");
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
    ...(verify ? {} : { rejectUnauthorized: false }),
  };
}

async function readNamed(
  path: string,
  { what, context }: { what: string; context: Surroundings },
): Promise<string> {
  const file = resolve(context.directory, path);
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw consulError(
      "DEXT_CONFIG_CONSUL_UNREADABLE",
      `The file "${file}" with ${what} for Consul cannot be read: ${(error as Error).message}`,
      { hint: "Mount the file, or correct its path.", cause: error, details: { file } },
    );
  }
}

function readVariable(name: string, { variables }: Surroundings): string | undefined {
  try {
    return (variables ?? process.env)[name] || undefined;
  } catch {
    // Deno, without the permission to read this variable.
    return undefined;
  }
}
