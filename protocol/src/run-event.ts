import type { ResourceSnapshot, ResourceUsage } from "./resource-snapshot.ts";
import type { Health, ResourceState } from "./resource-state.ts";

/** Where a run stands as a whole. `Running` once everything that starts by itself has started or failed. */
export type RunState = "Starting" | "Running" | "Stopping" | "Stopped";

interface EventOf<Type extends string, Data> {
  /** Grows by one with every event of the run; reading can be resumed after any of them. */
  seq: number;
  /** Milliseconds since 1970. */
  time: number;
  type: Type;
  data: Data;
}

interface ResourceEventOf<Type extends string, Data> extends EventOf<
  Type,
  Data & { snapshot: ResourceSnapshot }
> {
  resource: string;
  replica: number;
}

/** A resource went from one state to another. */
export type StateEvent = ResourceEventOf<
  "state",
  { from: ResourceState; to: ResourceState; reason?: string }
>;

/** What the health checks say has changed. */
export type HealthEvent = ResourceEventOf<"health", { from: Health; to: Health; message?: string }>;

/** Something else about a resource changed: its launcher, its endpoints, its process. */
export type ResourceChangedEvent = ResourceEventOf<"resource", object>;

/** What a resource uses was measured; once a second for each that runs. */
export type UsageEvent = ResourceEventOf<"usage", { usage: ResourceUsage }>;

/** The run as a whole moved on. */
export type RunStateEvent = EventOf<"run", { state: RunState; reason?: string; failed?: readonly string[] }>;

/** Something that a person should know and that belongs to no resource's log. */
export type NoticeEvent = EventOf<
  "notice",
  { level: "info" | "warning" | "error"; message: string; code?: string; hint?: string; resource?: string }
>;

/** Whatever happens in a run, in order. */
export type RunEvent =
  | StateEvent
  | HealthEvent
  | ResourceChangedEvent
  | UsageEvent
  | RunStateEvent
  | NoticeEvent;
