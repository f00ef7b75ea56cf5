import { isDevelopment, readVariable } from "../environment.ts";
import type { Environment } from "../environment.ts";
import { serviceError } from "../service-error.ts";

/** The port when neither the caller nor `PORT` says one. */
const usualPort = 8080;

/** Where to listen, as the caller and the environment say it. */
export interface ListenOptions {
  /** 0 takes a free one. When absent that of the variable `PORT`, else 8080. */
  port?: number;
  /** When absent the variable `HOST`, else loopback in development and all addresses of the machine elsewhere. */
  host?: string;
}

/** Where to listen; without a host name at every address of the machine, as the runtime does it. */
export interface ListenTarget {
  port: number;
  hostname: string | undefined;
}

/**
 * The port and the address to listen at.
 *
 * @throws DextError `DEXT_SERVICE_PORT_INVALID`
 */
export function listenAddress({ port, host }: ListenOptions, environment?: Environment): ListenTarget {
  const told = readVariable("HOST", environment);
  const usual = isDevelopment(environment) ? "127.0.0.1" : undefined;
  return {
    port: port === undefined ? portOfEnvironment(environment) : checkedPort(port, "the option port"),
    hostname: host ?? (told === undefined || told === "" ? usual : told),
  };
}

function portOfEnvironment(environment: Environment | undefined): number {
  const text = readVariable("PORT", environment)?.trim();
  if (text === undefined || text === "") return usualPort;
  return checkedPort(/^\d+$/.test(text) ? Number(text) : text, "the variable PORT");
}

export function checkedPort(port: number | string, origin: string): number {
  if (typeof port === "number" && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw serviceError(
    "DEXT_SERVICE_PORT_INVALID",
    `No port to listen at: ${origin} is "${port}", wanted is a number from 0 to 65535`,
    { hint: "Set PORT to a free port, or to 0 for any.", details: { port: String(port) } },
  );
}

/** What a runtime throws when it cannot listen, as an error that says what to do. */
export function listenError(error: unknown, target: ListenTarget): unknown {
  const { port, hostname = "*" } = target;
  const code = (error as { code?: unknown } | null)?.code;
  const details = { port, hostname };
  if (code === "EADDRINUSE") {
    return serviceError(
      "DEXT_SERVICE_PORT_TAKEN",
      `Cannot listen at ${hostname}:${port}: the port is taken`,
      {
        hint: "Stop the process that listens there, or set PORT to another port, or to 0 for any free one.",
        cause: error,
        details,
      },
    );
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EACCES" || code === "EAI_AGAIN") {
    return serviceError("DEXT_SERVICE_HOST_UNAVAILABLE", `Cannot listen at ${hostname}:${port}: ${code}`, {
      hint: "Set HOST to an address of this machine, and PORT to one above 1023.",
      cause: error,
      details,
    });
  }
  return error;
}
