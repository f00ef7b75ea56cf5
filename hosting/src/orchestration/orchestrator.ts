import { isEndState, isFailedState } from "@dext/protocol";
import type { ResourceSnapshot, RunState } from "@dext/protocol";
import { dependentsOf } from "./dependency-order.ts";
import { Replica } from "./replica.ts";
import { ReplicaTask } from "./replica-task.ts";
import type { RunContext } from "./run-context.ts";

/** Runs every resource of a run and stops them again. */
export class Orchestrator {
  readonly #context: RunContext;
  readonly #replicas: Map<string, readonly Replica[]> = new Map();
  readonly #tasks: Map<string, readonly ReplicaTask[]> = new Map();
  #state: RunState = "Starting";
  #stopping: Promise<void> | undefined;

  constructor(context: RunContext) {
    this.#context = context;
    const { hub, clock } = context;
    for (const resource of context.resources.values()) {
      const replicas = Array.from(
        { length: resource.replicas },
        (_, index) => new Replica(resource, { index, hub, clock }),
      );
      this.#replicas.set(resource.name, replicas);
    }
    const replicasOf = (name: string): readonly Replica[] => this.#replicas.get(name) ?? [];
    for (const [name, replicas] of this.#replicas) {
      this.#tasks.set(
        name,
        replicas.map((replica) => new ReplicaTask(replica, { context, replicasOf })),
      );
    }
  }

  get state(): RunState {
    return this.#state;
  }

  /** Every replica as it is now, in the order of the model. */
  snapshots(): readonly ResourceSnapshot[] {
    return [...this.#replicas.values()].flat().map((replica) => replica.snapshot);
  }

  /** Starts everything, as parallel as the waits allow. */
  start(): void {
    this.#setState("Starting");
    for (const replica of this.#allReplicas()) {
      const unsubscribe = replica.onChange(() => {
        if (this.#state !== "Starting" || !this.#hasStarted()) return;
        unsubscribe();
        this.#setState("Running");
      });
    }
    for (const task of this.#allTasks()) task.start();
  }

  /** Resolves when every resource has come to an end, by itself or because it was stopped. */
  async ended(): Promise<void> {
    await Promise.all(this.#allTasks().map((task) => task.ended));
    await this.#stopping;
  }

  /** The names of the resources that failed. */
  failed(): readonly string[] {
    const failed = this.#allReplicas().filter((replica) => isFailedState(replica.state));
    return [...new Set(failed.map(({ resource }) => resource.name))];
  }

  /**
   * Stops what runs, each resource after those that depend on it, independent ones together.
   *
   * @param options.force kills at once, also while an ordinary stop is under way.
   */
  stop({ force = false, reason }: { force?: boolean; reason?: string } = {}): Promise<void> {
    if (force && this.#stopping !== undefined)
      void Promise.all(this.#allTasks().map((task) => task.stop({ force })));
    this.#stopping ??= this.#stopInOrder({ force, ...(reason === undefined ? {} : { reason }) });
    return this.#stopping;
  }

  async #stopInOrder({ force, reason }: { force: boolean; reason?: string }): Promise<void> {
    this.#setState("Stopping", reason);
    const dependents = dependentsOf([...this.#context.resources.values()]);
    const stops = new Map<string, Promise<void>>();
    const stop = (name: string): Promise<void> => {
      const known = stops.get(name);
      if (known !== undefined) return known;
      const stopped = (async () => {
        if (!force) await Promise.all([...(dependents.get(name) ?? [])].map(stop));
        await Promise.all((this.#tasks.get(name) ?? []).map((task) => task.stop({ force })));
      })();
      stops.set(name, stopped);
      return stopped;
    };
    await Promise.all([...this.#tasks.keys()].map(stop));
  }

  /** Says that the run is over; called once everything has been cleaned up. */
  close(): void {
    this.#setState("Stopped");
  }

  #setState(state: RunState, reason?: string): void {
    this.#state = state;
    const failed = this.failed();
    this.#context.hub.emit({
      type: "run",
      data: {
        state,
        ...(reason === undefined ? {} : { reason }),
        ...(failed.length === 0 ? {} : { failed }),
      },
    });
  }

  /** Whether everything that starts by itself is healthy or has come to an end. */
  #hasStarted(): boolean {
    return this.#allReplicas().every(
      ({ state, snapshot }) =>
        isEndState(state) ||
        (state === "Running" && (snapshot.health === "Healthy" || snapshot.health === "Degraded")),
    );
  }

  #allReplicas(): readonly Replica[] {
    return [...this.#replicas.values()].flat();
  }

  #allTasks(): readonly ReplicaTask[] {
    return [...this.#tasks.values()].flat();
  }
}
