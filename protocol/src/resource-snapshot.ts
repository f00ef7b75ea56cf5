import type { Health, ResourceState } from "./resource-state.ts";

/** An address at which a resource can be reached from this machine. */
export interface EndpointSnapshot {
  /** The endpoint's name, such as `http`. */
  name: string;
  /** For example `http://localhost:43121` or `tcp://localhost:6379`. */
  url: string;
}

/** One way to have a resource that was looked at before one was chosen. */
export interface LauncherAttempt {
  /** `external`, `container`, `process` or `embedded`. */
  launcher: string;
  /** Why it was taken, or why not. */
  because: string;
  /** What would make it work, where there is something to do. */
  remedy?: string;
}

/** What the processes or the container of a replica use. */
export interface ResourceUsage {
  /** Share of one core over the last second: 1 is one core busy all the time. */
  cpu: number;
  /** Resident memory in bytes. */
  memory: number;
}

/** Something that is wrong with the configuration that a resource is given. The last good values stay in use. */
export interface ConfigurationProblem {
  /** Which source, such as `consul shop/`; `values` when all sources answer and their values do not fit. */
  source: string;
  /** `STALE`: the source does not answer, and what it held before is used. `INVALID`: what the sources hold cannot be used. */
  state: "STALE" | "ERROR" | "FATAL" | "INVALID";
  message: string;
  /** When that began, in milliseconds since 1970. */
  since: number;
}

/** A command of a resource's own. */
export interface CommandSnapshot {
  name: string;
  description?: string;
  /** To be asked before it is run. */
  confirm?: string;
}

/** What is known of one replica of a resource at one moment. */
export interface ResourceSnapshot {
  name: string;
  /** What it is: `project`, `redis`, `postgres`, `executable` … */
  kind: string;
  /** Counted from 0. */
  replica: number;
  state: ResourceState;
  /** Why it is in this state, where there is more to say than the state does. */
  reason?: string;
  /** When it entered this state, in milliseconds since 1970. */
  since: number;
  health: Health;
  /** The message of the check that fails, or what is waited for. */
  healthMessage?: string;
  /** How it is run; absent until a launcher has been chosen. */
  launcher?: string;
  /** Why this launcher was chosen. */
  launcherBecause?: string;
  pid?: number;
  exitCode?: number;
  signal?: string;
  /** Counts the starts of this resource: 0 before the first one. */
  generation: number;
  /** How often it was started again by its restart policy or a watched file, since it was last started by hand. */
  restarts: number;
  /** What its processes or its container use; absent while nothing runs and until it was first measured. */
  usage?: ResourceUsage;
  /** What is wrong with its configuration; absent while nothing is. */
  configurationProblems?: readonly ConfigurationProblem[];
  /** The commands that can be given to it besides `start`, `stop` and `restart`. */
  commands?: readonly CommandSnapshot[];
  endpoints: readonly EndpointSnapshot[];
}
