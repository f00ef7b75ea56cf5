import process from "node:process";
import { hostingError } from "../hosting-error.ts";

/** Tells that a start is no longer wanted, until it is closed. */
export interface StartInterruption {
  /** Its reason is `DEXT_RUN_INTERRUPTED`. */
  readonly signal: AbortSignal;
  close(): void;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** So soon after an interruption a signal says the same, in milliseconds: a client ends stdin and sends one. */
const echoTime = 1000;

/**
 * Listens for what ends a start that takes long: a signal and, with a client attached, the end of stdin. What was taken
 * by then can be given back, and nothing goes on for a client that was killed.
 */
export function listenForInterruption({ isAttached }: { isAttached: boolean }): StartInterruption {
  const controller = new AbortController();
  let interruptedAt: number | undefined;
  const interrupt = (because: string): void => {
    interruptedAt ??= performance.now();
    const message = `The start was given up: ${because}`;
    controller.abort(
      hostingError("DEXT_RUN_INTERRUPTED", message, { hint: "Nothing had been started yet." }),
    );
  };
  const onSignal = (name: NodeJS.Signals): void => {
    if (interruptedAt !== undefined && performance.now() - interruptedAt > echoTime) process.exit(130);
    interrupt(name);
  };
  const onClientGone = (): void => interrupt("the client that began it is gone");
  for (const name of signals) process.on(name, onSignal);
  if (isAttached) {
    process.stdin.on("end", onClientGone).on("error", onClientGone).on("close", onClientGone);
    process.stdin.resume();
  }
  return {
    signal: controller.signal,
    close() {
      if (isAttached) process.stdin.pause();
      // The process is about to end: nothing may end it before it has given back what it took.
      if (controller.signal.aborted) return;
      for (const name of signals) process.off(name, onSignal);
      if (isAttached)
        process.stdin.off("end", onClientGone).off("error", onClientGone).off("close", onClientGone);
    },
  };
}
