import type { ContainerEngine } from "../containers/container-engine.ts";
import { findEngine, noEngine } from "../containers/find-engine.ts";
import { containerName } from "../containers/labels.ts";
import type { ProcessIdentity } from "../processes/process-entry.ts";
import { killContainer, pauseContainer, resumeContainer } from "./container-faults.ts";
import type { FaultTarget } from "./fault-targets.ts";
import { killProcesses, pauseProcesses, resumeProcesses } from "./resource-processes.ts";

/** What {@link ResourceFaults} takes. */
export interface ResourceFaultsOptions {
  runId: string;
  /** Of the AppHost: it says where the container engine is. */
  environment: Readonly<Record<string, string>>;
  /** How many replicas a resource has. */
  replicasOf: (resource: string) => number;
}

/** Kills, pauses and resumes replicas of a run: processes with all that they have started, and containers. */
export class ResourceFaults {
  readonly #options: ResourceFaultsOptions;
  readonly #processes: Map<string, readonly ProcessIdentity[]> = new Map();
  readonly #containers: Set<string> = new Set();
  #engine: Promise<ContainerEngine> | undefined;

  constructor(options: ResourceFaultsOptions) {
    this.#options = options;
  }

  async kill(target: FaultTarget): Promise<void> {
    const { runId } = this.#options;
    if (target.pid === undefined) {
      const name = this.#containerOf(target);
      await killContainer(await this.#findEngine(), name);
      this.#containers.delete(name);
    } else {
      await killProcesses({ runId, pid: target.pid });
      this.#processes.delete(keyOf(target));
    }
  }

  async pause(target: FaultTarget): Promise<void> {
    const { runId } = this.#options;
    if (target.pid === undefined) {
      const name = this.#containerOf(target);
      await pauseContainer(await this.#findEngine(), name);
      this.#containers.add(name);
    } else {
      const stopped = await pauseProcesses({ runId, pid: target.pid });
      this.#processes.set(keyOf(target), [...(this.#processes.get(keyOf(target)) ?? []), ...stopped]);
    }
  }

  /** Does nothing for what is not paused. */
  async resume(target: Omit<FaultTarget, "pid">): Promise<void> {
    resumeProcesses(this.#processes.get(keyOf(target)) ?? []);
    this.#processes.delete(keyOf(target));
    const name = this.#containerOf(target);
    if (!this.#containers.has(name)) return;
    await resumeContainer(await this.#findEngine(), name);
    this.#containers.delete(name);
  }

  /** Lets everything go on, since what stands still cannot stop in order. Never rejects. */
  async resumeAll(): Promise<void> {
    for (const processes of this.#processes.values()) resumeProcesses(processes);
    this.#processes.clear();
    const names = [...this.#containers];
    this.#containers.clear();
    // What an engine does not resume is killed in the end.
    await Promise.allSettled(names.map(async (name) => resumeContainer(await this.#findEngine(), name)));
  }

  #containerOf({ resource, replica }: Omit<FaultTarget, "pid">): string {
    const { runId, replicasOf } = this.#options;
    return containerName(runId, { resource, replica, replicas: replicasOf(resource) });
  }

  /** Looked for when it is first needed. */
  #findEngine(): Promise<ContainerEngine> {
    this.#engine ??= findEngine({ environment: this.#options.environment }).then(({ engine, attempts }) => {
      if (engine === undefined) throw noEngine(attempts);
      return engine;
    });
    return this.#engine;
  }
}

function keyOf({ resource, replica }: Omit<FaultTarget, "pid">): string {
  return `${resource}.${replica}`;
}
