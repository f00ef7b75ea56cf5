import { sleep } from "@dext/core";
import { isEndState, isFailedState } from "@dext/protocol";
import type { ResourceSnapshot, RunClient, RunSnapshot } from "@dext/protocol";

/** What can be waited for. */
export const waitTargets = ["healthy", "running", "finished", "stopped"] as const;
export type WaitTarget = (typeof waitTargets)[number];

/** What {@link waitForState} takes. */
export interface WaitForStateOptions {
  client: RunClient;
  /** Each has to get there; all resources that start by themselves when empty. */
  names: readonly string[];
  target: WaitTarget;
  /** Aborted when the time is over. */
  signal: AbortSignal;
  /** Called with what is there before it is waited for. */
  check: (snapshot: RunSnapshot) => void;
}

/** What was waited for, and what of it is not there. */
export interface WaitOutcome {
  waited: readonly ResourceSnapshot[];
  missing: readonly ResourceSnapshot[];
  /** Why it was given up. */
  because: "reached" | "timeout" | "failed" | "ended";
}

/**
 * Waits until resources of a run have got somewhere. Ends early when one of them can get there no more: it failed, or
 * the run ended.
 */
export async function waitForState(options: WaitForStateOptions): Promise<WaitOutcome> {
  const { client, names, target, signal, check } = options;
  const changes = createChanges(client, signal);
  let last = await client.snapshot();
  check(last);
  for (;;) {
    const waited = chooseWaited(last, names);
    const missing = waited.filter((resource) => !hasReached(resource, target));
    if (missing.length === 0 && waited.length > 0) return { waited, missing, because: "reached" };
    if (missing.length === 0 && last.state !== "Starting") return { waited, missing, because: "reached" };
    if (target !== "stopped" && missing.some(({ state }) => isFailedState(state))) {
      return { waited, missing, because: "failed" };
    }
    const change = await changes.next();
    if (change === "timeout") return { waited, missing, because: "timeout" };
    const next = await client.snapshot({ signal }).catch(() => undefined);
    if (signal.aborted) return { waited, missing, because: "timeout" };
    // A run that is gone has stopped all that it ran.
    if (next === undefined || change === "ended") {
      const left = (next === undefined ? waited : chooseWaited(next, names)).filter(
        (resource) => target !== "stopped" && !hasReached(resource, target),
      );
      return { waited, missing: left, because: left.length === 0 ? "reached" : "ended" };
    }
    last = next;
  }
}

/** Whether a resource is where it was waited for to be. A job that is done was healthy and running while it lasted. */
export function hasReached({ state, health }: ResourceSnapshot, target: WaitTarget): boolean {
  switch (target) {
    case "healthy":
      return state === "Finished" || (state === "Running" && health === "Healthy");
    case "running":
      return state === "Finished" || state === "Running";
    case "finished":
      return state === "Finished";
    case "stopped":
      return isEndState(state) || state === "NotStarted";
  }
}

/** Without names, what is only started by hand does not count once all others have been started. */
function chooseWaited({ resources, state }: RunSnapshot, names: readonly string[]): ResourceSnapshot[] {
  return names.length > 0
    ? resources.filter(({ name }) => names.includes(name))
    : resources.filter((resource) => state === "Starting" || resource.state !== "NotStarted");
}

interface Changes {
  /** Resolves after something has changed since the last call. */
  next(): Promise<"changed" | "ended" | "timeout">;
}

/** The past events come first: they only say that there is something to look at, never what is the case now. */
function createChanges(client: RunClient, signal: AbortSignal): Changes {
  let changed = false;
  let ended = false;
  let wake: (() => void) | undefined;
  const read = async (): Promise<void> => {
    try {
      for await (const _event of client.events({ signal })) {
        changed = true;
        wake?.();
      }
    } catch {
      // The run went away, or the time is over.
    }
    ended = true;
    wake?.();
  };
  void read();
  return {
    async next() {
      if (!changed && !ended && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      if (signal.aborted) return "timeout";
      // What comes in one burst needs one look.
      if (changed) await sleep(2);
      changed = false;
      return ended ? "ended" : "changed";
    },
  };
}
