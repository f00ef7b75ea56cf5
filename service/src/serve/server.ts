import type { Logger } from "@dext/core";
import type { Drainable } from "../shutdown/shutdown.ts";
import type { ListenTarget } from "./listen-address.ts";
import type { HealthEndpoint } from "../health/health-endpoint.ts";

/** Answers a request: what `Deno.serve` takes, and what Hono and others give as `app.fetch`. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** Where a server listens. */
export interface ServerAddress {
  hostname: string;
  port: number;
  /** For a person to open, on this machine: `http://127.0.0.1:5000`. */
  url: string;
}

/** A server that listens. */
export interface RunningServer extends Drainable {
  readonly address: ServerAddress;
  /** Stops at once, whatever is going on. */
  close(): Promise<void>;
}

/** What every server needs to know. */
export interface ServerOptions {
  target: ListenTarget;
  logger: Logger;
  /** Answered before the handler is asked; nothing when health is not to be seen here. */
  health: HealthEndpoint | undefined;
  /** Requests that are answered at one time; more are refused with 503. */
  load: Load;
  /** Bytes. */
  maxBodySize: number;
  /** Whether an answer may tell what went wrong. */
  isDevelopment: boolean;
  stopping: AbortSignal;
}

/** How many requests are being answered, in all servers of a service. */
export interface Load {
  readonly current: number;
  /** Whether no further request is taken. */
  isFull(): boolean;
  begin(): void;
  end(): void;
}

export function createLoad(limit: number): Load {
  let current = 0;
  return {
    get current() {
      return current;
    },
    isFull: () => current >= limit,
    begin: () => void (current += 1),
    end: () => void (current -= 1),
  };
}

export function urlOf({ hostname, port }: { hostname: string; port: number }): string {
  const isAny = hostname === "::" || hostname === "0.0.0.0";
  const host = isAny ? "localhost" : hostname.includes(":") ? `[${hostname}]` : hostname;
  return `http://${host}:${port}`;
}
