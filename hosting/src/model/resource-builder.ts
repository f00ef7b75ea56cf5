import { toMilliseconds } from "@dext/core";
import type { Duration } from "@dext/core";
import type { ConfigDefinition } from "@dext/providers";
import { hostingError } from "../hosting-error.ts";
import { httpHealthCheck } from "../orchestration/http-health-check.ts";
import { describeConfiguration } from "./configuration-options.ts";
import type { ConfigurationOptions } from "./configuration-options.ts";
import type { EndpointOptions } from "./endpoint.ts";
import { EndpointReference } from "./endpoint-reference.ts";
import { Expression, toExpression } from "./expression.ts";
import type { Value } from "./expression.ts";
import type { HealthCheck, HealthCheckOptions } from "./health-check.ts";
import type { LauncherType } from "./launcher.ts";
import type { ModelBuilder } from "./model-builder.ts";
import type { ResourceDraft } from "./resource-draft.ts";
import type { EnvironmentCallback, ResourceCommand, RestartPolicy, WaitModel } from "./resource-model.ts";
import { currentPlace, placeText } from "./source-place.ts";

/** What `withReference` takes: a resource with all its endpoints or its connection, or one endpoint. */
export type ReferenceTarget = ResourceBuilder | EndpointReference;

/**
 * A resource of the system while the AppHost describes it. Every refinement changes the description only and gives
 * the builder back, so that refinements chain.
 */
export class ResourceBuilder {
  readonly name: string;
  /** The builder that this resource belongs to. */
  readonly host: ModelBuilder;
  /** The description itself; integrations may add to it. */
  protected readonly draft: ResourceDraft;

  constructor(host: ModelBuilder, draft: ResourceDraft) {
    this.name = draft.name;
    this.host = host;
    this.draft = draft;
  }

  /**
   * An endpoint of this resource, as a value for environment variables and arguments.
   *
   * @throws DextError `DEXT_MODEL_ENDPOINT_UNKNOWN`
   */
  endpoint(name: string): EndpointReference {
    if (!this.draft.endpoints.some((endpoint) => endpoint.name === name)) {
      const known = this.draft.endpoints.map((endpoint) => JSON.stringify(endpoint.name)).join(", ");
      throw hostingError(
        "DEXT_MODEL_ENDPOINT_UNKNOWN",
        `"${this.name}" has no endpoint "${name}"${placeText(currentPlace())}`,
        {
          hint:
            known === ""
              ? `Declare it before it is referred to: .withEndpoint({ name: "${name}" }).`
              : `It has ${known}. Declare another with .withEndpoint({ name: "${name}" }) before it is referred to.`,
          details: { resource: this.name, endpoint: name },
        },
      );
    }
    return new EndpointReference(this.name, name, this.host);
  }

  /**
   * Tells this resource how to reach another: its addresses as `services__<name>__<endpoint>__<index>`, its
   * connection string as `ConnectionStrings__<name>`.
   */
  withReference(target: ReferenceTarget, options: { as?: string } = {}): this {
    const isEndpoint = target instanceof EndpointReference;
    const resource = isEndpoint ? target.resource : target.name;
    this.host.checkOwner(isEndpoint ? target.owner : target.host, {
      what: `the reference of "${this.name}" to "${resource}"`,
    });
    this.draft.references.push({
      resource,
      ...(options.as === undefined ? {} : { as: options.as }),
      ...(isEndpoint ? { endpoint: target.endpoint } : {}),
    });
    return this;
  }

  /** Starts this resource when the other one is healthy, or has finished with 0. */
  waitFor(target: ResourceBuilder): this {
    return this.#wait(target, "healthy");
  }

  /** Starts this resource when the other one is running, healthy or not. */
  waitForStart(target: ResourceBuilder): this {
    return this.#wait(target, "started");
  }

  /** Starts this resource when the other one has ended with exit code 0. */
  waitForCompletion(target: ResourceBuilder): this {
    return this.#wait(target, "completed");
  }

  /** Adds an endpoint, or changes the one of that name. */
  withEndpoint(options: EndpointOptions = {}): this {
    const { scheme = "tcp", name = scheme, external = false, ...rest } = options;
    return this.#addEndpoint({ name, scheme, external, ...rest });
  }

  /** Adds an HTTP endpoint, or changes the one of that name. Its port is told in `PORT` unless `env` says otherwise. */
  withHttpEndpoint(options: EndpointOptions = {}): this {
    const { scheme = "http", name = scheme, external = false, env, ...rest } = options;
    const taken = this.draft.endpoints.some((endpoint) => endpoint.env === "PORT" && endpoint.name !== name);
    const variable = env ?? (taken ? undefined : "PORT");
    return this.#addEndpoint({
      name,
      scheme,
      external,
      ...(variable === undefined ? {} : { env: variable }),
      ...rest,
    });
  }

  /** Sets an environment variable: a value, a reference, or a function that is called when the value is needed. */
  withEnvironment(name: string, value: Value | EnvironmentCallback): this {
    if (!/^[^=\0\s]+$/.test(name)) {
      throw hostingError(
        "DEXT_MODEL_VARIABLE_INVALID",
        `Not a name of an environment variable: ${JSON.stringify(name)}${placeText(currentPlace())}`,
        {
          hint: 'Names have no "=", no white space and at least one character.',
          details: { resource: this.name, variable: name },
        },
      );
    }
    this.draft.environment.push({ name, value: typeof value === "function" ? value : this.own(value) });
    return this;
  }

  /** Adds arguments to the command. */
  withArgs(...args: readonly Value[]): this {
    for (const arg of args) this.draft.args.push(this.own(arg));
    return this;
  }

  /** Runs that many of it. Each has an address of its own and consumers are given all of them. */
  withReplicas(count: number): this {
    if (!Number.isInteger(count) || count < 1 || count > 100) {
      throw hostingError(
        "DEXT_MODEL_OPTION_INVALID",
        `Not a number of replicas for "${this.name}": ${count}${placeText(currentPlace())}`,
        {
          hint: "Give a whole number from 1 to 100.",
          details: { resource: this.name },
        },
      );
    }
    this.draft.replicas = count;
    return this;
  }

  /** Adds a health check. With one or more, the resource is healthy when all of them are. */
  withHealthCheck(name: string, check: HealthCheck, options: HealthCheckOptions = {}): this {
    const { interval = "10s", timeout = "5s" } = options;
    this.draft.healthChecks.push({
      name,
      check,
      interval: toMilliseconds(interval),
      timeout: toMilliseconds(timeout),
    });
    return this;
  }

  /** Adds a health check that is good when a GET of the path at the endpoint is answered with a status below 400. */
  withHttpHealthCheck(
    path: string = "/health",
    options: HealthCheckOptions & { endpoint?: string } = {},
  ): this {
    const { endpoint = this.#httpEndpoint(), ...rest } = options;
    this.endpoint(endpoint);
    return this.withHealthCheck(`http ${path}`, httpHealthCheck({ endpoint, path }), rest);
  }

  /** The resource counts as ready only after a line of its log has matched. */
  withLogReadiness(pattern: RegExp | string): this {
    this.draft.logReadiness.push(typeof pattern === "string" ? literalPattern(pattern) : pattern);
    return this;
  }

  /** Gives a container a volume of that name. */
  withVolume(source: string, target: string, options: { readOnly?: boolean } = {}): this {
    this.draft.mounts.push({ type: "volume", source, target, readOnly: options.readOnly ?? false });
    return this;
  }

  /** Gives a container a file or folder of this machine. */
  withBindMount(source: string, target: string, options: { readOnly?: boolean } = {}): this {
    this.draft.mounts.push({ type: "bind", source, target, readOnly: options.readOnly ?? false });
    return this;
  }

  /** Starts it again when it has ended. */
  withRestart(policy: RestartPolicy, options: { backoff?: Duration; limit?: number } = {}): this {
    this.draft.restart = { policy, ...options };
    return this;
  }

  /** Starts it again when one of these files or folders changes. */
  withWatch(paths: string | readonly string[], options: { dependents?: boolean } = {}): this {
    this.draft.watch = {
      paths: typeof paths === "string" ? [paths] : paths,
      dependents: options.dependents ?? false,
    };
    return this;
  }

  /** Does not start by itself. */
  withExplicitStart(): this {
    this.draft.explicitStart = true;
    return this;
  }

  /**
   * Offers a command of one's own on this resource: `dext resource <name> <command>`, and a key in the terminal. It runs
   * in the AppHost; what it throws is told to whoever gave the command.
   *
   * @example
   * ```ts
   * import { createBuilder } from "@dext/hosting";
   *
   * const host = createBuilder({ directory: "." });
   * host.addNodeApp("api", "api.js").withCommand(
   *   "warm-up",
   *   async ({ endpoint, write, signal }) => {
   *     const response = await fetch(new URL("/cache", endpoint("http").url), { method: "POST", signal });
   *     write(`warmed up: ${response.status}`);
   *   },
   *   { description: "Fills the cache" },
   * );
   * ```
   */
  withCommand(
    name: string,
    run: ResourceCommand["run"],
    options: Pick<ResourceCommand, "description" | "confirm"> = {},
  ): this {
    this.draft.commands.push({ name, run, ...options });
    return this;
  }

  /**
   * Gives it these keys of a configuration (`"db.*"`, `"port"`) as environment variables: `db.host` is `DB__HOST`. The AppHost
   * loads the configuration, so that the resource needs no access to its sources, and follows its changes.
   *
   * @throws DextError `DEXT_MODEL_OPTION_INVALID`, `DEXT_CONFIG_PATH_INVALID`
   *
   * @example
   * ```ts
   * import { createBuilder } from "@dext/hosting";
   * import { defineConfig, object } from "@dext/providers";
   *
   * const definition = defineConfig({ layers: [object({ db: { host: "localhost", port: 5432 } })] });
   * const host = createBuilder({ directory: "." });
   * host.addNodeApp("api", "api.js").withConfiguration(definition, ["db.*"], { onChange: "restart" });
   * ```
   */
  withConfiguration(
    definition: ConfigDefinition,
    keys: readonly string[],
    options: ConfigurationOptions = {},
  ): this {
    const { from = [] } = options;
    for (const source of from) {
      this.host.checkOwner(source.host, {
        what: `the configuration of "${this.name}" from "${source.name}"`,
      });
    }
    const place = placeText(currentPlace());
    this.draft.configurations.push(
      describeConfiguration(definition, { resource: this.name, place, keys, ...options }),
    );
    for (const source of from) {
      const isAwaited = this.draft.waits.some(
        (wait) => wait.resource === source.name && wait.until === "healthy",
      );
      if (!isAwaited) this.waitFor(source);
    }
    return this;
  }

  /** The system does without it where it can be had in no way: it is left out with what refers to it and waits for it. */
  withOptional(): this {
    this.draft.optional = true;
    return this;
  }

  /** The order in which the ways to have it are tried; those not named are not tried. */
  withLauncher(order: LauncherType | readonly LauncherType[]): this {
    const wanted = typeof order === "string" ? [order] : order;
    const known = this.draft.launchers.map((launcher) => launcher.type);
    const wrong = wanted.find((type) => !known.includes(type));
    if (wrong !== undefined || wanted.length === 0) {
      throw hostingError(
        "DEXT_MODEL_LAUNCHER_UNKNOWN",
        `"${this.name}" cannot be had by ${JSON.stringify(wrong ?? "nothing")}${placeText(currentPlace())}`,
        {
          hint: `The ways to have ${this.draft.kind} are: ${known.join(", ")}.`,
          details: { resource: this.name, launcher: wrong ?? null },
        },
      );
    }
    this.draft.launcherOrder = [...wanted];
    return this;
  }

  /** Whether it is given the variables of OpenTelemetry when a collector is there; it is, unless this says no. */
  withTelemetry(enabled: boolean): this {
    this.draft.telemetry = enabled;
    return this;
  }

  /** Runs it only when one of these profiles is asked for. */
  withProfile(names: string | readonly string[]): this {
    this.draft.profiles.push(...(typeof names === "string" ? [names] : names));
    return this;
  }

  /** How long it may take to stop before it is killed; 5 s when not said. */
  withStopTimeout(duration: Duration): this {
    this.draft.stopTimeout = toMilliseconds(duration);
    return this;
  }

  #wait(target: ResourceBuilder, until: WaitModel["until"]): this {
    this.host.checkOwner(target.host, { what: `the wait of "${this.name}" for "${target.name}"` });
    this.draft.waits.push({ resource: target.name, until });
    return this;
  }

  /** The expression of a value, which must not belong to another builder. */
  protected own(value: Value): Expression {
    const own = toExpression(value);
    if (own.owner !== undefined) this.host.checkOwner(own.owner, { what: `a value of "${this.name}"` });
    return own;
  }

  #addEndpoint(endpoint: ResourceDraft["endpoints"][number]): this {
    checkEndpoint(this.name, endpoint);
    const index = this.draft.endpoints.findIndex((known) => known.name === endpoint.name);
    if (index === -1) this.draft.endpoints.push(endpoint);
    else this.draft.endpoints[index] = { ...this.draft.endpoints[index], ...endpoint };
    return this;
  }

  #httpEndpoint(): string {
    const endpoint = this.draft.endpoints.find(({ scheme }) => scheme === "http" || scheme === "https");
    return endpoint?.name ?? "http";
  }
}

function checkEndpoint(resource: string, endpoint: ResourceDraft["endpoints"][number]): void {
  for (const [option, value] of [
    ["port", endpoint.port],
    ["targetPort", endpoint.targetPort],
  ] as const) {
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= 65_535)) continue;
    throw hostingError(
      "DEXT_MODEL_OPTION_INVALID",
      `Not a port for endpoint "${endpoint.name}" of "${resource}": ${option} is ${value}${placeText(currentPlace())}`,
      {
        hint: "Give a whole number from 1 to 65535, or leave it out for a free one.",
        details: { resource, endpoint: endpoint.name },
      },
    );
  }
  if (!/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(endpoint.name)) {
    throw hostingError(
      "DEXT_MODEL_NAME_INVALID",
      `Not a name for an endpoint of "${resource}": ${JSON.stringify(endpoint.name)}${placeText(currentPlace())}`,
      {
        hint: "Use lower-case letters, digits and hyphens, a letter first.",
        details: { resource, endpoint: endpoint.name },
      },
    );
  }
}

function literalPattern(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
}
