import type { LauncherAttempt } from "./resource-snapshot.ts";

/** A name with its value as a person may see it: references are shown as `{cache.connectionString}`, secrets as `***`. */
export interface DescribedVariable {
  name: string;
  value: string;
  /** Where it comes from: `discovery of api`, `connection to cache`, `withEnvironment` … */
  because: string;
}

/** How a resource would be run on this machine. */
export interface DescribedCommand {
  command: string;
  args: readonly string[];
  cwd: string;
  /** Why this command: the script or file that it rests on. */
  because: string;
}

/** Which part of a configuration a resource is given. */
export interface DescribedConfiguration {
  /** `db.*`, `port`; those that need not be there end in `?`. */
  keys: readonly string[];
  /** What happens to the resource when one of them changes. */
  onChange: "restart" | "signal" | "none";
  /** Stands before every variable. */
  prefix: string;
  /** The resources of the run that its sources are. */
  from: readonly string[];
  /** Its sources with how they are doing: `READY`, `STALE`, `ERROR`, `FATAL`; none while it is not loaded. */
  sources: readonly { source: string; state: string; message?: string }[];
}

/** One resource of the model. */
export interface DescribedResource {
  name: string;
  kind: string;
  /** `file:line:column` of the call that added it, where it is known. */
  definedAt?: string;
  replicas: number;
  endpoints: readonly {
    name: string;
    scheme: string;
    /** The fixed port, or absent when a free one is taken. */
    port?: number;
    /** The variable that tells the resource its own port. */
    env?: string;
    external: boolean;
  }[];
  references: readonly { resource: string; as?: string }[];
  waits: readonly { resource: string; until: "healthy" | "started" | "completed" }[];
  healthChecks: readonly string[];
  environment: readonly DescribedVariable[];
  args: readonly string[];
  /** What it is filled with once it is healthy, such as `3 keys`. */
  seeds?: readonly string[];
  /** The configurations that it is given parts of. */
  configurations?: readonly DescribedConfiguration[];
  /** The ways in which it can be had, in the order in which they are tried, each with what was found. */
  launchers: readonly LauncherAttempt[];
  /** The launcher that a run would take now; absent when none works. */
  launcher?: string;
  command?: DescribedCommand;
  /** What a consumer is told, secrets masked. */
  connectionString?: string;
  /** Things worth knowing that are no errors. */
  warnings: readonly string[];
}

/** A parameter and where its value comes from; the value itself only when it is no secret. */
export interface DescribedParameter {
  name: string;
  secret: boolean;
  /** `environment`, `.env`, `default`, `generated`, `kept`, `prompt` or `missing`. */
  source: string;
  value?: string;
}

/** The document of `dext describe --json`. */
export interface ModelDescription {
  version: 1;
  name: string;
  directory: string;
  parameters: readonly DescribedParameter[];
  resources: readonly DescribedResource[];
}
