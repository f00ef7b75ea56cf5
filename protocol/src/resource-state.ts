/**
 * The states of a resource, in the order of a life that goes well:
 * `NotStarted → Waiting → Starting → Running → Stopping → Stopped` (asked to) or `Finished` (ended by itself with 0).
 * `Exited` is any other end, `FailedToStart` a start that did not get to a running process, `Restarting` the wait before
 * another try.
 */
export const resourceStates = [
  "NotStarted",
  "Waiting",
  "Starting",
  "Running",
  "Stopping",
  "Stopped",
  "Finished",
  "Exited",
  "FailedToStart",
  "Restarting",
] as const;

/** One of {@link resourceStates}; JSON uses these spellings. */
export type ResourceState = (typeof resourceStates)[number];

/** What the health checks of a resource say; it stands beside the state. `Unknown` while no check has answered. */
export type Health = "Healthy" | "Unhealthy" | "Degraded" | "Unknown";

/** Whether a resource in this state has come to an end and stays there unless somebody starts it. */
export function isEndState(state: ResourceState): boolean {
  return state === "Stopped" || state === "Finished" || state === "Exited" || state === "FailedToStart";
}

/** Whether a resource in this state has failed: it never started, or it ended when nobody asked for it. */
export function isFailedState(state: ResourceState): boolean {
  return state === "Exited" || state === "FailedToStart";
}
