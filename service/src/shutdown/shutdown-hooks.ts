import { formatDuration } from "@dext/core";
import type { Clock, Logger } from "@dext/core";
import { settlesWithin } from "./within.ts";

/** Called once the last request is through. The signal is aborted when its time is up. */
export type ShutdownHook = (signal: AbortSignal) => unknown;

export interface RegisteredHook {
  name: string;
  hook: ShutdownHook;
  /** Milliseconds. */
  deadline: number;
}

/** Runs the hooks, latest first, each to its end or its deadline; tells whether all of them did well. */
export async function runShutdownHooks(
  hooks: readonly RegisteredHook[],
  { clock, logger }: { clock: Clock; logger: Logger },
): Promise<boolean> {
  let isWell = true;
  for (const { name, hook, deadline } of hooks.toReversed()) {
    const time = new AbortController();
    const running = (async () => hook(time.signal))();
    running.catch((error: unknown) => {
      isWell = false;
      logger.error(`The shutdown hook "${name}" failed`, { error });
    });
    if (await settlesWithin(running, { milliseconds: deadline, clock })) continue;
    isWell = false;
    const text = `The shutdown hook "${name}" did not end within ${formatDuration(deadline)}`;
    logger.error(text);
    time.abort(new Error(text));
  }
  return isWell;
}
