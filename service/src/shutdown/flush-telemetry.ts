import type { Clock, Logger } from "@dext/core";
import { settlesWithin } from "./within.ts";

/**
 * Where whoever collects telemetry in this process puts a function that sends what it still holds. It is a global
 * symbol because the preload is a bundle of its own that shares no module with the program.
 */
export const telemetryFlush: unique symbol = Symbol.for("dext.telemetry.flush") as never;

/** Sends what telemetry still holds. A collector that does not answer must not keep a service from ending. */
export async function flushTelemetry(options: {
  milliseconds: number;
  clock: Clock;
  logger: Logger;
}): Promise<void> {
  const { logger } = options;
  const flush = (globalThis as { [telemetryFlush]?: unknown })[telemetryFlush];
  if (typeof flush !== "function") return;
  const flushing = (async () => (flush as () => unknown)())();
  flushing.catch((error: unknown) => logger.warn("Telemetry could not be sent", { error }));
  if (!(await settlesWithin(flushing, options))) {
    logger.warn("Telemetry was not sent in time", { milliseconds: options.milliseconds });
  }
}
