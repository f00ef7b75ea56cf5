import { isFailedState } from "@dext/protocol";
import type { ResourceSnapshot, RunEvent, RunState } from "@dext/protocol";

/** What is known of a run from its events. */
export interface RunTracker {
  apply(event: RunEvent): void;
  state(): RunState;
  resources(): readonly ResourceSnapshot[];
  /** Whether everything that starts by itself has got to where it stays: up, or failed. */
  isSettled(): boolean;
  /** The resources that have failed, each once. */
  failed(): readonly ResourceSnapshot[];
}

export function createRunTracker(): RunTracker {
  const resources = new Map<string, ResourceSnapshot>();
  let state: RunState = "Starting";
  return {
    apply(event) {
      if (event.type === "run") state = event.data.state;
      else if (event.type !== "notice") {
        const { snapshot } = event.data;
        resources.set(`${snapshot.name} ${snapshot.replica}`, snapshot);
      }
    },
    state: () => state,
    resources: () => [...resources.values()],
    isSettled: () => state === "Running" && [...resources.values()].every(hasSettled),
    failed: () => [...resources.values()].filter((resource) => isFailedState(resource.state)),
  };
}

/** Whether a resource does what it is there for. */
export function isUp({ state, health }: ResourceSnapshot): boolean {
  return state === "Finished" || (state === "Running" && health === "Healthy");
}

/** What is started by hand stays `NotStarted`, and what waits for something that failed stays `Waiting`. */
function hasSettled(resource: ResourceSnapshot): boolean {
  const { state } = resource;
  return isUp(resource) || isFailedState(state) || state === "NotStarted" || state === "Stopped";
}
