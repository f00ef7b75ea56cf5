import type { Timer } from "@dext/core";
import { isEndState, isFailedState } from "@dext/protocol";
import { awaitReplica } from "./await-replica.ts";
import type { Closable } from "./closers.ts";
import type { Orchestrator } from "./orchestrator.ts";
import type { Replica } from "./replica.ts";
import type { ReplicaTask } from "./replica-task.ts";

/** Changes that come within this time of each other, in milliseconds, are one; a burst that does not end is cut off. */
const quiet = 250;
const longestBurst = 5 * quiet;
/** How long a replica is waited for at most that is getting well, in milliseconds. */
const longestRecovery = 30_000;

/** Does what resources want when their configuration changes, and shows with them what is wrong with it. */
export function followConfigurations(orchestrator: Orchestrator): Closable {
  const { configurations, resources } = orchestrator.context;
  const followers = new Map<string, Follower>();
  for (const [name, { configurations: own }] of resources)
    if (own.length > 0) followers.set(name, new Follower(name, orchestrator));
  configurations.follow({
    onChange: (resource) => followers.get(resource)?.changed(),
    onProblems: (resource) => followers.get(resource)?.showProblems(),
    isOver: () => orchestrator.isEnding,
  });
  return { close: () => Promise.all([...followers.values()].map((follower) => follower.close())) };
}

/** Follows the configuration of one resource. */
class Follower {
  readonly #resource: string;
  readonly #orchestrator: Orchestrator;
  #timer: Timer | undefined;
  #burstBegan: number | undefined;
  #working: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(resource: string, orchestrator: Orchestrator) {
    this.#resource = resource;
    this.#orchestrator = orchestrator;
  }

  changed(): void {
    const { clock } = this.#orchestrator.context;
    const now = clock.monotonic();
    this.#burstBegan ??= now;
    const milliseconds = Math.max(0, Math.min(quiet, this.#burstBegan + longestBurst - now));
    this.#timer?.clear();
    this.#timer = clock.setTimer(() => this.#act(), { milliseconds, unref: true });
  }

  showProblems(): void {
    const problems = this.#orchestrator.context.configurations.problemsOf(this.#resource);
    for (const replica of this.#replicas()) replica.setConfigurationProblems(problems);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.clear();
    return this.#working;
  }

  #act(): void {
    this.#burstBegan = undefined;
    this.#working = this.#working
      .then(() => this.#bringUpToDate())
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        for (const replica of this.#replicas())
          this.#say(replica, `could not follow its configuration: ${message}`);
      });
  }

  /** One replica after another, as long as they get well. */
  async #bringUpToDate(): Promise<void> {
    for (const [index, task] of this.#orchestrator.tasksOf(this.#resource).entries()) {
      const replica = this.#replicas()[index];
      if (replica === undefined || this.#isOver()) return;
      const missed = await this.#signal(replica, task);
      const isWell = await this.#restart(replica, { task, missed });
      if (this.#isOver()) return;
      this.#tellLater(replica);
      if (!isWell) return;
    }
  }

  /** Tells a running program; gives the variables that it could not be told of, so that it has to be started again. */
  async #signal(replica: Replica, task: ReplicaTask): Promise<readonly string[]> {
    if (this.#outdated(replica, "signal").length === 0) return [];
    await this.#readiness(replica);
    const names = this.#outdated(replica, "signal");
    if (names.length === 0 || this.#isOver()) return [];
    if (isFailedState(replica.state)) return names;
    if (replica.state !== "Running") return [];
    // Before it is sent: values that come meanwhile are worth another one.
    this.#orchestrator.context.configurations.accept(this.#resource, {
      replica: replica.index,
      onChange: "signal",
    });
    const refused = await task.signal("SIGHUP");
    if (refused === undefined) {
      this.#say(replica, `was sent SIGHUP: its configuration has changed (${names.join(", ")})`);
      return [];
    }
    const what = `its changed configuration (${names.join(", ")})`;
    this.#say(replica, `cannot be sent SIGHUP for ${what}: ${refused}`);
    return names;
  }

  /** Starts it again where it is to be; gives whether the next one may follow. */
  async #restart(
    replica: Replica,
    { task, missed }: { task: ReplicaTask; missed: readonly string[] },
  ): Promise<boolean> {
    const { generation } = replica.snapshot;
    const outdated = (): readonly string[] => [
      ...this.#outdated(replica, "restart"),
      ...(replica.snapshot.generation === generation ? missed : []),
    ];
    if (outdated().length === 0 || !isForUs(replica)) return true;
    let hasBegun = false;
    const isWanted = (): boolean => {
      const names = outdated();
      hasBegun = names.length > 0 && isForUs(replica) && !this.#isOver();
      if (hasBegun) this.#say(replica, `starts again: its configuration has changed (${names.join(", ")})`);
      return hasBegun;
    };
    await task.restart({ isByHand: false, isWanted });
    const isWell = !hasBegun || (await this.#recovery(replica));
    if (!isWell && !this.#isOver() && this.#replicas().length > replica.index + 1)
      this.#say(replica, "does not get well with its new configuration: the other replicas keep theirs");
    return isWell;
  }

  #tellLater(replica: Replica): void {
    const names = this.#outdated(replica, "none");
    if (names.length === 0) return;
    this.#say(replica, `its configuration has changed (${names.join(", ")}): used from its next start on`);
  }

  #outdated(replica: Replica, onChange: "restart" | "signal" | "none"): readonly string[] {
    const { configurations } = this.#orchestrator.context;
    return configurations.outdated(this.#resource, { replica: replica.index, onChange });
  }

  /** Resolves when a program that has only begun can be told: before it handles SIGHUP, that would end it. */
  async #readiness(replica: Replica): Promise<void> {
    const look = (): true | undefined =>
      (replica.state !== "Starting" && replica.state !== "Running") || replica.hasBeenWell || this.#isOver()
        ? true
        : undefined;
    await this.#await(replica, look);
  }

  /** Resolves when a replica serves again, with whether it does. */
  async #recovery(replica: Replica): Promise<boolean> {
    const look = (): boolean | undefined => {
      const { state, health } = replica.snapshot;
      if (state === "Running" && (health === "Healthy" || health === "Degraded")) return true;
      if (state === "Finished") return true;
      return isEndState(state) || state === "Restarting" || this.#isOver() ? false : undefined;
    };
    return (await this.#await(replica, look)) ?? false;
  }

  #await<Found>(replica: Replica, look: () => Found | undefined): Promise<Found | undefined> {
    const { clock } = this.#orchestrator.context;
    return awaitReplica(replica, { clock, timeout: longestRecovery, look });
  }

  #isOver(): boolean {
    return this.#isClosed || this.#orchestrator.isEnding;
  }

  #replicas(): readonly Replica[] {
    return this.#orchestrator.replicas().filter(({ resource }) => resource.name === this.#resource);
  }

  #say(replica: Replica, text: string): void {
    this.#orchestrator.context.logs.sink(this.#resource, replica.index).system(text);
  }
}

/**
 * Whether new values concern a replica now: one that was stopped by hand stays stopped and one that has finished stays
 * that, while one that has failed may have failed of the old values.
 */
function isForUs({ state }: Replica): boolean {
  return ["Running", "Starting", "Exited", "FailedToStart"].includes(state);
}
