import type { LogLine, LogQuery } from "./log-line.ts";
import type { ModelDescription } from "./model-description.ts";
import type { ResourceSnapshot } from "./resource-snapshot.ts";
import type { RunEvent, RunState } from "./run-event.ts";

/** What identifies a run. */
export interface RunInfo {
  version: 1;
  /** The run's id. */
  run: string;
  /** The application's name. */
  name: string;
  /** The AppHost file. */
  appHost: string;
  /** The AppHost's folder. */
  directory: string;
  /** The process of the AppHost. */
  pid: number;
  /** Milliseconds since 1970. */
  startedAt: number;
  state: RunState;
}

/** The document of `dext ps --json`. */
export interface RunSnapshot {
  version: 1;
  run: string;
  state: RunState;
  resources: readonly ResourceSnapshot[];
}

/** A command for a resource. */
export interface ResourceCommandRequest {
  command: string;
  /** One replica; all when absent. */
  replica?: number;
}

/**
 * A run as its clients see it. The terminal, the page and the command line know a run only through this interface, so
 * what one of them can do, all can.
 */
export interface RunClient {
  info(options?: { signal?: AbortSignal }): Promise<RunInfo>;
  snapshot(options?: { signal?: AbortSignal }): Promise<RunSnapshot>;
  describe(options?: { signal?: AbortSignal }): Promise<ModelDescription>;
  /** Every event after the given sequence number, then each new one, until the run ends or the signal is aborted. */
  events(options?: { after?: number; signal?: AbortSignal }): AsyncIterable<RunEvent>;
  logs(query: LogQuery, options?: { signal?: AbortSignal }): AsyncIterable<LogLine>;
  /**
   * Gives a resource a command: `start`, `stop`, `restart` or one of its own. Resolves when it has been carried out: a
   * started resource runs, a stopped one has ended.
   *
   * @throws DextError when the resource is not there, does not know the command, or is in a state that forbids it.
   */
  command(resource: string, options: ResourceCommandRequest & { signal?: AbortSignal }): Promise<void>;
  /** Asks the whole run to stop; resolves when it has accepted. `force` kills without grace. */
  stop(options?: { force?: boolean; reason?: string; signal?: AbortSignal }): Promise<void>;
}
