import { resolve } from "node:path";
import type { ConfigurationProblem, DescribedConfiguration, NoticeEvent } from "@dext/protocol";
import type { ConfigEvent } from "@dext/providers";
import { generatedVariables } from "../discovery/generated-variables.ts";
import { raceAbort } from "../containers/race-abort.ts";
import { sourceEnvironment } from "../discovery/inherited-environment.ts";
import type {
  AppModel,
  ConfigurationChange,
  ConfigurationModel,
  ResourceModel,
} from "../model/resource-model.ts";
import type { ExpressionScope } from "../orchestration/resolve-expression.ts";
import type { ConfiguredVariable } from "./bind-configuration.ts";
import { configurationsFailed, loadFailed } from "./configuration-errors.ts";
import { ConfigurationNotices } from "./configuration-notices.ts";
import { GivenConfiguration } from "./given-configuration.ts";
import { groupUses } from "./group-uses.ts";
import type { ConfigurationUse } from "./group-uses.ts";
import { LoadedDefinition } from "./loaded-definition.ts";
import { sourceVariables } from "./source-variables.ts";

/** What the configurations of a run depend on. */
export interface RunConfigurationsOptions {
  model: AppModel;
  /** The resources of this run. */
  resources: ReadonlyMap<string, ResourceModel>;
  addresses: ExpressionScope;
  /** The AppHost's own environment. */
  environment: Readonly<Record<string, string | undefined>>;
  collector?: string;
  /** Told to whoever looks at the run. */
  notify: (notice: NoticeEvent["data"]) => void;
}

/** Who is told what happens to the configurations of a run. */
interface ConfigurationFollower {
  /** Called after a resource would be given something else. */
  onChange: (resource: string) => void;
  /** Called after the problems of a resource have changed. */
  onProblems: (resource: string) => void;
  /** Whether the run ends: nothing is told any more, as its servers go away with it. */
  isOver: () => boolean;
}

/**
 * The configurations that the resources of a run are given: each loaded once, followed, and bound to the variables of
 * those that use it. The last good values of each resource stay in use whatever comes after them.
 */
export class RunConfigurations {
  readonly #options: RunConfigurationsOptions;
  readonly #definitions: readonly LoadedDefinition[];
  readonly #given: readonly GivenConfiguration[];
  readonly #notices: ConfigurationNotices;
  readonly #secrets = new Set<string>();
  #onSecret: (value: string) => void = () => undefined;
  #follower: ConfigurationFollower = nobody;

  constructor(options: RunConfigurationsOptions) {
    this.#options = options;
    this.#notices = new ConfigurationNotices(options.notify);
    this.#definitions = groupUses(options.resources).map((uses) => this.#define(uses));
    this.#given = this.#definitions.flatMap((definition) =>
      definition.uses.map((use) => {
        const environment = options.resources.get(use.resource)?.environment ?? [];
        const overridden = new Set(environment.map(({ name }) => name));
        return new GivenConfiguration(use, { definition, overridden });
      }),
    );
  }

  /**
   * Loads those whose sources are not in the run, all side by side.
   *
   * @throws DextError with everything that is wrong with any of them: `DEXT_RUN_CONFIGURATION_FAILED`,
   * `DEXT_RUN_CONFIGURATION_KEY_MISSING`, `DEXT_RUN_CONFIGURATION_COLLISION`
   */
  async load(): Promise<void> {
    const faults = await Promise.all(
      this.#definitions.filter(({ from }) => from.length === 0).map((each) => this.#loadAndBind(each)),
    );
    const all = faults.flat();
    if (all.length > 0) throw configurationsFailed(all);
  }

  /**
   * Loads those of a resource whose sources are servers of the run, which have to be healthy by now; called whenever a
   * replica begins.
   *
   * @throws what {@link load} throws
   */
  async prepare(
    resource: string,
    {
      replica,
      signal,
      onPending,
    }: { replica: number; signal: AbortSignal; onPending: (because: string) => void },
  ): Promise<void> {
    for (const given of this.#of(resource)) given.forget(replica);
    const waiting = this.#definitions.filter(
      (each) => each.from.length > 0 && this.#unbound(each).some((given) => given.resource === resource),
    );
    if (waiting.length === 0) return;
    const servers = [...new Set(waiting.flatMap(({ from }) => from))]
      .map((name) => `"${name}"`)
      .join(" and ");
    onPending(`its configuration is read from ${servers}`);
    const loads = Promise.all(waiting.map((each) => this.#loadAndBind(each)));
    const faults = (await raceAbort(loads, signal)).flat();
    const own = faults.filter((fault) => fault.resources.includes(resource));
    if (own.length === 0) return;
    for (const given of this.#of(resource)) given.lack(replica);
    throw configurationsFailed(own);
  }

  /** What a resource is given now; what is not loaded yet is not among it. */
  variablesOf(resource: string): readonly ConfiguredVariable[] {
    return this.#of(resource).flatMap(({ variables }) => variables);
  }

  /** What a replica is given that starts now. */
  take(resource: string, replica: number): readonly ConfiguredVariable[] {
    for (const given of this.#of(resource)) given.take(replica);
    return this.variablesOf(resource);
  }

  /** The names of the variables that are no longer what a replica was started with, as far as this is done about it. */
  outdated(
    resource: string,
    { replica, onChange }: { replica: number; onChange: ConfigurationChange },
  ): string[] {
    return this.#of(resource)
      .filter(({ model }) => model.onChange === onChange)
      .flatMap((given) => given.outdated(replica));
  }

  /** Notes that a replica knows of the values of now. */
  accept(resource: string, { replica, onChange }: { replica: number; onChange: ConfigurationChange }): void {
    for (const given of this.#of(resource)) {
      if (given.model.onChange === onChange) given.take(replica);
    }
  }

  /** What is wrong with the configurations of a resource now. */
  problemsOf(resource: string): readonly ConfigurationProblem[] {
    const own = this.#of(resource);
    const definitions = [...new Set(own.map(({ definition }) => definition))];
    return [...definitions, ...own].flatMap((each) => each.problems());
  }

  /** What is described of the configurations of a resource. */
  describe(resource: string): readonly DescribedConfiguration[] {
    return this.#of(resource).map((given) => given.describe());
  }

  /** Loads what can be loaded without a run, in `startTimeout` milliseconds, and gives what went wrong by resource. */
  async tryToLoad({
    startTimeout,
  }: {
    startTimeout: number;
  }): Promise<ReadonlyMap<string, readonly Error[]>> {
    const wrong = new Map<string, Error[]>();
    const loads = this.#definitions.filter(({ from }) => from.length === 0);
    const faults = await Promise.all(loads.map((each) => this.#loadAndBind(each, { startTimeout })));
    for (const { resources, error } of faults.flat())
      for (const name of resources) wrong.set(name, [...(wrong.get(name) ?? []), error]);
    return wrong;
  }

  /** The sources of what is still being loaded before anything starts. */
  pendingSources(): readonly string[] {
    return this.#definitions
      .filter(({ from, config }) => from.length === 0 && config === undefined)
      .flatMap(({ sources }) => sources);
  }

  /** What a resource is to be given and is not loaded, as the sources are servers that have yet to start. */
  pendingOf(resource: string): readonly ConfigurationModel[] {
    return this.#of(resource).flatMap(({ model, definition }) =>
      definition.config === undefined && model.from.length > 0 ? [model] : [],
    );
  }

  /** Calls the listener with every secret that a resource is given, now and later. */
  onSecret(listener: (value: string) => void): void {
    this.#onSecret = listener;
    for (const value of this.#secrets) listener(value);
  }

  /** Tells the follower, and at once of the problems that there are. */
  follow(follower: ConfigurationFollower): void {
    this.#follower = follower;
    for (const { resource } of this.#given) follower.onProblems(resource);
  }

  async close(): Promise<void> {
    this.#follower = { ...nobody, isOver: () => true };
    await Promise.all(this.#definitions.map((each) => each.close()));
  }

  #define(uses: readonly ConfigurationUse[]): LoadedDefinition {
    const { model, resources, addresses } = this.#options;
    const environment = sourceEnvironment(this.#options.environment);
    const [first] = uses;
    const definition: LoadedDefinition = new LoadedDefinition({
      uses,
      directory: resolve(model.directory, first?.model.directory ?? "."),
      environment: environmentName(this.#options.environment),
      variables: () => sourceVariables(first?.model.from ?? [], { environment, resources, addresses }),
      onEvent: (event) => this.#take(definition, event),
    });
    return definition;
  }

  async #loadAndBind(
    definition: LoadedDefinition,
    options: { startTimeout?: number } = {},
  ): Promise<readonly { resources: readonly string[]; error: Error }[]> {
    try {
      await definition.load(options);
    } catch (error) {
      const { resources } = definition;
      return [{ resources, error: loadFailed(resources, error) }];
    }
    this.#notices.tellProblems(definition);
    return this.#unbound(definition).flatMap((given) => {
      try {
        this.#bind(given);
        return [];
      } catch (error) {
        return [{ resources: [given.resource], error: error as Error }];
      }
    });
  }

  #take(definition: LoadedDefinition, event: ConfigEvent): void {
    if (this.#follower.isOver()) return;
    this.#notices.tellProblems(definition);
    const own = this.#given.filter((given) => given.definition === definition);
    if (event.type === "changed") for (const given of own) this.#rebind(given);
    for (const resource of definition.resources) this.#follower.onProblems(resource);
  }

  #rebind(given: GivenConfiguration): void {
    const { text: before, refused: known } = given;
    try {
      this.#bind(given);
      if (known !== undefined)
        this.#notices.tell("info", `"${given.resource}" can be given its configuration again`);
    } catch (error) {
      const refusal = error as Error;
      // The same complaint again is no news.
      if (known?.message !== refusal.message)
        this.#notices.tell("warning", `${refusal.message}. It keeps the last good values`, refusal);
      given.refuse(refusal);
    }
    if (given.text !== before) this.#follower.onChange(given.resource);
  }

  #bind(given: GivenConfiguration): void {
    const isFirst = !given.isBound;
    const { variables, unmatched } = given.bind(this.#taken(given));
    for (const { value, isSecret } of variables) {
      if (!isSecret || this.#secrets.has(value)) continue;
      this.#secrets.add(value);
      this.#onSecret(value);
    }
    if (!isFirst) return;
    for (const key of unmatched)
      this.#notices.tell(
        "warning",
        `"${given.resource}" is given nothing by "${key}": its configuration has nothing there`,
      );
  }

  /** The names that mean something else to a resource: what Dext generates, and what another configuration gives. */
  #taken({ resource, model }: GivenConfiguration): ReadonlyMap<string, string> {
    const { model: app, resources, collector } = this.#options;
    const own = resources.get(resource);
    const options = { model: app, resources, replica: 0, ...(collector === undefined ? {} : { collector }) };
    const generated = own === undefined ? [] : generatedVariables(own, options);
    const others = this.#of(resource).filter((each) => each.model !== model);
    return new Map([
      ...generated.map(({ name, because }) => [name, because] as const),
      ...others.flatMap(({ variables }) => variables.map(({ name, because }) => [name, because] as const)),
    ]);
  }

  #of(resource: string): readonly GivenConfiguration[] {
    return this.#given.filter((given) => given.resource === resource);
  }

  #unbound(definition: LoadedDefinition): readonly GivenConfiguration[] {
    return this.#given.filter((given) => given.definition === definition && !given.isBound);
  }
}

const nobody: ConfigurationFollower = {
  onChange: () => undefined,
  onProblems: () => undefined,
  isOver: () => false,
};

function environmentName(environment: Readonly<Record<string, string | undefined>>): string {
  return environment["DEXT_ENVIRONMENT"] || environment["NODE_ENV"] || "development";
}
