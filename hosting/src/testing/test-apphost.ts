import { formatDuration, isDextError, toMilliseconds } from "@dext/core";
import type { Duration } from "@dext/core";
import type { LogLine, LogQuery, ResourceSnapshot, RunClient } from "@dext/protocol";
import { connectRun } from "../control/connect-run.ts";
import type { RunPaths } from "../control/runtime-directory.ts";
import { resourceUnknown } from "../orchestration/resource-command.ts";
import type { AppHostProcess } from "./apphost-process.ts";
import { testingError } from "./error-codes.ts";
import { faultTargets } from "./fault-targets.ts";
import { lastLinesText, stateText } from "./failure-text.ts";
import { createHttpClient } from "./http-client.ts";
import type { HttpClient } from "./http-client.ts";
import { isHttp, noAddress, parameterIn, propertyIn, urlIn } from "./resource-address.ts";
import { ResourceFaults } from "./resource-faults.ts";
import type { ResourceAddresses, RunAddresses } from "./run-addresses.ts";
import { explainEnd, stopRun } from "./stop-run.ts";
import { judgeReplica, judgeStart, watchRun, worstOf } from "./watch-run.ts";
import type { Verdict, WaitCondition, WaitTarget } from "./watch-run.ts";

/** Which address of a resource is meant. */
export interface AddressOptions {
  /** Counted from 0; the first one when absent. */
  replica?: number;
  /** The endpoint's name; when absent the one called `http`, else the first that speaks HTTP, else the first. */
  endpoint?: string;
}

/** How a test waits. */
export interface WaitForOptions {
  /** 30 s when absent. */
  timeout?: Duration;
  /** One replica, counted from 0; all when absent. */
  replica?: number;
  signal?: AbortSignal;
}

/** Which replica is meant. */
export interface ReplicaOptions {
  /** Counted from 0; all when absent. */
  replica?: number;
}

/** What {@link TestAppHost} is made of. */
export interface TestAppHostParts {
  runId: string;
  /** The private folder of this run. */
  folder: string;
  paths: RunPaths;
  process: AppHostProcess;
  addresses: RunAddresses;
  /** Of the AppHost. */
  environment: Readonly<Record<string, string>>;
}

/** How long a killed process may take to be gone and noticed, in milliseconds. */
const killTimeout = 10_000;

/** An AppHost that runs for a test, with all that it has started. Made by {@link startAppHost}. */
export class TestAppHost implements AsyncDisposable {
  /** The run's id; every process of it has `DEXT_RUN=<id>` in its environment. */
  readonly runId: string;
  /** The run as any client sees it, for what has no call of its own here. */
  readonly client: RunClient;
  readonly #parts: TestAppHostParts;
  readonly #faults: ResourceFaults;
  #stopping: Promise<void> | undefined;

  constructor(parts: TestAppHostParts) {
    this.runId = parts.runId;
    this.client = connectRun({ socketPath: parts.paths.socket });
    this.#parts = parts;
    this.#faults = new ResourceFaults({
      runId: parts.runId,
      environment: parts.environment,
      replicasOf: (resource) => this.#resources[resource]?.replicas.length ?? 1,
    });
  }

  /**
   * The URL of a resource, such as `http://localhost:43121`.
   *
   * @throws DextError `DEXT_RUN_RESOURCE_UNKNOWN`, `DEXT_TESTING_NO_ADDRESS`
   */
  url(resource: string, { replica = 0, endpoint }: AddressOptions = {}): string {
    const { replicas } = this.#addressesOf(resource, replica);
    return urlIn(replicas[replica] ?? [], { resource, endpoint });
  }

  /**
   * `fetch` bound to a resource: `await app.http("api").get("/users")`.
   *
   * @throws DextError `DEXT_RUN_RESOURCE_UNKNOWN`, `DEXT_TESTING_NO_ADDRESS`
   */
  http(resource: string, options: AddressOptions = {}): HttpClient {
    const url = this.url(resource, options);
    if (isHttp(url)) return createHttpClient(url);
    throw noAddress(resource, {
      has: `no HTTP at ${url}`,
      hint: "Connect to app.url(…) with a client of its kind.",
    });
  }

  /**
   * The connection string that consumers of a backing resource are given, in the form of .NET Aspire.
   *
   * @throws DextError `DEXT_RUN_RESOURCE_UNKNOWN`, `DEXT_TESTING_NO_ADDRESS`
   */
  connectionString(resource: string): string {
    const found = this.#addressesOf(resource).connectionString;
    if (found !== undefined) return found;
    throw noAddress(resource, { has: "no connection string", hint: "A service has a URL: app.url(…)." });
  }

  /**
   * A property of the connection to a backing resource: `host`, `port`, `password`, `uri` …; the `uri` is what the usual
   * clients take.
   *
   * @throws DextError `DEXT_RUN_RESOURCE_UNKNOWN`, `DEXT_TESTING_NO_ADDRESS`
   */
  property(resource: string, property: string): string {
    return propertyIn(this.#addressesOf(resource), { resource, property });
  }

  /**
   * The value of a parameter in this run, such as a generated password.
   *
   * @throws DextError `DEXT_TESTING_NO_ADDRESS`
   */
  parameter(name: string): string {
    if (this.#stopping !== undefined) throw wasStopped();
    return parameterIn(this.#parts.addresses, name);
  }

  /** Every replica of every resource as it is now. */
  async resources(): Promise<readonly ResourceSnapshot[]> {
    const { resources } = await this.#ask(() => this.client.snapshot());
    return resources;
  }

  /**
   * One replica as it is now, the first when none is named.
   *
   * @throws DextError `DEXT_RUN_RESOURCE_UNKNOWN`
   */
  async resource(name: string, { replica = 0 }: ReplicaOptions = {}): Promise<ResourceSnapshot> {
    this.#addressesOf(name, replica);
    const found = (await this.resources()).find((each) => each.name === name && each.replica === replica);
    if (found === undefined) throw resourceUnknown(`${name}.${replica}`, Object.keys(this.#resources));
    return found;
  }

  /** The lines that a resource has written so far, oldest first; `tail` takes the last ones. */
  async logs(
    resource: string,
    query: Omit<LogQuery, "resources" | "follow"> = {},
  ): Promise<readonly LogLine[]> {
    this.#addressesOf(resource);
    return this.#ask(async () => {
      const lines: LogLine[] = [];
      for await (const line of this.client.logs({ ...query, resources: [resource] })) lines.push(line);
      return lines;
    });
  }

  /**
   * Gives a resource a command: `start`, `stop`, `restart` or one of its own. Resolves when it has been carried out.
   *
   * @throws DextError `DEXT_RUN_RESOURCE_UNKNOWN`, `DEXT_RUN_COMMAND_UNKNOWN`, `DEXT_RUN_COMMAND_REFUSED`,
   * `DEXT_RUN_COMMAND_FAILED`, `DEXT_RUN_START_FAILED`
   */
  command(resource: string, command: string, options: ReplicaOptions = {}): Promise<void> {
    return this.#ask(() => this.client.command(resource, { command, ...options }));
  }

  /**
   * Waits until every replica of a resource is in a state, of a health, or as a function says that it is wanted.
   * `Healthy` is met by one that has finished, too. Resolves with the first replica that was meant as it was then.
   *
   * @throws DextError `DEXT_TESTING_NOT_READY` when time is over, and, for a state or a health, as soon as it has ended
   * otherwise; with its state, the reason and its last lines.
   *
   * @example
   * ```ts ignore
   * await app.waitFor("api", "Unhealthy", { timeout: "5s" });
   * await app.waitFor("api", ({ restarts }) => restarts === 2);
   * ```
   */
  async waitFor(
    resource: string,
    target: WaitTarget | WaitCondition,
    options: WaitForOptions = {},
  ): Promise<ResourceSnapshot> {
    const { replica, signal } = options;
    const timeout = toMilliseconds(options.timeout ?? "30s");
    this.#addressesOf(resource, replica);
    const isMeant = (each: ResourceSnapshot): boolean =>
      each.name === resource && (replica === undefined || each.replica === replica);
    const judgeOne = (snapshot: ResourceSnapshot): Verdict => {
      if (typeof target !== "function") return judgeReplica(snapshot, target);
      return target(snapshot) ? "met" : "pending";
    };
    const judge = (snapshot: ResourceSnapshot): Verdict => (isMeant(snapshot) ? judgeOne(snapshot) : "met");
    const wanted = `"${resource}" is not ${typeof target === "function" ? "as it is wanted" : target}`;
    const snapshots = await this.#until({ judge, timeout, signal, wanted });
    return snapshots.find(isMeant) ?? this.resource(resource);
  }

  /**
   * Waits until everything that starts by itself is healthy (or has finished), or merely runs.
   *
   * @throws DextError `DEXT_TESTING_NOT_READY` when time is over, and as soon as something has failed.
   */
  async waitForStart(
    target: "healthy" | "started",
    options: Omit<WaitForOptions, "replica"> = {},
  ): Promise<void> {
    const timeout = toMilliseconds(options.timeout ?? "60s");
    const judge = (snapshot: ResourceSnapshot): Verdict =>
      this.#resources[snapshot.name]?.startsByItself === false ? "met" : judgeStart(snapshot, target);
    const wanted = target === "healthy" ? "Not everything is healthy" : "Not everything has started";
    await this.#until({ judge, timeout, signal: options.signal, wanted });
  }

  /**
   * Kills a resource with everything that it has started, as a crash would: each replica that runs, or the one named.
   * Resolves when the run has noticed: what its restart policy does comes after that.
   *
   * @throws DextError `DEXT_TESTING_FAULT_IMPOSSIBLE` when it does not run or is nothing that the run has started,
   * `DEXT_RUN_RESOURCE_UNKNOWN`
   */
  async kill(resource: string, options: ReplicaOptions = {}): Promise<void> {
    const snapshots = await this.#replicasOf(resource, options);
    const targets = faultTargets(snapshots, { resource, fault: "killed" });
    await Promise.all(targets.map((target) => this.#faults.kill(target)));
    const isThere = (each: ResourceSnapshot): boolean =>
      targets.some(({ replica }) => each.name === resource && each.replica === replica) &&
      snapshots.some(
        ({ replica, generation, state }) =>
          each.replica === replica && each.generation === generation && each.state === state,
      );
    await this.#until({
      judge: (snapshot) => (isThere(snapshot) ? "pending" : "met"),
      timeout: killTimeout,
      signal: undefined,
      wanted: `"${resource}" was killed and is still there`,
    });
  }

  /**
   * Has a resource stand still with everything that it has started: connections are taken and not answered. Each
   * replica that runs, or the one named; does nothing for one that stands still already.
   *
   * @throws DextError `DEXT_TESTING_FAULT_IMPOSSIBLE` when it does not run or is nothing that the run has started,
   * `DEXT_RUN_RESOURCE_UNKNOWN`
   */
  async pause(resource: string, options: ReplicaOptions = {}): Promise<void> {
    const targets = faultTargets(await this.#replicasOf(resource, options), { resource, fault: "paused" });
    await Promise.all(targets.map((target) => this.#faults.pause(target)));
  }

  /**
   * Lets a paused resource go on; does nothing for one that is not paused.
   *
   * @throws DextError `DEXT_RUN_RESOURCE_UNKNOWN`
   */
  async resume(resource: string, { replica }: ReplicaOptions = {}): Promise<void> {
    const { replicas } = this.#addressesOf(resource, replica);
    const indexes = replica === undefined ? [...replicas.keys()] : [replica];
    await Promise.all(indexes.map((index) => this.#faults.resume({ resource, replica: index })));
  }

  /**
   * With what the AppHost has ended: 0, or 4 when a resource had failed; `null` when it was killed. Absent until it has
   * ended.
   */
  get exitCode(): number | null | undefined {
    return this.#parts.process.exit?.code;
  }

  /** Stops everything in order and removes what the run has written. Resolves when nothing is left; can be called again. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    await this.#faults.resumeAll();
    await stopRun(this.client, this.#parts);
  }

  get #resources(): RunAddresses["resources"] {
    return this.#parts.addresses.resources;
  }

  async #replicasOf(resource: string, { replica }: ReplicaOptions): Promise<readonly ResourceSnapshot[]> {
    this.#addressesOf(resource, replica);
    return (await this.resources()).filter(
      (each) => each.name === resource && (replica === undefined || each.replica === replica),
    );
  }

  #addressesOf(resource: string, replica: number | undefined = 0): ResourceAddresses {
    if (this.#stopping !== undefined) throw wasStopped();
    const known = this.#resources;
    const found = Object.hasOwn(known, resource) ? known[resource] : undefined;
    if (found === undefined) throw resourceUnknown(resource, Object.keys(known));
    if (replica >= found.replicas.length) throw resourceUnknown(`${resource}.${replica}`, Object.keys(known));
    return found;
  }

  async #until({
    judge,
    timeout,
    signal,
    wanted,
  }: {
    judge: (snapshot: ResourceSnapshot) => Verdict;
    timeout: number;
    signal: AbortSignal | undefined;
    wanted: string;
  }): Promise<readonly ResourceSnapshot[]> {
    const { verdict, snapshots } = await this.#ask(() =>
      watchRun(this.client, { timeout, signal, judge: (all) => worstOf(all.map(judge)) }),
    );
    if (verdict === "met") return snapshots;
    const all = snapshots.filter((each) => judge(each) !== "met");
    // What has failed is why; what still waits may only wait for that.
    const shown = verdict === "failed" ? all.filter((each) => judge(each) === "failed") : all;
    const states = shown.map((each) => stateText(each, isOneOfMany(each, snapshots))).join(", ");
    const after = verdict === "failed" ? "" : ` after ${formatDuration(timeout)}`;
    const lines = await lastLinesText(this.client, [...new Set(shown.map(({ name }) => name))]);
    throw testingError("DEXT_TESTING_NOT_READY", `${wanted}${after}: ${states}${lines}`, {
      hint: "Its lines say more: await app.logs(name). A longer wait is asked for with { timeout }.",
      details: {
        resources: shown.map(({ name, replica, state, health }) => ({ name, replica, state, health })),
      },
    });
  }

  /** Asks the run; when it no longer answers, the error says how its AppHost ended. */
  async #ask<T>(question: () => Promise<T>): Promise<T> {
    if (this.#stopping !== undefined) throw wasStopped();
    try {
      return await question();
    } catch (error) {
      const isLost =
        isDextError(error) &&
        (error.code === "DEXT_CONTROL_UNREACHABLE" || error.code === "DEXT_CONTROL_CONNECTION_LOST");
      if (!isLost) throw error;
      if (this.#stopping !== undefined) throw wasStopped();
      throw (await explainEnd(this.#parts.process)) ?? error;
    }
  }
}

function isOneOfMany({ name }: ResourceSnapshot, snapshots: readonly ResourceSnapshot[]): boolean {
  return snapshots.filter((each) => each.name === name).length > 1;
}

function wasStopped(): Error {
  return testingError("DEXT_TESTING_STOPPED", "The AppHost of this test was stopped", {
    hint: "Call app.stop() after the last use, and wait for what uses the app before.",
  });
}
