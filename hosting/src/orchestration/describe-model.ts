import { mask } from "@dext/core";
import { protocolVersion } from "@dext/protocol";
import type {
  DescribedCommand,
  DescribedParameter,
  DescribedResource,
  ModelDescription,
} from "@dext/protocol";
import type { AppHostConfiguration } from "../configuration/apphost-configuration.ts";
import type { ParameterStore } from "../configuration/parameter-store.ts";
import type { RunConfigurations } from "../configuration/run-configurations.ts";
import { lookUpParameters } from "../configuration/resolve-parameters.ts";
import { describeNode } from "../model/expression.ts";
import type { Launcher, ProbeContext } from "../model/launcher.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";
import type { DescribingLauncher } from "../resources/program-launcher.ts";
import { childVariables } from "./child-environment.ts";
import { chooseLauncher } from "./choose-launcher.ts";
import { createProbeContext } from "./launch-context.ts";
import { describingScope } from "./resolve-expression.ts";

/** What a description is made from. */
export interface DescribeModelOptions {
  configuration: AppHostConfiguration;
  store: ParameterStore;
  collector?: string;
  signal: AbortSignal;
  /** What resources are given by `withConfiguration`. */
  configurations: RunConfigurations;
  /** What went wrong when these were loaded, by resource. */
  failures?: ReadonlyMap<string, readonly Error[]>;
}

/** The model as a document: what a run would do on this machine, without doing any of it. */
export async function describeModel(
  model: AppModel,
  options: DescribeModelOptions,
): Promise<ModelDescription> {
  return {
    version: protocolVersion,
    name: model.name,
    directory: model.directory,
    parameters: describeParameters(model, options),
    resources: await Promise.all(
      model.resources.map((resource) => describeResource(resource, { model, options })),
    ),
  };
}

function describeParameters(model: AppModel, options: DescribeModelOptions): readonly DescribedParameter[] {
  return lookUpParameters(model.parameters, options).map(({ parameter, source, value }) => ({
    name: parameter.name,
    secret: parameter.secret,
    source,
    ...(value === undefined ? {} : { value: parameter.secret ? mask : value }),
  }));
}

async function describeResource(
  resource: ResourceModel,
  { model, options }: { model: AppModel; options: DescribeModelOptions },
): Promise<DescribedResource> {
  const { configuration, signal, collector, configurations, failures } = options;
  const resources = new Map(model.resources.map((each) => [each.name, each]));
  const context = createProbeContext(resource, { model, configuration, signal });
  const how = await describeLaunch(context);
  const environment = await childVariables(resource, {
    model,
    resources,
    replica: 0,
    scope: describingScope,
    operation: "describe",
    configured: describeConfigured(resource, configurations),
    ...(collector === undefined ? {} : { collector }),
  });
  return {
    name: resource.name,
    kind: resource.kind,
    ...(resource.definedAt === undefined ? {} : { definedAt: resource.definedAt }),
    replicas: resource.replicas,
    endpoints: resource.endpoints.map(({ name, scheme, port, env, external }) => ({
      name,
      scheme,
      external,
      ...(port === undefined ? {} : { port }),
      ...(env === undefined ? {} : { env }),
    })),
    references: resource.references.map(({ resource: target, as }) => ({
      resource: target,
      ...(as === undefined ? {} : { as }),
    })),
    waits: resource.waits,
    healthChecks: resource.healthChecks.map(({ name }) => name),
    environment,
    args: resource.args.map(({ node }) => describeNode(node)),
    ...(resource.seeds.length === 0 ? {} : { seeds: resource.seeds.map(({ name }) => name) }),
    ...(resource.configurations.length === 0
      ? {}
      : { configurations: configurations.describe(resource.name) }),
    ...(resource.connection === undefined
      ? {}
      : { connectionString: describeNode(resource.connection.connectionString.node) }),
    ...how,
    warnings: [...how.warnings, ...(failures?.get(resource.name) ?? []).map(({ message }) => message)],
  };
}

/** Values as a person may see them; what is known only in a run is shown by its key. */
function describeConfigured(
  { name: resource }: ResourceModel,
  configurations: RunConfigurations,
): readonly { name: string; value: string; because: string }[] {
  const pending = configurations.pendingOf(resource).flatMap(({ keys, from, prefix }) =>
    keys.map((key) => ({
      name: `${prefix}${key.replaceAll(".", "__").toUpperCase()}`,
      value: `{${key}}`,
      because: `its configuration, read from ${from.join(" and ")}`,
    })),
  );
  const known = configurations.variablesOf(resource).map(({ name, value, isSecret, because }) => ({
    name,
    value: isSecret ? mask : value,
    because,
  }));
  return [...known, ...pending];
}

type Launch = Pick<DescribedResource, "launchers" | "launcher" | "command" | "warnings">;

/** A resource that cannot be had is described all the same, with the reason. */
async function describeLaunch(context: ProbeContext): Promise<Launch> {
  try {
    const { launcher, attempts } = await chooseLauncher(context);
    if (launcher === undefined) return { launchers: attempts, warnings: [missingText(context.resource)] };
    if (!isDescribing(launcher)) return { launchers: attempts, launcher: launcher.type, warnings: [] };
    const { warnings, ...command } = await launcher.describe(
      context,
      (endpoint) => `{${context.resource.name}.${endpoint}.port}`,
    );
    return {
      launchers: attempts,
      launcher: launcher.type,
      command: command satisfies DescribedCommand,
      warnings,
    };
  } catch (error) {
    return { launchers: [], warnings: [error instanceof Error ? error.message : String(error)] };
  }
}

function missingText({ optional }: ResourceModel): string {
  const text = "none of its launchers works on this machine";
  return optional ? `${text}: it is optional, and would be left out` : text;
}

function isDescribing(launcher: Launcher): launcher is DescribingLauncher {
  return "describe" in launcher;
}
