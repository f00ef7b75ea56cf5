import { systemClock } from "@dext/core";
import type { Clock, DextError } from "@dext/core";
import type { ResourceUsage } from "@dext/protocol";
import type { LogSink } from "../logs/log-sink.ts";
import type { ContainerEngine } from "./container-engine.ts";
import type { ContainerEvents } from "./container-events.ts";
import type { PublishedPort } from "./container-request.ts";
import { execInContainer } from "./container-exec.ts";
import type { ExecResult } from "./container-exec.ts";
import { ContainerLog } from "./container-log.ts";
import { inspectContainer, removeContainer } from "./container-state.ts";
import type { ContainerDetails } from "./container-state.ts";
import { ContainerUsage } from "./container-usage.ts";
import { isRefusal } from "./error-codes.ts";
import { whyNotListening } from "./listening-probe.ts";

/** How a container ended. */
export interface ContainerExit {
  /** 137 when it was killed, 143 when it ended at SIGTERM; absent when it was removed by somebody else. */
  exitCode?: number;
  /** What the engine knows besides, such as `it needed more memory than it may have`. */
  reason?: string;
}

/** What a stop did. */
export interface ContainerStop extends ContainerExit {
  /** It had to be killed. */
  isForced: boolean;
  /** The engine did not do what it should: the container may still be there. */
  failure?: DextError;
}

/** What the health check of the image says, run by the engine. */
export interface ContainerHealth {
  /** `none`: the image has no check. */
  readonly status: "none" | "starting" | "healthy" | "unhealthy";
  /** What the check printed last. */
  readonly message?: string;
}

/** A container that runs, with its output read. */
export interface SupervisedContainer {
  readonly id: string;
  /** As `docker ps` shows it. */
  readonly name: string;
  /** Its end. Never rejects. */
  readonly exited: Promise<ContainerExit>;
  /** As it was last heard of. */
  readonly health: ContainerHealth;
  /** Calls the listener when the health changes, until the function that it gives is called. */
  onHealth(listener: (health: ContainerHealth) => void): () => void;
  /**
   * Asks it to end as its image wants to be asked (SIGTERM mostly), kills it after `timeout` milliseconds, reads the rest
   * of its output and removes it with its anonymous volumes. Also for one that has ended by itself. Never rejects; a
   * second call joins the first. One that outlives the run is left running and only no longer followed.
   */
  stop(options: { timeout: number }): Promise<ContainerStop>;
  /** The same at once, also while a `stop` waits, which then resolves with the same result. */
  kill(): Promise<ContainerStop>;
  /**
   * Why nothing listens on the port of an endpoint; `undefined` when something does. A connection to the published port
   * says nothing: the engine takes it whether or not anything listens behind it.
   */
  whyNotListening(endpoint: string, options?: { signal?: AbortSignal }): Promise<string | undefined>;
  /** Sends a signal to its first process; gives the reason where the engine cannot do that. */
  signal(name: NodeJS.Signals): Promise<string | undefined>;
  /** Runs a command in it and waits for its end. */
  exec(command: readonly string[], options?: { signal?: AbortSignal }): Promise<ExecResult>;
  /** What it uses now; absent when it has ended or the engine does not tell. */
  usage(options?: { signal?: AbortSignal }): Promise<ResourceUsage | undefined>;
}

/** What {@link superviseContainer} takes. */
export interface SuperviseContainerOptions {
  engine: ContainerEngine;
  details: ContainerDetails;
  sink: LogSink;
  events: ContainerEvents;
  /** Called instead of ending it, for one that outlives the run. */
  detach?: () => Promise<void>;
  ports: readonly PublishedPort[];
  /** Its network, when that is one of this machine, so that its own address can be spoken to. */
  localNetwork?: string;
  /** Only output after this time is read, in milliseconds since 1970. */
  since?: number;
  clock?: Clock;
}

/** Follows a container that has been started. */
export function superviseContainer(options: SuperviseContainerOptions): SupervisedContainer {
  return new FollowedContainer(options);
}

/** So long the rest of the output of an ended container may take, in milliseconds. */
const drainTimeout = 2000;
/** So long an engine may take to tell of the end of a killed container, in milliseconds. */
const killTimeout = 10_000;

class FollowedContainer implements SupervisedContainer {
  readonly id: string;
  readonly name: string;
  readonly exited: Promise<ContainerExit>;
  readonly #options: SuperviseContainerOptions;
  readonly #clock: Clock;
  readonly #end = Promise.withResolvers<ContainerExit>();
  readonly #log: ContainerLog;
  readonly #usage: ContainerUsage;
  readonly #unlisten: () => void;
  readonly #healthListeners = new Set<(health: ContainerHealth) => void>();
  readonly #impatience = new AbortController();
  #health: ContainerHealth;
  #hasExited = false;
  #isForced = false;
  #isLooking = false;
  #lookAgain = false;
  #stopping: Promise<ContainerStop> | undefined;

  constructor(options: SuperviseContainerOptions) {
    const { engine, details, sink, events, clock = systemClock, since } = options;
    this.#options = options;
    this.#clock = clock;
    this.id = details.Id;
    this.name = details.Name.replace(/^\//, "");
    this.exited = this.#end.promise;
    this.#health = healthOf(details);
    this.#usage = new ContainerUsage(engine, { id: this.id, clock });
    this.#unlisten = events.listen(this.id, () => void this.#look());
    this.#log = new ContainerLog({
      engine,
      id: this.id,
      sink,
      clock,
      ...(since === undefined ? {} : { since }),
      isRunning: async () => {
        await this.#look();
        return !this.#hasExited && this.#stopping === undefined;
      },
    });
    // It may have ended before anybody listened.
    void this.#look();
  }

  get health(): ContainerHealth {
    return this.#health;
  }

  onHealth(listener: (health: ContainerHealth) => void): () => void {
    this.#healthListeners.add(listener);
    return () => this.#healthListeners.delete(listener);
  }

  usage(options: { signal?: AbortSignal } = {}): Promise<ResourceUsage | undefined> {
    return this.#hasExited ? Promise.resolve(undefined) : this.#usage.read(options);
  }

  whyNotListening(endpoint: string, options: { signal?: AbortSignal } = {}): Promise<string | undefined> {
    const { details, ports, localNetwork } = this.#options;
    const port = ports.find((each) => each.endpoint === endpoint);
    if (port === undefined) return Promise.resolve(undefined);
    const name = `port ${port.target} of the container`;
    const address = details.NetworkSettings?.Networks?.[localNetwork ?? ""]?.IPAddress ?? "";
    return address === ""
      ? whyNotListening({ host: "127.0.0.1", port: port.host, isEngine: true, name, ...options })
      : whyNotListening({ host: address, port: port.target, isEngine: false, name, ...options });
  }

  async signal(name: NodeJS.Signals): Promise<string | undefined> {
    try {
      await this.#call("kill", { signal: name });
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  exec(command: readonly string[], options: { signal?: AbortSignal } = {}): Promise<ExecResult> {
    return execInContainer(this.#options.engine, { id: this.id, command, ...options });
  }

  stop({ timeout }: { timeout: number }): Promise<ContainerStop> {
    this.#stopping ??= this.#finish(timeout);
    return this.#stopping;
  }

  kill(): Promise<ContainerStop> {
    this.#impatience.abort();
    return this.stop({ timeout: 0 });
  }

  async #finish(timeout: number): Promise<ContainerStop> {
    const { detach, engine } = this.#options;
    try {
      if (detach !== undefined) {
        await this.#log.drain({ timeout: 0 });
        await detach();
        return { isForced: false };
      }
      if (!this.#hasExited) await this.#endIt(timeout);
      await this.#log.drain({ timeout: drainTimeout });
      await removeContainer(engine, this.id);
      this.#setExit({ reason: "it is gone" });
      return { ...(await this.exited), isForced: this.#isForced };
    } catch (error) {
      await this.#log.drain({ timeout: 0 });
      return { isForced: this.#isForced, failure: error as DextError };
    } finally {
      this.#unlisten();
      this.#setExit({ reason: "it is no longer followed" });
    }
  }

  async #endIt(timeout: number): Promise<void> {
    const { signal } = this.#impatience;
    const force = (): void => {
      if (this.#isForced || this.#hasExited) return;
      this.#isForced = true;
      void this.#call("kill").catch(() => undefined);
    };
    const timer = this.#clock.setTimer(force, { milliseconds: timeout });
    if (signal.aborted) force();
    else signal.addEventListener("abort", force, { once: true });
    try {
      // The engine counts whole seconds; ours run out before.
      await this.#call("stop", { t: Math.ceil(timeout / 1000) + 1 });
      await this.#untilExited();
    } finally {
      timer.clear();
      signal.removeEventListener("abort", force);
    }
  }

  async #call(verb: "stop" | "kill", query: Record<string, unknown> = {}): Promise<void> {
    try {
      await this.#options.engine.json({
        method: "POST",
        path: `/containers/${this.id}/${verb}`,
        query,
        timeout: Infinity,
      });
    } catch (error) {
      // 404 and 409: it is gone or does not run any more.
      if (!isRefusal(error, 404, 409)) throw error;
    }
  }

  async #untilExited(): Promise<void> {
    await this.#look();
    const late = Promise.withResolvers<void>();
    const timer = this.#clock.setTimer(late.resolve, { milliseconds: killTimeout });
    await Promise.race([this.exited, late.promise]);
    timer.clear();
  }

  /** Asks the engine how it is; what happens meanwhile is asked for again. */
  async #look(): Promise<void> {
    if (this.#isLooking) {
      this.#lookAgain = true;
      return;
    }
    this.#isLooking = true;
    do {
      this.#lookAgain = false;
      try {
        this.#take(await inspectContainer(this.#options.engine, this.id));
      } catch {
        // The engine does not answer; the events are asked for again when it does.
      }
    } while (this.#lookAgain && !this.#hasExited);
    this.#isLooking = false;
  }

  #take(details: ContainerDetails | undefined): void {
    if (details === undefined) {
      this.#setExit({ reason: "it was removed by somebody else" });
      return;
    }
    const { Status, Running, ExitCode, OOMKilled } = details.State;
    // Docker calls one unhealthy that ends.
    if (Running && this.#stopping === undefined) this.#setHealth(healthOf(details));
    if (["exited", "dead", "stopped", "removing"].includes(Status)) {
      this.#setExit({
        exitCode: ExitCode,
        ...(OOMKilled === true ? { reason: "it needed more memory than it may have" } : {}),
      });
    }
  }

  #setExit(exit: ContainerExit): void {
    if (this.#hasExited) return;
    this.#hasExited = true;
    this.#end.resolve(exit);
  }

  #setHealth(health: ContainerHealth): void {
    const { status, message } = this.#health;
    if (health.status === status && health.message === message) return;
    this.#health = health;
    for (const listener of this.#healthListeners) listener(health);
  }
}

function healthOf({ State: { Health } }: ContainerDetails): ContainerHealth {
  const status = Health?.Status;
  if (status !== "starting" && status !== "healthy" && status !== "unhealthy") return { status: "none" };
  const output = Health?.Log?.at(-1)?.Output.trim() ?? "";
  return { status, ...(output === "" ? {} : { message: output.slice(0, 1000) }) };
}
