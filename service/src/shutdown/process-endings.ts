import type { Clock, Logger } from "@dext/core";
import { readVariable } from "../environment.ts";
import { flushTelemetry } from "./flush-telemetry.ts";

/** Something that is stopped before the process ends. */
export interface Stoppable {
  logger: Logger;
  clock: Clock;
  /** How long telemetry may take when the process ends for an error, in milliseconds. */
  flushDeadline: number;
  /** Stops it; gives the exit code that it wishes for. Never rejects. */
  stop(reason: string): Promise<number>;
}

const numbers = { SIGTERM: 15, SIGINT: 2 } as const;
const signals = ["SIGTERM", "SIGINT"] as const;
const stoppables = new Set<Stoppable>();
let isEnding = false;

/**
 * Has something stopped when the process is told to end, and errors that nobody caught told before it ends.
 *
 * Signals do what they always do until the first call, and again once everything is let go.
 *
 * @returns what lets go of it.
 */
export function endWithProcess(stoppable: Stoppable): () => void {
  if (stoppables.size === 0) listen();
  stoppables.add(stoppable);
  return () => {
    // While the process ends, a second signal still has to be heard.
    if (stoppables.delete(stoppable) && stoppables.size === 0 && !isEnding) unlisten();
  };
}

function listen(): void {
  for (const signal of signals) process.on(signal, onSignal);
  process.on("uncaughtException", onUncaught);
}

function unlisten(): void {
  for (const signal of signals) process.off(signal, onSignal);
  process.off("uncaughtException", onUncaught);
}

function onSignal(signal: keyof typeof numbers): void {
  // Whoever sends a second one does not want to wait.
  if (isEnding) process.exit(128 + numbers[signal]);
  isEnding = true;
  void Promise.all([...stoppables].map((each) => each.stop(signal))).then((codes) =>
    exit(Math.max(0, ...codes)),
  );
}

/**
 * Ends the process.
 *
 * Deno 2.9 that is told to exit while it exports telemetry by itself waits for ever in about one case of twenty (the main
 * thread in a futex, its sockets closed). It never does when nothing is left to do, as after an orderly stop: it is told
 * to exit only when something of the program goes on nevertheless.
 */
function exit(code: number): void {
  if (!("Deno" in globalThis) || !/^(?:true|1)$/.test(readVariable("OTEL_DENO") ?? "")) process.exit(code);
  process.exitCode = code;
  unlisten();
  setTimeout(() => process.exit(code), 500).unref();
}

/** Node and Deno bring rejections that nobody handles here too. The state of the process is unknown: it ends. */
function onUncaught(error: unknown): void {
  const [first] = stoppables;
  if (first === undefined) process.exit(1);
  first.logger.error("The process ends for an error that nobody caught", { error });
  isEnding = true;
  void flushTelemetry({ ...first, milliseconds: first.flushDeadline }).finally(() => process.exit(1));
}
