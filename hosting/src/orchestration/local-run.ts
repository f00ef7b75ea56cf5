import { protocolVersion } from "@dext/protocol";
import type {
  LogQuery,
  LogLine,
  ModelDescription,
  ResourceCommandRequest,
  RunClient,
  RunEvent,
  RunInfo,
  RunSnapshot,
} from "@dext/protocol";
import type { LogFrameSource } from "../control/log-frames.ts";
import type { LogFrame } from "../logs/log-frame.ts";
import type { LogStore } from "../logs/log-store.ts";
import type { EventHub } from "./event-hub.ts";
import type { Orchestrator } from "./orchestrator.ts";
import { commandResource } from "./resource-command.ts";

/** What a run inside this process is made of. */
export interface LocalRunOptions {
  info: Omit<RunInfo, "version" | "state">;
  orchestrator: Orchestrator;
  hub: EventHub;
  logs: LogStore;
  describe(): Promise<ModelDescription>;
  stop(options: { force: boolean; reason?: string }): void;
}

/** The run of this process as its clients see it; the control socket serves it. */
export class LocalRun implements RunClient, LogFrameSource {
  readonly #options: LocalRunOptions;

  constructor(options: LocalRunOptions) {
    this.#options = options;
  }

  info(): Promise<RunInfo> {
    const { info, orchestrator } = this.#options;
    return Promise.resolve({ version: protocolVersion, ...info, state: orchestrator.state });
  }

  snapshot(): Promise<RunSnapshot> {
    const { info, orchestrator } = this.#options;
    return Promise.resolve({
      version: protocolVersion,
      run: info.run,
      state: orchestrator.state,
      resources: orchestrator.snapshots(),
    });
  }

  describe(): Promise<ModelDescription> {
    return this.#options.describe();
  }

  events(options: { after?: number; signal?: AbortSignal } = {}): AsyncIterable<RunEvent> {
    return this.#options.hub.read(options);
  }

  logFrames(query: LogQuery, options: { signal?: AbortSignal } = {}): AsyncIterable<LogFrame> {
    return this.#options.logs.readFrames(query, options);
  }

  logs(query: LogQuery, options: { signal?: AbortSignal } = {}): AsyncIterable<LogLine> {
    return this.#options.logs.read(query, options);
  }

  command(
    resource: string,
    { signal = new AbortController().signal, ...request }: ResourceCommandRequest & { signal?: AbortSignal },
  ): Promise<void> {
    return commandResource(this.#options.orchestrator, { resource, signal, ...request });
  }

  stop({ force = false, reason }: { force?: boolean; reason?: string } = {}): Promise<void> {
    this.#options.stop({ force, ...(reason === undefined ? {} : { reason }) });
    return Promise.resolve();
  }
}
