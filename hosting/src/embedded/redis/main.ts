import process from "node:process";

import { isDextError } from "@dext/core";
import type { Logger } from "@dext/core";

import { parseCommandLine } from "./command-line.ts";
import { startEmbeddedRedis } from "./start-embedded-redis.ts";

/*
 * The embedded Redis server as a process of its own:
 *   node main.js --port <n> [--host 127.0.0.1] [--data <folder>]
 * Its password comes in DEXT_REDIS_PASSWORD, since command lines can be read by everybody on the machine.
 */

const usageExit = 2;
const failureExit = 4;

/** Ours alone: nothing that this process starts or prints may carry it on. */
function takePassword(): string | undefined {
  const password = process.env["DEXT_REDIS_PASSWORD"];
  delete process.env["DEXT_REDIS_PASSWORD"];
  return password;
}

const write = (line: string): void => void process.stderr.write(`${line}\n`);

const logger: Logger = {
  debug() {},
  info: write,
  warn: write,
  error(message, { error, ...attributes } = {}) {
    const stack = error instanceof Error ? `\n${error.stack ?? error.message}` : "";
    write(`${message} ${Object.keys(attributes).length === 0 ? "" : JSON.stringify(attributes)}${stack}`);
  },
};

function fail(error: unknown): never {
  if (isDextError(error)) {
    write(`${error.code}: ${error.message}`);
    if (error.hint !== undefined) write(error.hint);
    process.exit(error.code === "DEXT_EMBEDDED_REDIS_USAGE" ? usageExit : failureExit);
  }
  write(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
}

try {
  const { host, port, dataDirectory } = parseCommandLine(process.argv.slice(2));
  const password = takePassword();
  const server = await startEmbeddedRedis({
    host,
    port,
    logger,
    onShutdown: () => process.exit(0),
    ...(password === undefined ? {} : { password }),
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
  });
  const end = (): void => void server.close().then(() => process.exit(0), fail);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, end);
  process.stdout.write(`Ready to accept connections on ${server.host}:${server.port}\n`);
} catch (error) {
  fail(error);
}
