import { systemClock } from "@dext/core";
import { isEndState, isFailedState } from "@dext/protocol";
import type { Health, ResourceSnapshot, ResourceState, RunClient } from "@dext/protocol";

/** What can be waited for: a state or a health. */
export type WaitTarget = ResourceState | Health;

/** Whether a replica is as it is wanted. */
export type WaitCondition = (snapshot: ResourceSnapshot) => boolean;

/** Where a wait stands. */
export type Verdict = "met" | "pending" | "failed";

/** What {@link watchRun} takes. */
export interface WatchRunOptions {
  /** Milliseconds. */
  timeout: number;
  signal?: AbortSignal | undefined;
  /** Called at first and after each change with every replica as it is. */
  judge: (snapshots: readonly ResourceSnapshot[]) => Verdict;
}

/** How a wait ended. */
export interface WatchResult {
  readonly verdict: Verdict;
  readonly snapshots: readonly ResourceSnapshot[];
}

/**
 * Follows a run until a verdict is reached or time is over. Short-lived states count too, those that were before this
 * call do not.
 *
 * @throws the signal's reason; what the run's client throws.
 */
export async function watchRun(
  client: RunClient,
  { timeout, signal, judge }: WatchRunOptions,
): Promise<WatchResult> {
  signal?.throwIfAborted();
  const startedAt = systemClock.now();
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const timer = systemClock.setTimer(end, { milliseconds: timeout });
  signal?.addEventListener("abort", end, { once: true });
  let snapshots: readonly ResourceSnapshot[] = [];
  try {
    snapshots = await readSnapshots(client, ending.signal);
    let verdict = judge(snapshots);
    if (verdict === "pending") {
      for await (const event of client.events({ signal: ending.signal })) {
        // Events begin with what was, and the clock of the run is ours.
        if (!("resource" in event) || event.time < startedAt) continue;
        const { snapshot } = event.data;
        snapshots = snapshots.map((each) => (isSameReplica(each, snapshot) ? snapshot : each));
        verdict = judge(snapshots);
        if (verdict !== "pending") break;
      }
    }
    return { verdict, snapshots };
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    signal?.throwIfAborted();
    // A clock that was set back would have hidden what came: what is now decides.
    snapshots = await readSnapshots(client);
    return { verdict: judge(snapshots), snapshots };
  } finally {
    timer.clear();
    signal?.removeEventListener("abort", end);
  }
}

/** Whether a replica is where it was wanted. Who has finished was good to the end. */
export function judgeReplica({ state, health }: ResourceSnapshot, target: WaitTarget): Verdict {
  if (state === target) return "met";
  if (isHealth(target) && state === "Running" && health === target) return "met";
  if (target === "Healthy" && state === "Finished") return "met";
  return isEndState(state) ? "failed" : "pending";
}

/** Whether a replica has begun as far as it does by itself. */
export function judgeStart({ state, health }: ResourceSnapshot, target: "healthy" | "started"): Verdict {
  if (isFailedState(state)) return "failed";
  if (isEndState(state)) return "met";
  if (state !== "Running") return "pending";
  return target === "started" || health === "Healthy" || health === "Degraded" ? "met" : "pending";
}

/** The verdict of several: the worst of them. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("failed")) return "failed";
  return verdicts.includes("pending") ? "pending" : "met";
}

async function readSnapshots(client: RunClient, signal?: AbortSignal): Promise<readonly ResourceSnapshot[]> {
  const { resources } = await client.snapshot(signal === undefined ? {} : { signal });
  return resources;
}

function isHealth(target: WaitTarget): target is Health {
  return ["Healthy", "Unhealthy", "Degraded", "Unknown"].includes(target);
}

function isSameReplica(a: ResourceSnapshot, b: ResourceSnapshot): boolean {
  return a.name === b.name && a.replica === b.replica;
}
