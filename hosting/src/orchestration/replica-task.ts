import { formatDuration } from "@dext/core";
import type { Timer } from "@dext/core";
import { isEndState } from "@dext/protocol";
import type { ResourceUsage } from "@dext/protocol";
import { hostingError } from "../hosting-error.ts";
import { ReplicaLife } from "./replica-life.ts";
import type { LifeEnd } from "./replica-life.ts";
import type { Replica } from "./replica.ts";
import { RestartPolicyState } from "./restart-policy.ts";
import type { RunContext } from "./run-context.ts";

/** Keeps one replica of a resource: starts it, starts it again as its policy says, stops it. */
export class ReplicaTask {
  readonly #replica: Replica;
  readonly #context: RunContext;
  readonly #replicasOf: (resource: string) => readonly Replica[];
  readonly #policy: RestartPolicyState;
  #life: ReplicaLife | undefined;
  #ended: Promise<void> = Promise.resolve();
  #backoff: Timer | undefined;
  #isClosed = false;
  #commands: Promise<void> = Promise.resolve();

  constructor(
    replica: Replica,
    { context, replicasOf }: { context: RunContext; replicasOf: (resource: string) => readonly Replica[] },
  ) {
    this.#replica = replica;
    this.#context = context;
    this.#replicasOf = replicasOf;
    this.#policy = new RestartPolicyState(replica.resource);
  }

  /** The processes that it consists of now. */
  pids(): readonly number[] {
    return this.#life?.pids() ?? [];
  }

  /** Notes what it uses. */
  noteUsage(usage: ResourceUsage): void {
    this.#replica.setUsage(usage);
  }

  /** Measures and notes what its container uses, if it is one. */
  async noteContainerUsage(): Promise<void> {
    const usage = await this.#life?.containerUsage();
    if (usage !== undefined) this.noteUsage(usage);
  }

  /** Begins a life as soon as what it waits for has come. */
  begin(): void {
    if (this.#isClosed) return;
    // From here on it is no longer at its end, also before there is a place for it to start.
    if (this.#replica.state !== "NotStarted") this.#replica.setState("Waiting");
    this.#life = new ReplicaLife(this.#replica, {
      context: this.#context,
      replicasOf: this.#replicasOf,
      onEnd: (end) => this.#decide(end),
    });
    this.#ended = this.#life.start();
  }

  /**
   * Starts it by hand; resolves when it runs.
   *
   * @throws DextError `DEXT_RUN_COMMAND_REFUSED` when it runs already, `DEXT_RUN_START_FAILED` when it does not get there.
   */
  start(): Promise<void> {
    return this.#inTurn(() => this.#start());
  }

  /** Stops it and keeps it stopped; resolves when nothing of it is left. */
  async stop({ force = false }: { force?: boolean } = {}): Promise<void> {
    this.#backoff?.clear();
    await this.#life?.stop({ force, into: "Stopped" });
    if (!isEndState(this.#replica.state)) this.#replica.setState("Stopped");
  }

  /**
   * Stops it by hand.
   *
   * @throws DextError `DEXT_RUN_COMMAND_REFUSED` when it does not run.
   */
  stopByHand(): Promise<void> {
    return this.#inTurn(async () => {
      const { state } = this.#replica;
      if (isEndState(state) || state === "NotStarted") throw this.#refused("stop");
      await this.stop();
    });
  }

  /**
   * Stops it when it runs and starts it again.
   *
   * @param options.isWanted asked when its turn has come: what was under way before may have done it, or have stopped it.
   */
  restart({
    isByHand,
    isWanted = () => true,
  }: {
    isByHand: boolean;
    isWanted?: () => boolean;
  }): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#isClosed && isWanted()) await this.#restart({ isByHand });
    });
  }

  /** Sends a signal to its first process; gives the reason where that cannot be done. */
  signal(name: NodeJS.Signals): Promise<string | undefined> {
    return this.#life?.signal(name) ?? Promise.resolve("it does not run");
  }

  /** Stops it for good: nothing starts it again. */
  close(options: { force: boolean }): Promise<void> {
    this.#isClosed = true;
    return this.stop(options);
  }

  async #start(): Promise<void> {
    const { state } = this.#replica;
    if (state !== "NotStarted" && state !== "Restarting" && !isEndState(state)) throw this.#refused("start");
    this.#backoff?.clear();
    this.#policy.reset();
    this.#replica.change({ restarts: 0 });
    await this.#ended;
    this.begin();
    await this.#untilStarted();
  }

  async #restart({ isByHand }: { isByHand: boolean }): Promise<void> {
    this.#backoff?.clear();
    // Never Stopped in between: who waits for it would give up.
    await this.#life?.stop({ force: false, into: "Restarting" });
    if (isByHand) this.#policy.reset();
    this.#replica.change({ restarts: isByHand ? 0 : this.#replica.snapshot.restarts + 1 });
    this.begin();
    if (isByHand) await this.#untilStarted();
  }

  /** Commands come from several clients; each begins when the one before is done. */
  #inTurn(command: () => Promise<void>): Promise<void> {
    const done = this.#commands.then(command);
    this.#commands = done.catch(() => {});
    return done;
  }

  #decide(end: LifeEnd): { isFollowed: boolean; reason?: string } {
    if (this.#isClosed) return { isFollowed: false };
    const decision = this.#policy.decide(end);
    const reason = decision.reason === undefined ? {} : { reason: decision.reason };
    if (!decision.restart) return { isFollowed: false, ...reason };
    this.#backoff = this.#context.clock.setTimer(() => void this.#again(), { milliseconds: decision.delay });
    return { isFollowed: true, ...reason };
  }

  async #again(): Promise<void> {
    // The life that ended may still be reading the rest of its output.
    await this.#ended;
    if (this.#replica.state !== "Restarting") return;
    this.#replica.change({ restarts: this.#replica.snapshot.restarts + 1 });
    this.begin();
  }

  #untilStarted(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const { state, reason } = this.#replica.snapshot;
        if (state === "Running" || state === "Finished") resolve();
        else if (isEndState(state)) reject(this.#startFailed(reason ?? state));
        else return;
        unsubscribe();
      };
      const unsubscribe = this.#replica.onChange(look);
      look();
    });
  }

  #startFailed(reason: string): Error {
    const { name } = this.#replica.resource;
    return hostingError("DEXT_RUN_START_FAILED", `"${name}" did not start: ${reason}`, {
      hint: `Its log tells more: dext logs ${name}.`,
      details: { resource: name },
    });
  }

  #refused(command: string): Error {
    const { state, since } = this.#replica.snapshot;
    const { name } = this.#replica.resource;
    const long = formatDuration(this.#context.clock.now() - since);
    return hostingError(
      "DEXT_RUN_COMMAND_REFUSED",
      `"${name}" cannot ${command}: it is ${state} since ${long}`,
      {
        hint: command === "start" ? `Use restart, or stop it first.` : "There is nothing to stop.",
        details: { resource: name, command, state },
      },
    );
  }
}
