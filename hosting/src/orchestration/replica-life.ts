import { formatDuration, isDextError } from "@dext/core";
import type { ResourceUsage } from "@dext/protocol";
import { isContainerLauncher } from "../launchers/container-launcher.ts";
import type { LogSink } from "../logs/log-sink.ts";
import type { Launcher, LaunchPlan } from "../model/launcher.ts";
import { waitForDependencies } from "./dependency-wait.ts";
import { checkFixedPorts } from "./fixed-ports.ts";
import { createLaunchContext } from "./launch-context.ts";
import { launchContainer } from "./launch-container.ts";
import { launchProcess } from "./launch-process.ts";
import type { Replica } from "./replica.ts";
import { watchHealth } from "./replica-health.ts";
import type { RunContext } from "./run-context.ts";
import type { RunningInstance } from "./running-instance.ts";
import type { StartSlot } from "./start-slots.ts";

/** How a process of a replica ended by itself. */
export interface LifeEnd {
  readonly exitCode?: number;
  readonly signal?: string;
  /** Milliseconds from its start to its end. */
  readonly duration: number;
}

/** What a life is given by whoever keeps the replica. */
export interface ReplicaLifeOptions {
  context: RunContext;
  replicasOf: (resource: string) => readonly Replica[];
  /** Asked when it has ended by itself: another life follows for this reason, or none does; the reason then says why. */
  onEnd: (end: LifeEnd) => { isFollowed: boolean; reason?: string };
}

/** One replica of a resource from its start to its end: waits, starts it, watches it, stops it. */
export class ReplicaLife {
  readonly #replica: Replica;
  readonly #options: ReplicaLifeOptions;
  readonly #sink: LogSink;
  readonly #ending: AbortController = new AbortController();
  #instance: RunningInstance | undefined;
  #stoppedState: "Stopped" | "Restarting" = "Stopped";
  #ended: Promise<void> = Promise.resolve();
  #hasFailed = false;

  constructor(replica: Replica, options: ReplicaLifeOptions) {
    this.#replica = replica;
    this.#options = options;
    this.#sink = options.context.logs.sink(replica.resource.name, replica.index);
  }

  /** Starts it as soon as what it waits for has come. Never rejects: what goes wrong is told by the state. */
  start(): Promise<void> {
    this.#ended = this.#live().catch((error: unknown) => this.#fail(error));
    return this.#ended;
  }

  /** What it uses, when it is a container; processes are measured by their pids. */
  async containerUsage(): Promise<ResourceUsage | undefined> {
    return this.#instance?.container?.usage();
  }

  /** The processes that it consists of now. */
  pids(): readonly number[] {
    return this.#instance?.pids() ?? [];
  }

  /** Sends a signal to its first process; gives the reason where that cannot be done. */
  signal(name: NodeJS.Signals): Promise<string | undefined> {
    return this.#instance?.signal(name) ?? Promise.resolve("it does not run");
  }

  /** Stops it and everything that it started; resolves when nothing of it is left and it is in the state given. */
  async stop({ force, into }: { force: boolean; into: "Stopped" | "Restarting" }): Promise<void> {
    this.#stoppedState = into;
    this.#ending.abort(new Error("stopped"));
    if (this.#instance !== undefined) {
      if (["Running", "Starting"].includes(this.#replica.state)) this.#replica.setState("Stopping");
      await (force ? this.#instance.kill() : this.#instance.stop());
    }
    await this.#ended;
  }

  async #live(): Promise<void> {
    const { resource } = this.#replica;
    const failure = this.#options.context.failures.get(resource.name);
    if (failure !== undefined) throw failure;
    if (resource.waits.length > 0) {
      this.#replica.setState("Waiting");
      const failed = await waitForDependencies(this.#replica, {
        replicasOf: this.#options.replicasOf,
        signal: this.#ending.signal,
      });
      if (failed !== undefined) return this.#endWith("FailedToStart", failed);
    }
    await this.#options.context.configurations.prepare(resource.name, {
      replica: this.#replica.index,
      signal: this.#ending.signal,
      onPending: (reason) => this.#replica.change({ reason }),
    });
    const plan = await this.#options.context.slots.use((slot) => this.#launch(slot));
    await Promise.all([this.#untilEnd(), this.#watchHealth(plan)]);
  }

  async #launch(slot: StartSlot): Promise<LaunchPlan> {
    const { resource, index } = this.#replica;
    const { context } = this.#options;
    const { signal } = this.#ending;
    signal.throwIfAborted();
    const choice = context.choices.get(resource.name);
    const launcher = choice?.launcher as Launcher;
    const because = choice?.because;
    this.#replica.setState("Starting", {
      launcher: launcher.type,
      ...(because === undefined ? {} : { launcherBecause: because }),
    });
    // The fixed port of several replicas belongs to the proxy in front of them.
    // That of a container which outlives runs may be held by that container itself.
    if (resource.replicas === 1 && !isPersistent(launcher)) await checkFixedPorts(resource);
    const plan = await launcher.plan(createLaunchContext(this.#replica, { context, signal }));
    this.#instance = await this.#launchPlan(plan, slot);
    // Stopped while it was being started: nobody else knows of it yet.
    if (signal.aborted) await this.#instance?.stop();
    this.#replica.setState("Running", {
      endpoints: context.addresses.endpointsOf(resource, index),
      ...(this.#instance?.pid === undefined ? {} : { pid: this.#instance.pid }),
    });
    return plan;
  }

  async #launchPlan(plan: LaunchPlan, slot: StartSlot): Promise<RunningInstance | undefined> {
    const options = { context: this.#options.context, sink: this.#sink, signal: this.#ending.signal };
    if (plan.type === "process") return launchProcess(this.#replica, { plan, ...options });
    return plan.type === "container" ? launchContainer(this.#replica, { plan, slot, ...options }) : undefined;
  }

  async #untilEnd(): Promise<void> {
    if (this.#instance !== undefined) return this.#untilExit(this.#instance);
    await new Promise((resolve) => this.#ending.signal.addEventListener("abort", resolve, { once: true }));
    if (!this.#hasFailed) this.#replica.setState(this.#stoppedState);
  }

  async #untilExit(instance: RunningInstance): Promise<void> {
    const { clock } = this.#options.context;
    const startedAt = clock.monotonic();
    const { reason: known, ...end } = await instance.exited;
    const duration = clock.monotonic() - startedAt;
    await instance.cleanUp();
    this.#replica.setHealth("Unknown");
    if (this.#hasFailed) return;
    if (this.#ending.signal.aborted) return this.#replica.setState(this.#stoppedState, end);
    const { isFollowed, reason } = this.#options.onEnd({ ...end, duration });
    const ended = [`${howItEnded(end)} after ${formatDuration(duration)}`, known, reason]
      .filter((part) => part !== undefined)
      .join(", ");
    if (isFollowed) {
      this.#sink.system(ended);
      this.#replica.setState("Restarting", { ...end, reason: ended });
    } else if (end.exitCode === 0) this.#replica.setState("Finished", end);
    else this.#endWith("Exited", ended, end);
  }

  #watchHealth(plan: LaunchPlan): Promise<void> {
    return watchHealth(this.#replica, {
      plan,
      context: this.#options.context,
      ending: this.#ending.signal,
      ...(this.#instance === undefined ? {} : { instance: this.#instance }),
    });
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#ending.signal.aborted && error === this.#ending.signal.reason) {
      this.#replica.setState(this.#stoppedState);
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    const code = isDextError(error) ? error.code : "DEXT_INTERNAL";
    const hint = isDextError(error) ? error.hint : undefined;
    const { name: resource } = this.#replica.resource;
    this.#options.context.hub.emit({
      type: "notice",
      data: { level: "error", resource, message, code, ...(hint === undefined ? {} : { hint }) },
    });
    this.#hasFailed = true;
    this.#endWith("FailedToStart", message);
    // What could not be filled is of no use to anybody, and would hold the port of the next attempt.
    this.#ending.abort(error);
    await this.#instance?.stop();
  }

  #endWith(
    state: "Exited" | "FailedToStart",
    reason: string,
    end: { exitCode?: number; signal?: string } = {},
  ): void {
    this.#sink.system(reason);
    this.#replica.setState(state, { reason, ...end });
  }
}

function isPersistent(launcher: Launcher): boolean {
  return isContainerLauncher(launcher) && launcher.container.lifetime === "persistent";
}

function howItEnded({ exitCode, signal }: Omit<LifeEnd, "duration">): string {
  if (signal !== undefined) return `ended by ${signal}`;
  return exitCode === undefined ? "was removed by somebody else" : `ended with code ${exitCode}`;
}
