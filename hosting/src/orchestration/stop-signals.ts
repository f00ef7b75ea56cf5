import process from "node:process";
import type { Closable } from "./closers.ts";
import type { Orchestrator } from "./orchestrator.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** So soon nobody asks again, in milliseconds. */
const echoTime = 100;
const outputs = ["stdout", "stderr"] as const;

/**
 * Stops the run in order at the first SIGINT, SIGTERM or SIGHUP, at once at the second, and gives up at the third. With
 * a client attached, the end of stdin means that the client is gone; without one, that nobody reads our output does.
 */
export function listenForStop({
  orchestrator,
  isAttached,
}: {
  orchestrator: Orchestrator;
  isAttached: boolean;
}): Closable {
  let asked = 0;
  let last = -Infinity;
  const onSignal = (signal: NodeJS.Signals): void => {
    // No second request: a terminal that is closed says so itself and through the shell, and at a Ctrl-C npm
    // passes on what we got already.
    const now = performance.now();
    const isEcho = now - last < echoTime || (signal === "SIGHUP" && asked > 0);
    last = now;
    if (isEcho) return;
    asked += 1;
    if (asked > 2) process.exit(130);
    void orchestrator.stop({ force: asked === 2, reason: signal });
  };
  const onClientGone = (): void =>
    void orchestrator.stop({ reason: "the client that started the run is gone" });
  // With a client that is killed our output is gone too: without anybody listening that would be an exception.
  const onOutputClosed = ({ code = "unknown" }: NodeJS.ErrnoException): void => {
    const isClosed = code === "EPIPE" || code === "EIO";
    const reason = isClosed ? "nobody reads the output" : `the output cannot be written (${code})`;
    if (!isAttached) void orchestrator.stop({ reason });
  };
  for (const signal of signals) process.on(signal, onSignal);
  for (const output of outputs) process[output].on("error", onOutputClosed);
  if (isAttached) {
    process.stdin.on("end", onClientGone).on("error", onClientGone).on("close", onClientGone);
    process.stdin.resume();
    process.stdin.unref?.();
  }
  return {
    close() {
      // The listeners of the output stay: what the AppHost prints last must not end it.
      for (const signal of signals) process.off(signal, onSignal);
      if (isAttached) {
        process.stdin.off("end", onClientGone).off("error", onClientGone).off("close", onClientGone);
        process.stdin.pause();
      }
    },
  };
}
