import type { Clock } from "@dext/core";
import type { IncomingMessage } from "node:http";
import { EngineConnection } from "./engine-connection.ts";
import type { EngineCall } from "./engine-connection.ts";
import { containerError } from "./error-codes.ts";

/** A container engine that answers. */
export interface ContainerEngine {
  /** `Docker` or `Podman`. */
  readonly name: string;
  /** Of the engine: `20.10.24`. */
  readonly version: string;
  /** The version of the API that is spoken with it: the newest that both know. */
  readonly apiVersion: string;
  readonly socketPath: string;
  /** It runs in a virtual machine, as on macOS or with Docker Desktop: its networks are not on this machine. */
  isRemote(): Promise<boolean>;
  /** It runs as an ordinary user, in a network of its own. */
  isRootless(): Promise<boolean>;
  /** Makes a call and gives its answer once it has begun. */
  open(call: EngineCall): Promise<IncomingMessage>;
  /** Makes a call and reads its answer. */
  json<T>(call: EngineCall): Promise<T>;
}

/** Version 1.41 came with Docker 20.10 and is what Podman speaks; what is used of it is the same up to this one. */
const oldestApi = "1.41";
const newestApi = "1.52";

/** What {@link connectEngine} takes. */
export interface ConnectEngineOptions {
  socketPath: string;
  signal?: AbortSignal;
  clock?: Clock;
  /** Milliseconds for a call; 20 s when absent, 5 s for the first one. */
  timeout?: number;
  pingInterval?: number;
}

/**
 * Asks the engine behind a socket who it is.
 *
 * @throws DextError `DEXT_CONTAINER_ENGINE_…`
 */
export async function connectEngine(options: ConnectEngineOptions): Promise<ContainerEngine> {
  const { socketPath, signal, timeout = 5000 } = options;
  const plain = new EngineConnection({ ...options });
  const answer = await plain.json<VersionAnswer>({
    path: "/version",
    timeout,
    ...(signal === undefined ? {} : { signal }),
  });
  const { ApiVersion: offered, Version: version } = answer ?? {};
  if (typeof offered !== "string" || !/^\d+\.\d+$/.test(offered) || typeof version !== "string") {
    throw containerError(
      "DEXT_CONTAINER_ENGINE_BROKEN",
      `What answers at ${socketPath} is no container engine: it tells no version`,
      { details: { socket: socketPath } },
    );
  }
  const isPodman = (answer.Components ?? []).some(({ Name }) => Name?.startsWith("Podman"));
  const name = isPodman ? "Podman" : "Docker";
  if (compareVersions(offered, oldestApi) < 0) {
    throw containerError(
      "DEXT_CONTAINER_ENGINE_REFUSED",
      `${name} ${version} at ${socketPath} is too old: its API is ${offered}, wanted ${oldestApi} or newer`,
      { hint: "Install Docker 20.10 or newer.", details: { socket: socketPath, version } },
    );
  }
  const apiVersion = compareVersions(offered, newestApi) > 0 ? newestApi : offered;
  return new SocketEngine(plain.with({ name, apiVersion }), {
    name,
    version: version.replace(/[+~].*/, ""),
    apiVersion,
  });
}

/** One line for people: `Docker 20.10.24 answers at /var/run/docker.sock`. */
export function describeEngine({ name, version, socketPath }: ContainerEngine): string {
  return `${name} ${version} answers at ${socketPath}`;
}

interface VersionAnswer {
  ApiVersion?: string;
  Version?: string;
  Components?: readonly { Name?: string }[];
}

interface InfoAnswer {
  OperatingSystem?: string;
  SecurityOptions?: readonly string[] | null;
}

class SocketEngine implements ContainerEngine {
  readonly name: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly socketPath: string;
  readonly #connection: EngineConnection;
  #info: Promise<InfoAnswer> | undefined;

  constructor(
    connection: EngineConnection,
    { name, version, apiVersion }: { name: string; version: string; apiVersion: string },
  ) {
    this.#connection = connection;
    this.socketPath = connection.socketPath;
    this.name = name;
    this.version = version;
    this.apiVersion = apiVersion;
  }

  async isRemote(): Promise<boolean> {
    const { OperatingSystem = "" } = await this.#readInfo();
    return process.platform !== "linux" || OperatingSystem.includes("Docker Desktop");
  }

  async isRootless(): Promise<boolean> {
    const { SecurityOptions } = await this.#readInfo();
    return (SecurityOptions ?? []).some((option) => option.includes("rootless"));
  }

  open(call: EngineCall): Promise<IncomingMessage> {
    return this.#connection.open(call);
  }

  json<T>(call: EngineCall): Promise<T> {
    return this.#connection.json<T>(call);
  }

  #readInfo(): Promise<InfoAnswer> {
    this.#info ??= this.json<InfoAnswer>({ path: "/info" });
    return this.#info;
  }
}

function compareVersions(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split(".").map(Number);
  const [bMajor = 0, bMinor = 0] = b.split(".").map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}
