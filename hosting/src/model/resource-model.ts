import type { Duration } from "@dext/core";
import type { ConfigDefinition } from "@dext/providers";
import type { ConnectionModel } from "./connection.ts";
import type { EndpointModel } from "./endpoint.ts";
import type { Expression, Value } from "./expression.ts";
import type { HealthCheckModel } from "./health-check.ts";
import type { Launcher, LauncherType } from "./launcher.ts";

/** What a consumer refers to. */
export interface ReferenceModel {
  readonly resource: string;
  /** The name under which the consumer knows it; the resource's own when absent. */
  readonly as?: string;
  /** Only this endpoint; all when absent. */
  readonly endpoint?: string;
}

/** What a resource waits for before it starts. */
export interface WaitModel {
  readonly resource: string;
  readonly until: "healthy" | "started" | "completed";
}

/** What a callback of `withEnvironment` is told. */
export interface EnvironmentContext {
  readonly resource: string;
  readonly replica: number;
  /** `run`, `describe` or `publish`. */
  readonly operation: string;
}

/** Computes a value when it is needed; `undefined` leaves the variable out. */
export type EnvironmentCallback = (
  context: EnvironmentContext,
) =>
  | string
  | number
  | boolean
  | Expression
  | undefined
  | Promise<string | number | boolean | Expression | undefined>;

/** A variable set by `withEnvironment`. */
export interface EnvironmentEntry {
  readonly name: string;
  readonly value: Expression | EnvironmentCallback;
}

/** When a resource that has ended is started again. */
export type RestartPolicy = "no" | "on-failure" | "always" | "unless-stopped";

/** What a command of one's own is given when it runs. It runs in the AppHost, on this machine. */
export interface ResourceCommandContext {
  /** The name of the resource that the command was given to. */
  readonly resource: string;
  /** The replica that was meant, counted from 0; absent when none was named. */
  readonly replica?: number;
  /** Aborted when whoever gave the command no longer waits for it. */
  readonly signal: AbortSignal;
  /**
   * Where an endpoint of the resource is, seen from the AppHost, whatever it is run by: of the replica that was meant,
   * else of the first one.
   *
   * @throws DextError `DEXT_MODEL_ENDPOINT_UNKNOWN`, `DEXT_RUN_NO_ADDRESS`
   */
  readonly endpoint: (name: string) => { readonly host: string; readonly port: number; readonly url: string };
  /**
   * A property of the connection to the resource, such as `password` or `uri`.
   *
   * @throws DextError `DEXT_MODEL_PROPERTY_UNKNOWN`
   */
  readonly property: (name: string) => string;
  /** The text of any value of the AppHost in this run: a parameter, an expression, the endpoint of another resource. */
  readonly resolve: (value: Value) => string;
  /** Adds a line to the log of the resource, a line for each line of the text. Values of secrets are masked. */
  readonly write: (text: string) => void;
}

/** A command of one's own that a resource offers. */
export interface ResourceCommand {
  readonly name: string;
  readonly run: (context: ResourceCommandContext) => unknown;
  readonly description?: string;
  /** Asked before it is run. */
  readonly confirm?: string;
}

/** Storage that a container is given. */
export interface MountModel {
  readonly type: "volume" | "bind";
  /** The volume's name or the path on this machine. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** What happens to a resource when a value that it is given has changed. */
export type ConfigurationChange =
  /** It is started again with the new values, its replicas one after another. */
  | "restart"
  /** It is sent SIGHUP. Its variables stay what they are: it reads a source of its own again. */
  | "signal"
  /** The new values are there when it is started the next time. */
  | "none";

/** A part of a configuration that a resource is given. */
export interface ConfigurationModel {
  readonly definition: ConfigDefinition;
  /** The paths that it is given, with what is below them. */
  readonly keys: readonly string[];
  /** Paths that it is given too and that need not be there. */
  readonly optional: readonly string[];
  readonly onChange: ConfigurationChange;
  /** Stands before the name of every variable. */
  readonly prefix: string;
  /** The folder that relative paths of its sources start from; the AppHost's when absent. */
  readonly directory?: string;
  /** The resources of this system that its sources are. */
  readonly from: readonly string[];
}

/** What a seed is given when it runs, in the AppHost, on this machine. */
export interface SeedContext {
  /** The name of the resource that is to be filled. */
  readonly resource: string;
  /** How it is had: `external` is somebody else's. */
  readonly launcher: LauncherType;
  readonly signal: AbortSignal;
  /** Where an endpoint of the resource is, seen from the AppHost. */
  readonly endpoint: (name: string) => { readonly host: string; readonly port: number; readonly url: string };
  /** A property of the connection, such as `token`; empty when the connection has none of that name. */
  readonly property: (name: string) => string;
  /** The text of a value in this run. */
  readonly resolve: (value: Value) => string;
  /** Adds a line to the log of the resource. Values of secrets are masked. */
  readonly write: (text: string) => void;
}

/** What a resource is filled with once it is healthy and before anybody is told so. */
export interface SeedModel {
  /** `3 keys`, for the log. */
  readonly name: string;
  /** The values that it uses: what they refer to runs when this resource does. */
  readonly values: readonly Expression[];
  /** Fills it; whatever it throws makes the resource fail. Called at every start, so that it has to heed what is there. */
  readonly run: (context: SeedContext) => Promise<void>;
}

/** One resource of the system, as data. Nothing in it changes after `build()`. */
export interface ResourceModel {
  readonly name: string;
  readonly kind: string;
  /** `file:line:column` of the call that added it. */
  readonly definedAt?: string;
  /** The resource that it lives in, such as a database's server. */
  readonly parent?: string;
  readonly endpoints: readonly EndpointModel[];
  readonly launchers: readonly Launcher[];
  /** The order in which launchers are tried, where it is not the kind's own. */
  readonly launcherOrder?: readonly LauncherType[];
  readonly connection?: ConnectionModel;
  readonly references: readonly ReferenceModel[];
  readonly waits: readonly WaitModel[];
  readonly environment: readonly EnvironmentEntry[];
  readonly args: readonly Expression[];
  readonly replicas: number;
  readonly healthChecks: readonly HealthCheckModel[];
  /** Lines of its log that say that it is ready. */
  readonly logReadiness: readonly RegExp[];
  readonly mounts: readonly MountModel[];
  readonly restart?: { readonly policy: RestartPolicy; readonly backoff?: Duration; readonly limit?: number };
  readonly watch?: { readonly paths: readonly string[]; readonly dependents: boolean };
  readonly explicitStart: boolean;
  readonly commands: readonly ResourceCommand[];
  readonly configurations: readonly ConfigurationModel[];
  readonly seeds: readonly SeedModel[];
  /** The system does without it where it cannot be had. */
  readonly optional: boolean;
  readonly telemetry: boolean;
  readonly profiles: readonly string[];
  /** Milliseconds between the asking and the killing. */
  readonly stopTimeout: number;
  /** Whether its data survives the run, and the name under which. */
  readonly dataVolume?: { readonly name: string };
  /** Path of a file or folder that a fresh data folder is filled from. */
  readonly initFiles?: string;
}

/** A value that the system needs and that does not stand in the code. */
export interface ParameterModel {
  readonly name: string;
  readonly secret: boolean;
  readonly definedAt?: string;
  readonly default?: string;
  readonly generate?: GenerateOptions;
}

/** How a parameter is generated where nobody gives it. It is kept, so that a password outlives its volume. */
export interface GenerateOptions {
  /** How many characters; 22 when absent (about 128 bits). */
  readonly length?: number;
  /** The characters to take from; letters and digits when absent. */
  readonly characters?: string;
}

/** A system, described and not yet started. */
export interface AppModel {
  readonly name: string;
  /** The AppHost's folder; relative paths start here. */
  readonly directory: string;
  readonly resources: readonly ResourceModel[];
  readonly parameters: readonly ParameterModel[];
  /** Where telemetry goes, when an address was given. */
  readonly collector?: string;
}
