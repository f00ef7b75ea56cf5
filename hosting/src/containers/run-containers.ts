import { systemClock } from "@dext/core";
import type { Clock, DextError } from "@dext/core";
import { isContainerLauncher } from "../launchers/container-launcher.ts";
import type { LogSink } from "../logs/log-sink.ts";
import { toExpression } from "../model/expression.ts";
import type { Value } from "../model/expression.ts";
import type { ContainerPlan } from "../model/launcher.ts";
import type { AppModel, MountModel, ResourceModel } from "../model/resource-model.ts";
import type { AddressBook } from "../orchestration/address-book.ts";
import type { LauncherChoice } from "../orchestration/choose-launcher.ts";
import { resolveNode } from "../orchestration/resolve-expression.ts";
import type { ExpressionScope } from "../orchestration/resolve-expression.ts";
import { cleanUpRunContainers, cleanUpStaleRuns } from "./clean-up.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { ContainerEvents } from "./container-events.ts";
import type { ContainerRequestOptions, PublishedPort } from "./container-request.ts";
import { ContainerScope, containerAlias, isLoopback, loopbackTarget, urlTarget } from "./container-scope.ts";
import { engineOfMachine, noEngine } from "./find-engine.ts";
import type { EngineSearch } from "./find-engine.ts";
import { HostForwards } from "./host-forwards.ts";
import type { HostTarget } from "./host-forwards.ts";
import { ImageStore } from "./image-store.ts";
import { appId, containerName, labels, ownIdentity, runLabels } from "./labels.ts";
import { raceAbort } from "./race-abort.ts";
import { ensureNetwork, hostName } from "./run-network.ts";
import type { RunNetwork } from "./run-network.ts";
import { createVolumes } from "./run-volumes.ts";
import { startContainer } from "./start-container.ts";
import type { SupervisedContainer } from "./supervised-container.ts";

/** What {@link RunContainers} takes. */
export interface RunContainersOptions {
  runId: string;
  model: Pick<AppModel, "name" | "directory">;
  /** The resources of the run. */
  resources: ReadonlyMap<string, ResourceModel>;
  choices: ReadonlyMap<string, LauncherChoice>;
  addresses: AddressBook;
  /** Its volumes are the run's own and gone with it; otherwise they are the app's, and outlive runs. */
  isIsolated?: boolean;
  /** Where telemetry goes, as seen from this machine. */
  collector?: string;
  reservePort: () => Promise<number>;
  /**
   * Told what could not be cleaned up, of dead runs at the beginning and of this one at the end, and what of this machine
   * containers cannot reach.
   */
  onFailure?: (error: DextError) => void;
  /** Finds the engine; that of this machine when absent. */
  findEngine?: () => Promise<EngineSearch>;
  clock?: Clock;
}

/** What {@link RunContainers.start} takes. */
export interface StartInRunOptions {
  plan: ContainerPlan;
  resource: ResourceModel;
  replica: number;
  sink: LogSink;
  /** Aborted: a pull or build is no longer waited for, and what was made is removed. */
  signal: AbortSignal;
  /** Does what comes before the container itself: finding the engine, having the image. It can take minutes. */
  prepare?: <T>(work: () => Promise<T>) => Promise<T>;
  /** The variables that Dext and the AppHost give it, as they are in the network of containers. */
  variables: (network: {
    scope: ExpressionScope;
    collector?: string;
  }) => Promise<Readonly<Record<string, string>>>;
}

interface Prepared {
  engine: ContainerEngine;
  network: RunNetwork;
  events: ContainerEvents;
  images: ImageStore;
}

/** The containers of one run. Nothing is asked of an engine before the first one starts. */
export class RunContainers {
  readonly #options: RunContainersOptions;
  readonly #app: string;
  readonly #forwards: HostForwards;
  readonly #closing: AbortController = new AbortController();
  #prepared: Promise<Prepared> | undefined;

  constructor(options: RunContainersOptions) {
    this.#options = options;
    this.#app = appId(options.model);
    const { reservePort, onFailure } = options;
    this.#forwards = new HostForwards({ reservePort, ...(onFailure === undefined ? {} : { onFailure }) });
  }

  /**
   * Has the image there, makes the container and starts it.
   *
   * @throws DextError `DEXT_CONTAINER_…`, or the signal's reason
   */
  async start(options: StartInRunOptions): Promise<SupervisedContainer> {
    const { plan, resource, replica, sink, signal, prepare = (work) => work() } = options;
    const { container } = plan;
    signal.throwIfAborted();
    const { engine, network, events, image } = await prepare(async () => {
      const { images, ...rest } = await raceAbort(this.#prepare(), signal);
      return { ...rest, image: await images.ensure(container, { resource: resource.name, sink, signal }) };
    });
    const isPersistent = container.lifetime === "persistent";
    const owner = isPersistent ? this.#app : this.#options.runId;
    const home = isPersistent ? await this.#homeOfPersistent(engine) : network.name;
    const request = { ...(await this.#request(options, network)), image, network: home };
    if (this.#options.isIsolated === true) await createVolumes(engine, request);
    return startContainer({
      engine,
      resource: resource.name,
      name: containerName(owner, { resource: resource.name, replica, replicas: resource.replicas }),
      request,
      sink,
      events,
      isLocal: network.host.by === "forwarders",
      signal,
      clock: this.#clock,
      ...(isPersistent ? { persistent: { runNetwork: network.name } } : {}),
    });
  }

  /** Removes the run's network, and containers that nobody stopped. Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("the run is over"));
    const prepared = await this.#prepared?.catch(() => undefined);
    await prepared?.events.close();
    await this.#forwards.close();
    if (prepared === undefined) return;
    try {
      await cleanUpRunContainers(prepared.engine, this.#options.runId);
    } catch (error) {
      this.#options.onFailure?.(error as DextError);
    }
  }

  get #clock(): Clock {
    return this.#options.clock ?? systemClock;
  }

  async #prepare(): Promise<Prepared> {
    this.#closing.signal.throwIfAborted();
    this.#prepared ??= this.#begin();
    try {
      return await this.#prepared;
    } catch (error) {
      // The next start asks again.
      this.#prepared = undefined;
      throw error;
    }
  }

  async #begin(): Promise<Prepared> {
    const { runId, findEngine = engineOfMachine } = this.#options;
    const { engine, attempts } = await findEngine();
    if (engine === undefined) throw noEngine(attempts);
    // What others have left and cannot be removed is no reason not to start.
    await cleanUpStaleRuns(engine).catch((error: unknown) => this.#options.onFailure?.(error as DextError));
    const network = await ensureNetwork(engine, {
      name: `dext-${runId}`,
      labels: runLabels(runId, { app: this.#app, owner: ownIdentity() }),
    });
    if (network.host.by === "forwarders") await this.#forwards.prepare(this.#hostTargets());
    return {
      engine,
      network,
      events: new ContainerEvents({ engine, app: this.#app, clock: this.#clock }),
      images: new ImageStore({
        engine,
        app: this.#app,
        directory: this.#options.model.directory,
        signal: this.#closing.signal,
        clock: this.#clock,
      }),
    };
  }

  /**
   * A container whose network is gone cannot be started again: those that outlive runs have one that does, too. Of
   * several networks the one that comes first by name has the published ports; were that of the run the first, its
   * coming and going would break every connection off.
   */
  async #homeOfPersistent(engine: ContainerEngine): Promise<string> {
    const { name } = await ensureNetwork(engine, {
      name: `dext--${this.#app}`,
      labels: { [labels.app]: this.#app },
    });
    return name;
  }

  async #request(
    { plan, resource, replica, variables }: StartInRunOptions,
    network: RunNetwork,
  ): Promise<Omit<ContainerRequestOptions, "image" | "network">> {
    const { runId, collector } = this.#options;
    const { container } = plan;
    const scope = this.#scope(resource, network);
    const own = await variables({
      scope,
      ...(collector === undefined ? {} : { collector: scope.hostUrl(collector) }),
    });
    const outside = this.#describedScope(resource, scope);
    const resolve = (value: Value): string => resolveNode(toExpression(value).node, outside);
    const given = Object.entries(container.environment ?? {}).map(([name, value]) => [name, resolve(value)]);
    const args = [
      ...(container.args ?? []).map(resolve),
      ...resource.args.map(({ node }) => resolveNode(node, scope)),
    ];
    const ports = this.#ports({ plan, resource, replica });
    const ofRun = runLabels(runId, { app: this.#app, owner: ownIdentity() });
    // Now it is known what is referred to.
    if (network.host.by === "forwarders") await this.#forwards.open(network.host);
    return {
      environment: { ...Object.fromEntries(given), ...own },
      ...(args.length === 0 ? {} : { args }),
      ...(container.entrypoint === undefined ? {} : { entrypoint: container.entrypoint }),
      ...(container.capabilities === undefined ? {} : { capabilities: container.capabilities }),
      ports,
      mounts: plan.mounts.map((mount) => this.#mount(mount)),
      volumeLabels: this.#options.isIsolated === true ? ofRun : { [labels.app]: this.#app },
      labels: {
        ...(container.lifetime === "persistent"
          ? { [labels.app]: this.#app, [labels.ports]: JSON.stringify(portsByEndpoint(ports)) }
          : ofRun),
        [labels.resource]: resource.name,
      },
      aliases: [...new Set([resource.name, containerAlias(resource, replica)])],
      hosts: hostsOf(network),
    };
  }

  #ports({
    plan,
    resource,
    replica,
  }: Pick<StartInRunOptions, "plan" | "resource" | "replica">): PublishedPort[] {
    const { targetPorts = {} } = plan.container;
    return resource.endpoints.flatMap(({ name, targetPort }) => {
      const host = this.#options.addresses.find(resource.name, { endpoint: name, replica })?.port;
      if (host === undefined) return [];
      return [{ endpoint: name, target: targetPorts[name] ?? targetPort ?? host, host }];
    });
  }

  #mount(mount: MountModel): MountModel {
    const { isIsolated, runId } = this.#options;
    const owner = isIsolated === true ? runId : this.#app;
    return mount.type === "bind" ? mount : { ...mount, source: `dext-${owner}-${mount.source}` };
  }

  #scope(resource: ResourceModel, network: RunNetwork): ContainerScope {
    const { resources, choices, addresses } = this.#options;
    return new ContainerScope({ resource, resources, choices, addresses, network, forwards: this.#forwards });
  }

  /** What a container's description says of itself is for those who reach it from this machine. */
  #describedScope(resource: ResourceModel, scope: ContainerScope): ExpressionScope {
    const of = (name: string): ExpressionScope => (name === resource.name ? this.#options.addresses : scope);
    return {
      endpoint: (name, options) => of(name).endpoint(name, options),
      connectionString: (name) => of(name).connectionString(name),
      property: (name, property) => of(name).property(name, property),
      parameter: (name) => scope.parameter(name),
    };
  }

  /** Everything on this machine that a container may refer to. */
  *#hostTargets(): Generator<HostTarget> {
    const { resources, choices, addresses, collector } = this.#options;
    for (const resource of resources.values()) {
      const launcher = choices.get(resource.name)?.launcher;
      if (launcher !== undefined && isContainerLauncher(launcher)) continue;
      for (const { name: endpoint } of resource.endpoints) {
        for (let replica = 0; replica < resource.replicas; replica += 1) {
          const address = addresses.find(resource.name, { endpoint, replica });
          if (address !== undefined && isLoopback(address.host)) yield loopbackTarget(address);
        }
      }
    }
    const target = collector === undefined ? undefined : urlTarget(collector);
    if (target !== undefined) yield target;
  }
}

function hostsOf(network: RunNetwork): Record<string, string> {
  switch (network.host.by) {
    case "forwarders":
      return { [hostName]: network.host.gateway };
    case "engine":
      return { [hostName]: "host-gateway" };
    case "nothing":
      return {};
  }
}

function portsByEndpoint(ports: readonly PublishedPort[]): Record<string, number> {
  return Object.fromEntries(ports.map(({ endpoint, host }) => [endpoint, host]));
}
