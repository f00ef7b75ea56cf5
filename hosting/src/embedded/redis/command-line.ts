import { parseArgs } from "node:util";

import { createErrorFactory } from "@dext/core";

import { embeddedRedisErrorCodes } from "./error-codes.ts";

const usageError = createErrorFactory(embeddedRedisErrorCodes);

/** What the command line of the server says. */
export interface CommandLine {
  host: string;
  port: number;
  dataDirectory: string | undefined;
}

/**
 * Reads `--port <n> [--host <address>] [--data <folder>]`.
 *
 * @throws DextError `DEXT_EMBEDDED_REDIS_USAGE` for anything else.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { port, host, data } = parse(args);
  if (port === undefined || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw usageError(
      "DEXT_EMBEDDED_REDIS_USAGE",
      `The embedded Redis server needs a port: --port is "${port ?? ""}", wanted a number from 0 to 65535`,
      { hint: "0 takes a free port." },
    );
  }
  return { host: host ?? "127.0.0.1", port: Number(port), dataDirectory: data };
}

function parse(args: readonly string[]): { port?: string; host?: string; data?: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { port: { type: "string" }, host: { type: "string" }, data: { type: "string" } },
    });
    return values;
  } catch (cause) {
    throw usageError(
      "DEXT_EMBEDDED_REDIS_USAGE",
      `The embedded Redis server does not understand its command line: ${cause instanceof Error ? cause.message : String(cause)}`,
      { hint: "Use --port <n> [--host <address>] [--data <folder>].", cause },
    );
  }
}
