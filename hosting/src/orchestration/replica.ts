import type { Clock } from "@dext/core";
import { isEndState } from "@dext/protocol";
import type {
  ConfigurationProblem,
  EndpointSnapshot,
  Health,
  ResourceSnapshot,
  ResourceState,
  ResourceUsage,
} from "@dext/protocol";
import type { ResourceModel } from "../model/resource-model.ts";
import type { EventHub } from "./event-hub.ts";

/** What may change together with a state. */
export type SnapshotPatch = Partial<
  Pick<
    ResourceSnapshot,
    "reason" | "pid" | "exitCode" | "signal" | "launcher" | "launcherBecause" | "restarts"
  >
> & { endpoints?: readonly EndpointSnapshot[] };

/** One replica of a resource in a run: its snapshot, each change of it told to the hub. */
export class Replica {
  readonly resource: ResourceModel;
  readonly index: number;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  readonly #listeners: Set<() => void> = new Set();
  #snapshot: ResourceSnapshot;
  /** The last generation that was well. */
  #lastWell: number | undefined;

  constructor(resource: ResourceModel, options: { index: number; hub: EventHub; clock: Clock }) {
    this.resource = resource;
    this.index = options.index;
    this.#hub = options.hub;
    this.#clock = options.clock;
    this.#snapshot = {
      name: resource.name,
      kind: resource.kind,
      replica: options.index,
      state: "NotStarted",
      since: options.clock.now(),
      health: "Unknown",
      generation: 0,
      restarts: 0,
      ...commandsOf(resource),
      endpoints: [],
    };
  }

  get snapshot(): ResourceSnapshot {
    return this.#snapshot;
  }

  get state(): ResourceState {
    return this.#snapshot.state;
  }

  /** Whether it has been well since it was started last. */
  get hasBeenWell(): boolean {
    return this.#lastWell === this.#snapshot.generation;
  }

  /** Goes to another state; the reason of the one before is forgotten. */
  setState(to: ResourceState, patch: SnapshotPatch = {}): void {
    const from = this.state;
    const rest = keptIn(to, this.#snapshot);
    const generation = to === "Starting" ? rest.generation + 1 : rest.generation;
    this.#snapshot = { ...rest, ...patch, state: to, since: this.#clock.now(), generation };
    const { reason } = patch;
    this.#emit((common) =>
      this.#hub.emit({
        ...common,
        type: "state",
        data: { from, to, ...(reason === undefined ? {} : { reason }), snapshot: this.#snapshot },
      }),
    );
  }

  /** Notes what the health checks say; says nothing when that is what they said before. */
  setHealth(to: Health, message?: string): void {
    const { healthMessage, ...rest } = this.#snapshot;
    if (to === "Healthy" || to === "Degraded") this.#lastWell = rest.generation;
    if (rest.health === to && healthMessage === message) return;
    this.#snapshot = { ...rest, health: to, ...(message === undefined ? {} : { healthMessage: message }) };
    this.#emit((common) =>
      this.#hub.emit({
        ...common,
        type: "health",
        data: {
          from: rest.health,
          to,
          ...(message === undefined ? {} : { message }),
          snapshot: this.#snapshot,
        },
      }),
    );
  }

  /** Notes what it uses. */
  setUsage(usage: ResourceUsage): void {
    if (this.state !== "Running" && this.state !== "Stopping") return;
    this.#snapshot = { ...this.#snapshot, usage };
    this.#emit((common) =>
      this.#hub.emit({ ...common, type: "usage", data: { usage, snapshot: this.#snapshot } }),
    );
  }

  /** Changes something besides state and health. */
  change(patch: SnapshotPatch): void {
    this.#snapshot = { ...this.#snapshot, ...patch };
    this.#emit((common) =>
      this.#hub.emit({ ...common, type: "resource", data: { snapshot: this.#snapshot } }),
    );
  }

  /** Notes what is wrong with its configuration; says nothing when that is what was said before. */
  setConfigurationProblems(problems: readonly ConfigurationProblem[]): void {
    const { configurationProblems = [], ...rest } = this.#snapshot;
    if (JSON.stringify(configurationProblems) === JSON.stringify(problems)) return;
    this.#snapshot = problems.length === 0 ? rest : { ...rest, configurationProblems: problems };
    this.change({});
  }

  /** Calls the listener after each change; the function given back ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #emit(send: (common: { resource: string; replica: number }) => void): void {
    send({ resource: this.resource.name, replica: this.index });
    for (const listener of this.#listeners) listener();
  }
}

/** What of a snapshot outlives the change to another state: the process and how it ended belong to one life. */
function keptIn(to: ResourceState, snapshot: ResourceSnapshot): ResourceSnapshot {
  const { reason: _reason, ...rest } = snapshot;
  if (isEndState(to) || to === "Restarting") {
    const { pid: _pid, usage: _usage, ...ended } = rest;
    return ended;
  }
  if (to !== "Waiting" && to !== "Starting") return rest;
  const { exitCode: _exitCode, signal: _signal, ...begun } = rest;
  return begun;
}

function commandsOf(resource: ResourceModel): Pick<ResourceSnapshot, "commands"> {
  if (resource.commands.length === 0) return {};
  return {
    commands: resource.commands.map(({ name, description, confirm }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      ...(confirm === undefined ? {} : { confirm }),
    })),
  };
}
