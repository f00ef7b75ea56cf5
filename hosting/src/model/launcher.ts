import type { ConfigReader } from "@dext/core";
import type { ContainerDescription } from "./container.ts";
import type { MountModel, ResourceModel } from "./resource-model.ts";

/** The ways in which a resource can be had. `none`: there is nothing to start. */
export type LauncherType = "external" | "container" | "process" | "embedded" | "none";

/** What a launcher is given to find out whether it works on this machine. */
export interface ProbeContext {
  readonly resource: ResourceModel;
  readonly configuration: ConfigReader;
  /** The AppHost's folder. */
  readonly directory: string;
  readonly signal: AbortSignal;
  /** The path of a program on the PATH or in one of the folders given, or `undefined`. */
  readonly findProgram: (
    name: string,
    options?: { folders?: readonly string[] },
  ) => Promise<string | undefined>;
  /** Every resource that has this one as its parent. */
  readonly children: readonly ResourceModel[];
}

/** Whether a launcher works here, and why. */
export interface ProbeResult {
  readonly works: boolean;
  /** A clause such as `redis-server 7.0.15 is on the PATH` or `redis-server is not on the PATH`. */
  readonly because: string;
  /** What would make it work. */
  readonly remedy?: string;
}

/** What a launcher is given to say what is to be started. */
export interface LaunchContext extends ProbeContext {
  readonly replica: number;
  /** Whether it is given the variables of OpenTelemetry. */
  readonly telemetry: boolean;
  /** Whether it is to run with a debugger. */
  readonly inspect: boolean;
  /** A private folder for data of this resource: it survives the run when a data volume was asked for. Made on first call. */
  readonly dataDirectory: () => Promise<string>;
  /** The port reserved for an endpoint of this replica. */
  readonly port: (endpoint: string) => number;
  /** A connection property of this resource. */
  readonly property: (name: string) => Promise<string | undefined>;
  /** Adds a line to the resource's log. */
  readonly log: (text: string) => void;
}

/** A process to start. */
export interface ProcessPlan {
  readonly type: "process";
  readonly command: string;
  readonly args: readonly string[];
  /** The AppHost's folder when absent. */
  readonly cwd?: string;
  /** Added to what the resource is given anyway. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Options for every Node in it: appended to `NODE_OPTIONS`, whoever sets that. */
  readonly nodeOptions?: readonly string[];
  /** Run as this user and group, for programs that refuse to be root. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Sent first to stop it; `SIGTERM` when absent. */
  readonly stopSignal?: NodeJS.Signals;
  /** Run once it is healthy and before anybody is told so, for seeds. */
  afterHealthy?(): Promise<void>;
}

/** Nothing to start: the resource is there already, at this address. */
export interface ExternalPlan {
  readonly type: "external";
  /** Its connection string, where it has one of its own. */
  readonly connectionString?: string;
  /** All its connection properties, where they differ from the model's: one that is not named is empty. */
  readonly properties?: Readonly<Record<string, string>>;
  /** The URL of each endpoint, where it has addresses of its own. */
  readonly endpoints?: Readonly<Record<string, string>>;
}

/** A container to start. */
export interface ContainerPlan {
  readonly type: "container";
  readonly container: ContainerDescription;
  /** Volumes by the names that the AppHost gives them, files and folders by absolute paths. */
  readonly mounts: readonly MountModel[];
  /** Run once it is healthy and before anybody is told so, for seeds. */
  afterHealthy?(container: {
    /** Runs a command in the container and waits for its end. */
    exec(
      command: readonly string[],
      options?: { signal?: AbortSignal },
    ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
  }): Promise<void>;
}

/** What a launcher wants to be done. */
export type LaunchPlan = ProcessPlan | ExternalPlan | ContainerPlan;

/** One way to have a resource. Engines try those of a resource in order and take the first that works. */
export interface Launcher {
  readonly type: LauncherType;
  probe(context: ProbeContext): Promise<ProbeResult>;
  plan(context: LaunchContext): Promise<LaunchPlan>;
}
