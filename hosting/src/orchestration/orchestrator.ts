import { isEndState, isFailedState } from "@dext/protocol";
import type { ResourceSnapshot, RunState } from "@dext/protocol";
import { dependentsOf } from "./dependency-order.ts";
import { Replica } from "./replica.ts";
import { ReplicaTask } from "./replica-task.ts";
import { resourceUnknown } from "./resource-command.ts";
import type { RunContext } from "./run-context.ts";

/** When a run ends by itself. */
export type EndRule =
  /** When nothing runs, waits or may start again. */
  | "nothing-left"
  /** When every resource has finished, or as soon as one has failed. */
  | "until-finished"
  /** Only when it is asked to: somebody may start what has ended. */
  | "asked";

/** Runs every resource of a run and stops them again. */
export class Orchestrator {
  readonly context: RunContext;
  readonly #replicas: Map<string, readonly Replica[]> = new Map();
  readonly #tasks: Map<string, readonly ReplicaTask[]> = new Map();
  readonly #over = Promise.withResolvers<void>();
  readonly #endRule: EndRule;
  #state: RunState = "Starting";
  #stopping: Promise<void> | undefined;

  constructor(context: RunContext, { endRule }: { endRule: EndRule }) {
    this.context = context;
    this.#endRule = endRule;
    const { hub, clock } = context;
    const replicasOf = (name: string): readonly Replica[] => this.#replicas.get(name) ?? [];
    for (const resource of context.resources.values()) {
      const replicas = Array.from(
        { length: resource.replicas },
        (_, index) => new Replica(resource, { index, hub, clock }),
      );
      this.#replicas.set(resource.name, replicas);
      this.#tasks.set(
        resource.name,
        replicas.map((replica) => new ReplicaTask(replica, { context, replicasOf })),
      );
    }
  }

  get state(): RunState {
    return this.#state;
  }

  /** Whether everything is being stopped, or has been: nothing is to start any more. */
  get isEnding(): boolean {
    return this.#state === "Stopping" || this.#state === "Stopped";
  }

  /** Every replica, in the order of the model. */
  replicas(): readonly Replica[] {
    return [...this.#replicas.values()].flat();
  }

  /** What keeps each replica. */
  tasks(): readonly ReplicaTask[] {
    return [...this.#tasks.values()].flat();
  }

  /** Every replica as it is now, in the order of the model. */
  snapshots(): readonly ResourceSnapshot[] {
    return this.replicas().map((replica) => replica.snapshot);
  }

  /** Starts everything that starts by itself, as parallel as the waits allow. */
  start(): void {
    this.#setState("Starting");
    for (const replica of this.replicas()) replica.onChange(() => this.#look());
    for (const [name, tasks] of this.#tasks) {
      if (this.context.resources.get(name)?.explicitStart) continue;
      for (const task of tasks) task.begin();
    }
    this.#look();
  }

  /** Resolves when the run is over and everything has been stopped. */
  async ended(): Promise<void> {
    await this.#over.promise;
    await this.stop({ reason: "nothing is left running" });
  }

  /** The names of the resources that failed. */
  failed(): readonly string[] {
    const failed = this.replicas().filter((replica) => isFailedState(replica.state));
    return [...new Set(failed.map(({ resource }) => resource.name))];
  }

  /**
   * The tasks of a resource, or the one of a replica.
   *
   * @throws DextError `DEXT_RUN_RESOURCE_UNKNOWN`
   */
  tasksOf(name: string, replica?: number): readonly ReplicaTask[] {
    const tasks = this.#tasks.get(name);
    const found = replica === undefined ? tasks : tasks?.slice(replica, replica + 1);
    if (found === undefined || found.length === 0) {
      throw resourceUnknown(replica === undefined ? name : `${name}.${replica}`, [...this.#tasks.keys()]);
    }
    return found;
  }

  /** The names of the resources that depend on one, directly or not, each after those that it depends on. */
  dependentsOf(name: string): readonly string[] {
    const dependents = dependentsOf([...this.context.resources.values()]);
    const seen = new Set<string>();
    const found: string[] = [];
    const visit = (of: string): void => {
      for (const each of dependents.get(of) ?? []) {
        if (seen.has(each)) continue;
        seen.add(each);
        visit(each);
        found.push(each);
      }
    };
    visit(name);
    return found.toReversed();
  }

  /**
   * Stops what runs, each resource after those that depend on it, independent ones together.
   *
   * @param options.force kills at once, also while an ordinary stop is under way.
   */
  stop({ force = false, reason }: { force?: boolean; reason?: string } = {}): Promise<void> {
    if (force && this.#stopping !== undefined) {
      for (const task of this.tasks()) void task.close({ force });
    }
    this.#stopping ??= this.#stopInOrder({ force, ...(reason === undefined ? {} : { reason }) });
    return this.#stopping;
  }

  /** Says that the run is over; called once everything has been cleaned up. */
  close(): void {
    this.#setState("Stopped");
  }

  async #stopInOrder({ force, reason }: { force: boolean; reason?: string }): Promise<void> {
    this.#setState("Stopping", reason);
    const dependents = dependentsOf([...this.context.resources.values()]);
    const stops = new Map<string, Promise<void>>();
    const stop = (name: string): Promise<void> => {
      const known = stops.get(name);
      if (known !== undefined) return known;
      const stopped = (async () => {
        if (!force) await Promise.all([...(dependents.get(name) ?? [])].map(stop));
        await Promise.all((this.#tasks.get(name) ?? []).map((task) => task.close({ force })));
      })();
      stops.set(name, stopped);
      return stopped;
    };
    await Promise.all([...this.#tasks.keys()].map(stop));
    this.#over.resolve();
  }

  #setState(state: RunState, reason?: string): void {
    this.#state = state;
    const failed = this.failed();
    this.context.hub.emit({
      type: "run",
      data: {
        state,
        ...(reason === undefined ? {} : { reason }),
        ...(failed.length === 0 ? {} : { failed }),
      },
    });
  }

  #look(): void {
    if (this.#state === "Starting" && this.#hasStarted()) this.#setState("Running");
    if (this.#stopping === undefined && this.#isOver()) this.#over.resolve();
  }

  /** Whether everything that starts by itself is healthy or has come to an end. */
  #hasStarted(): boolean {
    return this.replicas().every(
      ({ state, snapshot, resource }) =>
        isEndState(state) ||
        (state === "NotStarted" && resource.explicitStart) ||
        (state === "Running" && (snapshot.health === "Healthy" || snapshot.health === "Degraded")),
    );
  }

  #isOver(): boolean {
    if (this.#endRule === "asked") return false;
    const replicas = this.replicas();
    if (this.#endRule === "until-finished" && replicas.some(({ state }) => isFailedState(state))) return true;
    return replicas.every((replica) => isEndState(replica.state) || isExternal(replica));
  }
}

/** What runs elsewhere keeps no run going. */
function isExternal({ snapshot }: Replica): boolean {
  return snapshot.state === "Running" && (snapshot.launcher === "external" || snapshot.launcher === "none");
}
