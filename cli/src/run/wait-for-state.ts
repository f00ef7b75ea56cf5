import { sleep } from "@dext/core";
import { isGone } from "@dext/hosting/output";
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
  const reading = new AbortController();
  const signal = AbortSignal.any([options.signal, reading.signal]);
  try {
    return await watch(options, createChanges(options.client, signal));
  } finally {
    // The stream of events would keep the process.
    reading.abort();
  }
}

async function watch(
  { client, names, target, signal, check }: WaitForStateOptions,
  changes: Changes,
): Promise<WaitOutcome> {
  let last = await client.snapshot();
  check(last);
  for (;;) {
    const waited = chooseWaited(last, names);
    const missing = waited.filter((resource) => !hasReached(resource, target));
    const mayCome = last.state === "Starting" && waited.length === 0;
    if (missing.length === 0 && !mayCome) return { waited, missing, because: "reached" };
    if (target !== "stopped" && missing.some(({ state }) => isFailedState(state))) {
      return { waited, missing, because: "failed" };
    }
    const change = await changes.next();
    const next = await snapshotUnlessGone(client);
    if (next === undefined) return afterEnd(waited, target);
    if (change === "ended" || next.state === "Stopped") return afterEnd(chooseWaited(next, names), target);
    if (signal.aborted) return { waited, missing, because: "timeout" };
    last = next;
  }
}

/** Every other failure is no end of the run: it says nothing about what was waited for. */
async function snapshotUnlessGone(client: RunClient): Promise<RunSnapshot | undefined> {
  try {
    return await client.snapshot();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** A run that is gone has stopped all that it ran, and starts nothing any more. */
function afterEnd(waited: readonly ResourceSnapshot[], target: WaitTarget): WaitOutcome {
  const missing = waited.filter((resource) => target !== "stopped" && !hasReached(resource, target));
  return { waited, missing, because: missing.length === 0 ? "reached" : "ended" };
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
  /**
   * Resolves after something has changed since the last call, or when nothing will change any more. Rejects when that
   * cannot be known.
   */
  next(): Promise<"changed" | "ended">;
}

/** The past events come first: they only say that there is something to look at, never what is the case now. */
function createChanges(client: RunClient, signal: AbortSignal): Changes {
  let changed = false;
  let ended = false;
  let failure: { error: unknown } | undefined;
  let wake: (() => void) | undefined;
  const read = async (): Promise<void> => {
    try {
      for await (const _event of client.events({ signal })) {
        changed = true;
        wake?.();
      }
    } catch (error) {
      // The time may be over, too.
      if (!signal.aborted && !isGone(error)) failure = { error };
    }
    ended = !signal.aborted;
    changed = true;
    wake?.();
  };
  void read();
  return {
    async next() {
      if (!changed) await new Promise<void>((resolve) => (wake = resolve));
      // What comes in one burst needs one look.
      await sleep(2);
      changed = false;
      if (failure !== undefined) throw failure.error;
      return ended ? "ended" : "changed";
    },
  };
}
