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
  const { configuration, signal, collector } = options;
  const resources = new Map(model.resources.map((each) => [each.name, each]));
  const context = createProbeContext(resource, { model, configuration, signal });
  const how = await describeLaunch(context);
  const environment = await childVariables(resource, {
    model,
    resources,
    replica: 0,
    scope: describingScope,
    operation: "describe",
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
    ...(resource.connection === undefined
      ? {}
      : { connectionString: describeNode(resource.connection.connectionString.node) }),
    ...how,
  };
}

type Launch = Pick<DescribedResource, "launchers" | "launcher" | "command" | "warnings">;

/** A resource that cannot be had is described all the same, with the reason. */
async function describeLaunch(context: ProbeContext): Promise<Launch> {
  try {
    const { launcher, attempts } = await chooseLauncher(context);
    if (launcher === undefined)
      return { launchers: attempts, warnings: ["none of its launchers works on this machine"] };
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

function isDescribing(launcher: Launcher): launcher is DescribingLauncher {
  return "describe" in launcher;
}
