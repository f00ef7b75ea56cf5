import process from "node:process";
import type { Closable } from "./closers.ts";
import type { Orchestrator } from "./orchestrator.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Stops the run in order at the first SIGINT, SIGTERM or SIGHUP, at once at the second, and gives up at the third. With
 * a client attached, the end of stdin means that the client is gone.
 */
export function listenForStop({
  orchestrator,
  isAttached,
}: {
  orchestrator: Orchestrator;
  isAttached: boolean;
}): Closable {
  let asked = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    asked += 1;
    if (asked > 2) process.exit(130);
    void orchestrator.stop({ force: asked === 2, reason: signal });
  };
  const onClientGone = (): void =>
    void orchestrator.stop({ reason: "the client that started the run is gone" });
  for (const signal of signals) process.on(signal, onSignal);
  if (isAttached) {
    process.stdin.on("end", onClientGone).on("error", onClientGone).on("close", onClientGone);
    process.stdin.resume();
    process.stdin.unref?.();
  }
  return {
    close() {
      for (const signal of signals) process.off(signal, onSignal);
      if (isAttached) {
        process.stdin.off("end", onClientGone).off("error", onClientGone).off("close", onClientGone);
        process.stdin.pause();
      }
    },
  };
}
