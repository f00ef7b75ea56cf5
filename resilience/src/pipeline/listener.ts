import type { Logger } from "@dext/core";

/** Calls a listener. It cannot change an outcome, neither by throwing nor by a promise that rejects. */
export function notifyListener<Event>(
  listener: ((event: Event) => unknown) | undefined,
  event: Event,
  { logger, owner }: { logger: Logger; owner: string },
): void {
  if (listener === undefined) return;
  const failed = (error: unknown): void => {
    logger.error(`A listener of "${owner}" failed: ${String(error)}`);
  };
  try {
    const returned = listener(event);
    if (returned instanceof Promise) returned.catch(failed);
  } catch (error) {
    failed(error);
  }
}
