import { delimiter } from "node:path";
import { formatDuration, isDextError, sleep } from "@dext/core";
import type { LogSink } from "../logs/log-store.ts";
import { openOutputPipes } from "../logs/output-pipes.ts";
import type { ChildOutput } from "../logs/output-pipes.ts";
import type { LaunchPlan, Launcher, ProcessPlan } from "../model/launcher.ts";
import { startProcess } from "../processes/supervised-process.ts";
import type { StopOptions } from "../processes/process-ending.ts";
import type { SupervisedProcess } from "../processes/supervised-process.ts";
import { childVariables } from "./child-environment.ts";
import { waitForDependency } from "./dependency-wait.ts";
import { monitorHealth } from "./health-monitor.ts";
import type { HealthVerdict } from "./health-monitor.ts";
import { createLaunchContext } from "./launch-context.ts";
import { localBinFolders } from "./local-bin-folders.ts";
import type { Replica } from "./replica.ts";
import { resolveNode } from "./resolve-expression.ts";
import type { RunContext } from "./run-context.ts";
import { probeTcp } from "./tcp-probe.ts";
import { checkFixedPorts } from "./fixed-ports.ts";

/** A resource without an endpoint and without a check is healthy when it has run this long, in milliseconds. */
const provenAfter = 500;
/** How long the output of an ended process may still come in, in milliseconds: a grandchild can hold its end open. */
const drainTimeout = 500;

/** Brings one replica of a resource through its life: waits, starts it, watches it, stops it. */
export class ReplicaTask {
  readonly #replica: Replica;
  readonly #context: RunContext;
  readonly #replicasOf: (resource: string) => readonly Replica[];
  readonly #sink: LogSink;
  readonly #ending: AbortController = new AbortController();
  #process: SupervisedProcess | undefined;
  #output: ChildOutput | undefined;
  #stopSignal: NodeJS.Signals | undefined;
  #life: Promise<void> = Promise.resolve();
  #isReady = false;

  constructor(
    replica: Replica,
    { context, replicasOf }: { context: RunContext; replicasOf: (resource: string) => readonly Replica[] },
  ) {
    this.#replica = replica;
    this.#context = context;
    this.#replicasOf = replicasOf;
    this.#sink = context.logs.sink(replica.resource.name, replica.index);
  }

  /** Starts it as soon as what it waits for has come. Never rejects: what goes wrong is told by the state. */
  start(): void {
    this.#life = this.#live().catch((error: unknown) => this.#fail(error));
  }

  /** Resolves when it has come to an end. */
  get ended(): Promise<void> {
    return this.#life;
  }

  /** Stops it and everything that it started; resolves when nothing of it is left. */
  async stop({ force }: { force: boolean }): Promise<void> {
    this.#ending.abort(new Error("stopped"));
    const process = this.#process;
    if (process !== undefined) {
      if (this.#replica.state === "Running" || this.#replica.state === "Starting")
        this.#replica.setState("Stopping");
      if (force) await process.kill();
      else await process.stop(this.#stopOptions());
    }
    await this.#life;
    if (
      this.#replica.state === "NotStarted" ||
      this.#replica.state === "Running" ||
      this.#replica.state === "Stopping"
    ) {
      this.#replica.setState("Stopped");
    }
  }

  async #live(): Promise<void> {
    const failure = this.#context.failures.get(this.#replica.resource.name);
    if (failure !== undefined) throw failure;
    if (!(await this.#waitForDependencies())) return;
    const plan = await this.#context.slots.use(() => this.#launch());
    const health = this.#watchHealth(plan);
    if (this.#process === undefined) await untilAborted(this.#ending.signal);
    else await this.#untilExit(this.#process);
    await health;
  }

  async #waitForDependencies(): Promise<boolean> {
    const { resource } = this.#replica;
    if (resource.waits.length === 0) return true;
    this.#replica.setState("Waiting");
    const pending = new Map<string, string>();
    const failures = await Promise.all(
      resource.waits.map(async (wait) => {
        const failed = await waitForDependency(wait, {
          replicas: this.#replicasOf(wait.resource),
          signal: this.#ending.signal,
          onPending: (because) => {
            pending.set(wait.resource, because);
            this.#showPending(pending);
          },
        });
        pending.delete(wait.resource);
        if (failed === undefined) this.#showPending(pending);
        return failed;
      }),
    );
    const failed = failures.filter((failure) => failure !== undefined);
    if (failed.length === 0) return true;
    this.#endWith("FailedToStart", failed.join("; "));
    return false;
  }

  #showPending(pending: ReadonlyMap<string, string>): void {
    const reason = [...pending.values()].join("; ");
    if (reason !== "" && this.#replica.snapshot.reason !== reason) this.#replica.change({ reason });
  }

  async #launch(): Promise<LaunchPlan> {
    const { resource, index } = this.#replica;
    const { choices, addresses } = this.#context;
    this.#ending.signal.throwIfAborted();
    const choice = choices.get(resource.name);
    const launcher = choice?.launcher as Launcher;
    this.#replica.setState("Starting", {
      launcher: launcher.type,
      ...(choice?.because === undefined ? {} : { launcherBecause: choice.because }),
    });
    await checkFixedPorts(resource);
    const launchContext = createLaunchContext(this.#replica, {
      context: this.#context,
      signal: this.#ending.signal,
    });
    const plan = await launcher.plan(launchContext);
    if (plan.type === "process") await this.#spawn(plan);
    const pid = this.#process?.pid;
    this.#replica.setState("Running", {
      endpoints: addresses.endpointsOf(resource, index),
      ...(pid === undefined ? {} : { pid }),
    });
    return plan;
  }

  async #spawn(plan: ProcessPlan): Promise<void> {
    const { resource, index } = this.#replica;
    const { addresses, guardian } = this.#context;
    const args = [...plan.args, ...resource.args.map(({ node }) => resolveNode(node, addresses))];
    const environment = await this.#environmentOf(plan);
    const pipes = await openOutputPipes();
    this.#stopSignal = plan.stopSignal;
    try {
      this.#process = await startProcess({
        command: plan.command,
        args,
        cwd: plan.cwd ?? this.#context.model.directory,
        env: environment,
        stdout: pipes.stdout,
        stderr: pipes.stderr,
        guardian,
        resource: resource.name,
        replica: index,
        ...(plan.user === undefined ? {} : { user: plan.user }),
      });
    } catch (error) {
      pipes.close();
      throw error;
    }
    this.#output = pipes.connect(this.#process, this.#sink);
    // Stopped while it was being spawned: nobody else knows of the process yet.
    if (this.#ending.signal.aborted) await this.#process.stop(this.#stopOptions());
  }

  async #environmentOf(plan: ProcessPlan): Promise<Record<string, string>> {
    const { resource, index } = this.#replica;
    const { model, resources, addresses, collector, environment } = this.#context;
    const variables = await childVariables(resource, {
      model,
      resources,
      replica: index,
      scope: addresses,
      operation: "run",
      ...(collector === undefined ? {} : { collector }),
    });
    const own = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
    const path = [...localBinFolders(plan.cwd ?? model.directory), environment["PATH"] ?? ""].join(delimiter);
    return { ...environment, PATH: path, ...plan.environment, ...own };
  }

  #stopOptions(): StopOptions {
    return {
      timeout: this.#replica.resource.stopTimeout,
      ...(this.#stopSignal === undefined ? {} : { signal: this.#stopSignal }),
    };
  }

  async #watchHealth(plan: LaunchPlan): Promise<void> {
    const { resource, index } = this.#replica;
    const { clock, addresses } = this.#context;
    const ended = new AbortController();
    void this.#process?.exited.then(() => ended.abort());
    const signal = AbortSignal.any([ended.signal, this.#ending.signal]);
    const first = resource.endpoints.map(({ name }) =>
      addresses.find(resource.name, { endpoint: name, replica: index }),
    )[0];
    const ready = this.#logReadiness(signal);
    const startedAt = clock.monotonic();
    await monitorHealth({
      checks: resource.healthChecks,
      clock,
      signal,
      context: {
        endpoint: (name) => {
          const address = addresses.find(resource.name, { endpoint: name, replica: index });
          return address ?? { host: "localhost", port: 0, url: "" };
        },
        property: (name) => Promise.resolve(addresses.property(resource.name, name)),
      },
      gate: async (gateSignal) => {
        const notReady = ready();
        if (notReady !== undefined) return notReady;
        if (first !== undefined && first.port !== 0) {
          const probe = await probeTcp(first, { timeout: 2000, signal: gateSignal });
          return probe.open ? undefined : probe.because;
        }
        const left = provenAfter - (clock.monotonic() - startedAt);
        const isProven =
          plan.type === "external" || resource.healthChecks.length > 0 || resource.logReadiness.length > 0;
        if (!isProven && left > 0) await sleep(left, { signal: gateSignal, clock });
        return undefined;
      },
      onVerdict: (verdict) => this.#setHealth(verdict, plan),
    });
  }

  async #setHealth({ health, message }: HealthVerdict, plan: LaunchPlan): Promise<void> {
    if (
      health === "Healthy" &&
      !this.#isReady &&
      plan.type === "process" &&
      plan.afterHealthy !== undefined
    ) {
      await plan.afterHealthy();
    }
    if (health === "Healthy") this.#isReady = true;
    // Not answering yet is no illness: a resource is unhealthy once it has been healthy, or when a check says so.
    if (this.#replica.state === "Running") this.#replica.setHealth(health, message);
  }

  /** Gives a function that says what is still missing in the log. */
  #logReadiness(signal: AbortSignal): () => string | undefined {
    const { resource, index } = this.#replica;
    const missing = new Set(resource.logReadiness);
    if (missing.size === 0) return () => undefined;
    const unsubscribe = this.#context.logs.onLine((line) => {
      if (line.resource !== resource.name || line.replica !== index || line.stream === "system") return;
      for (const pattern of missing) if (pattern.test(line.text)) missing.delete(pattern);
      if (missing.size === 0) unsubscribe();
    });
    signal.addEventListener("abort", unsubscribe, { once: true });
    return () =>
      missing.size === 0 ? undefined : `no line of its log has matched ${[...missing].join(" and ")} yet`;
  }

  async #untilExit(process: SupervisedProcess): Promise<void> {
    const startedAt = this.#context.clock.monotonic();
    const { exitCode, signal } = await process.exited;
    const ran = formatDuration(this.#context.clock.monotonic() - startedAt);
    // What it left behind ends with it, so that a next start finds the field clear.
    await process.stop(this.#stopOptions());
    await this.#output?.drain({ timeout: drainTimeout });
    this.#replica.setHealth("Unknown");
    const how = {
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(signal === undefined ? {} : { signal }),
    };
    if (this.#ending.signal.aborted) this.#replica.setState("Stopped", how);
    else if (exitCode === 0) this.#replica.setState("Finished", how);
    else {
      const by = signal === undefined ? `with code ${exitCode}` : `by ${signal}`;
      this.#endWith("Exited", `ended ${by} after ${ran}`, how);
    }
  }

  #fail(error: unknown): void {
    if (this.#ending.signal.aborted && error === this.#ending.signal.reason) {
      this.#replica.setState("Stopped");
      return;
    }
    const { name } = this.#replica.resource;
    const message = error instanceof Error ? error.message : String(error);
    this.#context.hub.emit({
      type: "notice",
      data: {
        level: "error",
        resource: name,
        message,
        ...(isDextError(error)
          ? { code: error.code, ...(error.hint === undefined ? {} : { hint: error.hint }) }
          : { code: "DEXT_INTERNAL" }),
      },
    });
    this.#endWith("FailedToStart", message);
  }

  #endWith(
    state: "Exited" | "FailedToStart",
    reason: string,
    how: { exitCode?: number; signal?: string } = {},
  ): void {
    this.#sink.system(reason);
    this.#replica.setState(state, { reason, ...how });
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
