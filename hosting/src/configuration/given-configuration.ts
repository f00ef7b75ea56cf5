import type { ConfigurationProblem, DescribedConfiguration } from "@dext/protocol";
import { systemClock } from "@dext/core";
import type { ConfigurationModel } from "../model/resource-model.ts";
import { bindConfiguration } from "./bind-configuration.ts";
import type { BoundConfiguration, ConfiguredVariable } from "./bind-configuration.ts";
import { changedNames, textOfVariables } from "./given-variables.ts";
import type { ConfigurationUse } from "./group-uses.ts";
import type { LoadedDefinition } from "./loaded-definition.ts";

/** The part of a configuration that one resource is given: its last good values, and those that each replica has. */
export class GivenConfiguration {
  readonly resource: string;
  readonly model: ConfigurationModel;
  readonly definition: LoadedDefinition;
  /** Variables that the resource is given by the AppHost itself, whatever the configuration says. */
  readonly #overridden: ReadonlySet<string>;
  /** Replica → the values that it was started with, as text. */
  readonly #taken = new Map<number, string>();
  #variables: readonly ConfiguredVariable[] | undefined;
  #refused: { readonly error: Error; readonly since: number } | undefined;

  constructor(
    { resource, model }: ConfigurationUse,
    { definition, overridden }: { definition: LoadedDefinition; overridden: ReadonlySet<string> },
  ) {
    this.resource = resource;
    this.model = model;
    this.definition = definition;
    this.#overridden = overridden;
  }

  /** Whether it has values. */
  get isBound(): boolean {
    return this.#variables !== undefined;
  }

  /** The last good values; none before the first. */
  get variables(): readonly ConfiguredVariable[] {
    return this.#variables ?? [];
  }

  /** The last good values as text, as far as the resource is given them. */
  get text(): string {
    return textOfVariables(this.#variables?.filter(({ name }) => !this.#overridden.has(name)));
  }

  /** Why the values of now cannot be given. */
  get refused(): Error | undefined {
    return this.#refused?.error;
  }

  /**
   * Takes the values of now.
   *
   * @param taken names that mean something else to the resource, with what.
   *
   * @throws what {@link bindConfiguration} throws; the values of before stay.
   */
  bind(taken: ReadonlyMap<string, string>): BoundConfiguration {
    const { resource, model, definition } = this;
    if (definition.config === undefined) throw new TypeError("a definition that is not loaded");
    const bound = bindConfiguration(definition.config, { resource, model, taken });
    this.#variables = bound.variables;
    this.#refused = undefined;
    return bound;
  }

  /** Notes that the values of now cannot be given. */
  refuse(error: Error): void {
    this.#refused = { error, since: this.#refused?.since ?? systemClock.now() };
  }

  /** Notes that a replica begins anew: it has no values until it takes them. */
  forget(replica: number): void {
    this.#taken.delete(replica);
  }

  /** Notes that a replica failed for want of values: whatever it can be given later is news to it. */
  lack(replica: number): void {
    this.#taken.set(replica, "");
  }

  /** Notes that a replica has the values of now. */
  take(replica: number): void {
    this.#taken.set(replica, this.text);
  }

  /** The names of the variables that are no longer what a replica has; none when it has not begun. */
  outdated(replica: number): readonly string[] {
    const taken = this.#taken.get(replica);
    return taken === undefined ? [] : changedNames(taken, this.text);
  }

  /** What is wrong with its values now, besides what is wrong with their sources. */
  problems(): readonly ConfigurationProblem[] {
    if (this.#refused === undefined) return [];
    const { error, since } = this.#refused;
    return [{ source: "values", state: "INVALID", message: error.message, since }];
  }

  describe(): DescribedConfiguration {
    const { model, definition } = this;
    return {
      keys: [...model.keys, ...model.optional.map((key) => `${key}?`)],
      onChange: model.onChange,
      prefix: model.prefix,
      from: model.from,
      sources: (definition.config?.sources ?? []).map(({ provider, label, state, error }) => ({
        source: `${provider} ${label}`,
        state,
        ...(error === undefined ? {} : { message: error.message }),
      })),
    };
  }
}
