import { basename, resolve } from "node:path";
import { hostingError } from "../hosting-error.ts";
import type { ConnectionModel } from "./connection.ts";
import type { EndpointOptions } from "./endpoint.ts";
import type { Launcher } from "./launcher.ts";
import { checkName } from "./names.ts";
import { ParameterBuilder } from "./parameter-builder.ts";
import { BackingResourceBuilder } from "./backing-resource-builder.ts";
import { ResourceBuilder } from "./resource-builder.ts";
import { freezeDraft } from "./resource-draft.ts";
import type { ResourceDraft } from "./resource-draft.ts";
import type { AppModel, GenerateOptions, ParameterModel } from "./resource-model.ts";
import { currentPlace } from "./source-place.ts";
import { validateModel } from "./validate-model.ts";

/** Options of a builder. */
export interface ModelBuilderOptions {
  /** The application's name; the name of its folder when absent. */
  name?: string;
  /** The folder that relative paths start from; the AppHost file's when absent. */
  directory?: string;
}

/** What a kind of resource says about itself when it is added. */
export interface ResourceDefinition {
  name: string;
  /** Shown in lists: `redis`, `project` … */
  kind: string;
  endpoints?: readonly EndpointOptions[];
  /** The ways in which it can be had, best first. */
  launchers: readonly Launcher[];
  /** The resource that it lives in. It runs when that one does. */
  parent?: ResourceBuilder;
}

/** A resource that others connect to. */
export interface BackingResourceDefinition<
  Builder extends BackingResourceBuilder = BackingResourceBuilder,
> extends ResourceDefinition {
  /** Its connection, as expressions over its own endpoints and over parameters. */
  connection: (self: ResourceBuilder) => ConnectionModel;
  /** The class of its builder, where the kind has refinements of its own. */
  builder?: new (host: ModelBuilder, draft: ResourceDraft) => Builder;
}

/** Options of a parameter. */
export interface ParameterOptions {
  /** Never shown, and asked for without echo. */
  secret?: boolean;
  /** Used when no source has a value. */
  default?: string;
  /** Generated when no source has a value, and kept in `.dext/parameters.json`. */
  generate?: boolean | GenerateOptions;
}

/**
 * Collects resources and parameters into an {@link AppModel}. It starts nothing and reads no file and no network.
 *
 * Integrations are functions over this class; what the built-in kinds use is all here.
 */
export class ModelBuilder {
  readonly name: string;
  readonly directory: string;
  readonly #drafts: Map<string, ResourceDraft> = new Map();
  readonly #parameters: Map<string, ParameterModel> = new Map();
  #collector: string | undefined;

  constructor(options: { name?: string; directory: string }) {
    this.directory = resolve(options.directory);
    this.name = options.name ?? (basename(this.directory) || "app");
  }

  /**
   * Adds a resource of any kind.
   *
   * @throws DextError `DEXT_MODEL_NAME_INVALID`, `DEXT_MODEL_NAME_TAKEN`
   */
  addResource(definition: ResourceDefinition): ResourceBuilder {
    const builder = new ResourceBuilder(this, this.#addDraft(definition));
    addEndpoints(builder, definition);
    return builder;
  }

  /** Adds a resource that others connect to; see `docs/integrations.md` for a walk-through. */
  addBackingResource<Builder extends BackingResourceBuilder = BackingResourceBuilder>(
    definition: BackingResourceDefinition<Builder>,
  ): Builder {
    const draft = this.#addDraft(definition);
    // Without a class the type is the default one.
    const BuilderClass = (definition.builder ?? BackingResourceBuilder) as NonNullable<
      typeof definition.builder
    >;
    const builder = new BuilderClass(this, draft);
    addEndpoints(builder, definition);
    draft.connection = definition.connection(builder);
    return builder;
  }

  /** Adds a value that the system needs and that does not stand in the code: `Parameters:<name>` in configuration. */
  addParameter(name: string, options: ParameterOptions = {}): ParameterBuilder {
    const place = currentPlace();
    checkName(name, { of: "a parameter", place });
    const taken = this.#parameters.get(name);
    if (taken !== undefined)
      throw nameTaken(name, { first: taken.definedAt, second: place, what: "parameters" });
    const { secret = false, generate } = options;
    this.#parameters.set(
      name,
      Object.freeze({
        name,
        secret,
        ...(place === undefined ? {} : { definedAt: place }),
        ...(options.default === undefined ? {} : { default: options.default }),
        ...(generate === undefined || generate === false
          ? {}
          : { generate: generate === true ? {} : { ...generate } }),
      }),
    );
    return new ParameterBuilder(this, name);
  }

  /** Sends the telemetry of every resource to this OTLP/HTTP address, such as `http://localhost:4318`. */
  withCollector(url: string): this {
    if (!URL.canParse(url)) {
      throw hostingError("DEXT_MODEL_OPTION_INVALID", `Not the URL of a collector: ${JSON.stringify(url)}`, {
        hint: "Give an OTLP/HTTP address such as http://localhost:4318.",
      });
    }
    this.#collector = url;
    return this;
  }

  /**
   * The model, checked and frozen.
   *
   * @throws DextError for a cycle of waits, a port fixed twice, generated variables that collide.
   */
  build(): AppModel {
    const model: AppModel = Object.freeze({
      name: this.name,
      directory: this.directory,
      resources: Object.freeze([...this.#drafts.values()].map(freezeDraft)),
      parameters: Object.freeze([...this.#parameters.values()]),
      ...(this.#collector === undefined ? {} : { collector: this.#collector }),
    });
    validateModel(model);
    return model;
  }

  /** Refuses what belongs to another builder. */
  checkOwner(owner: object | undefined, options: { what: string }): void {
    if (owner === this) return;
    throw hostingError(
      "DEXT_MODEL_FOREIGN_REFERENCE",
      `Another builder's resource is used: ${options.what}`,
      {
        hint: "Add both resources to the same builder.",
      },
    );
  }

  #addDraft(definition: ResourceDefinition): ResourceDraft {
    const place = currentPlace();
    const { name, kind, launchers, parent } = definition;
    checkName(name, { of: "a resource", place });
    const taken = this.#drafts.get(name);
    if (taken !== undefined)
      throw nameTaken(name, { first: taken.definedAt, second: place, what: "resources" });
    const draft: ResourceDraft = {
      name,
      kind,
      ...(place === undefined ? {} : { definedAt: place }),
      ...(parent === undefined ? {} : { parent: parent.name }),
      endpoints: [],
      launchers: [...launchers],
      references: [],
      waits: parent === undefined ? [] : [{ resource: parent.name, until: "healthy" }],
      environment: [],
      args: [],
      replicas: 1,
      healthChecks: [],
      logReadiness: [],
      mounts: [],
      explicitStart: false,
      commands: [],
      configurations: [],
      seeds: [],
      optional: false,
      telemetry: true,
      profiles: [],
      stopTimeout: 5000,
    };
    this.#drafts.set(name, draft);
    return draft;
  }
}

function addEndpoints(builder: ResourceBuilder, definition: ResourceDefinition): void {
  for (const endpoint of definition.endpoints ?? []) builder.withEndpoint(endpoint);
}

function nameTaken(
  name: string,
  { first, second, what }: { first: string | undefined; second: string | undefined; what: string },
): Error {
  const places = first === undefined || second === undefined ? "" : `: first at ${first}, again at ${second}`;
  return hostingError("DEXT_MODEL_NAME_TAKEN", `Two ${what} have the name "${name}"${places}`, {
    hint: "Give each a name of its own.",
    details: { name, first: first ?? null, second: second ?? null },
  });
}
