import process from "node:process";
import type { Closable } from "../orchestration/closers.ts";
import type { ProcessIdentity } from "../processes/process-entry.ts";
import { isAlive, readIdentity } from "../processes/process-identity.ts";

/**
 * The process that runs the tests, when this one is only its child and has a channel to it: `node --test` and the forks
 * of vitest and jest. Killed, it leaves such a child behind, which may go on for ever with nobody to tell its results to.
 */
export function findRunner(): ProcessIdentity | undefined {
  const isChild = process.env["NODE_TEST_CONTEXT"] !== undefined || typeof process.send === "function";
  return isChild ? readIdentity(process.ppid) : undefined;
}

/** An identity as the text of a variable: `4711:127166@b7bb1b29`. */
export function encodeRunner({ pid, startTime }: ProcessIdentity): string {
  return `${pid}:${startTime}`;
}

/** What {@link encodeRunner} made. */
export function decodeRunner(text: string | undefined): ProcessIdentity | undefined {
  const found = /^(\d+):(.+)$/.exec(text ?? "");
  return found === null ? undefined : { pid: Number(found[1]), startTime: found[2] ?? "" };
}

/** In milliseconds. */
const lookInterval = 1000;

/** Calls once when that process is gone. */
export function watchRunner(runner: ProcessIdentity, { onGone }: { onGone: () => void }): Closable {
  const timer = setInterval(() => {
    if (!isGone(runner)) return;
    clearInterval(timer);
    onGone();
  }, lookInterval);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

/** Whether that process is gone for certain: that the system cannot tell is no end. */
export function isGone(runner: ProcessIdentity): boolean {
  try {
    return !isAlive(runner);
  } catch {
    return false;
  }
}
