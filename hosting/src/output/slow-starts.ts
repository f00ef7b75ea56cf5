import type { ResourceSnapshot } from "@dext/protocol";

/** After so long a resource that runs and is not healthy yet is worth a line, in milliseconds. */
const patience = 5000;

/** Watches for resources that run and do not get healthy. */
export interface SlowStarts {
  observe(resource: ResourceSnapshot): void;
  dispose(): void;
}

/** Calls `tell` once for each start of a resource that takes long to get healthy. */
export function createSlowStarts(tell: (resource: ResourceSnapshot) => void): SlowStarts {
  const latest = new Map<string, ResourceSnapshot>();
  const timers = new Map<string, NodeJS.Timeout>();
  const forget = (key: string): void => {
    clearTimeout(timers.get(key));
    timers.delete(key);
  };
  return {
    observe(resource) {
      const key = `${resource.name} ${resource.replica}`;
      latest.set(key, resource);
      if (resource.state !== "Running" || resource.health === "Healthy") forget(key);
      else if (!timers.has(key))
        timers.set(key, setTimeout(() => tell(latest.get(key) ?? resource), patience).unref());
    },
    dispose() {
      for (const key of timers.keys()) forget(key);
    },
  };
}
