import type { KnownKind } from "./known-images.ts";

/** An endpoint of a resource that is found. */
export interface FoundEndpoint {
  readonly name: string;
  readonly scheme: "http" | "tcp";
  /** The port that others in the system name when they mean it. */
  readonly port: number;
}

/** A resource as values of others name it. */
export interface Host {
  readonly name: string;
  readonly kind?: KnownKind;
  readonly endpoints: readonly FoundEndpoint[];
  /**
   * The ports of this machine that lead to it, and the ports inside that they stand for. None for a service that only
   * runs in a profile: who refers to it would start it.
   */
  readonly published: ReadonlyMap<number, number>;
  /** The user that its variables set. */
  readonly user?: string;
  /** What its own variables set of the connection, by their names: clients often have the same. */
  readonly own?: ReadonlyMap<string, OwnVariable>;
  /** The database that its variables make, and the resources of its databases by their names. */
  readonly databases: Map<string, string>;
}

/** `POSTGRES_PASSWORD=secret` of a server. */
export interface OwnVariable {
  readonly text: string;
  readonly property: "username" | "password" | "databaseName";
}

/** Finds resources by what values call them. */
export interface HostDirectory {
  /** By the name that it has for other containers. */
  readonly byName: ReadonlyMap<string, Host>;
  /** The resource of a database on a server; it is added when it is not there. */
  readonly database: (host: Host, name: string) => string;
}

/** What a host and a port stand for. With `isLocal`, `localhost` is this machine with its published ports. */
export function findHost(
  directory: HostDirectory,
  { host, port, isLocal }: { host: string; port: number | undefined; isLocal: boolean },
): { host: Host; port: number | undefined } | undefined {
  const named = directory.byName.get(host);
  if (named !== undefined) return { host: named, port };
  if (
    !isLocal ||
    port === undefined ||
    !/^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal)$/.test(host)
  ) {
    return undefined;
  }
  // A port that several publish, in profiles of their own, tells nothing.
  const publishing = [...new Set(directory.byName.values())].filter(({ published }) => published.has(port));
  const [only, second] = publishing;
  return only === undefined || second !== undefined
    ? undefined
    : { host: only, port: only.published.get(port) };
}

/** The endpoint of a port; without one the first of its scheme, or the only one. */
export function endpointOf(
  { endpoints }: Host,
  { port, scheme }: { port: number | undefined; scheme?: string },
): FoundEndpoint | undefined {
  if (port !== undefined) {
    const exact = endpoints.find((endpoint) => endpoint.port === port);
    if (exact !== undefined) return exact;
  }
  const wanted = scheme === undefined || /^(?:https?|wss?)$/.test(scheme) ? "http" : "tcp";
  const fitting = endpoints.filter((endpoint) => endpoint.scheme === wanted);
  return fitting[0] ?? (endpoints.length === 1 ? endpoints[0] : undefined);
}
