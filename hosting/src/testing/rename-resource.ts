import { isContainerLauncher, withContainer } from "../launchers/container-launcher.ts";
import type { ContainerDescription } from "../model/container.ts";
import { Expression } from "../model/expression.ts";
import type { ExpressionNode, Value } from "../model/expression.ts";
import type { Launcher } from "../model/launcher.ts";
import type {
  EnvironmentCallback,
  EnvironmentEntry,
  ResourceModel,
  SeedModel,
} from "../model/resource-model.ts";

/** Which name becomes which. */
export interface Renaming {
  from: string;
  to: string;
}

/** A resource with every mention of one name changed into another: its own, and those in what it says of others. */
export function renameIn(resource: ResourceModel, renaming: Renaming): ResourceModel {
  const { from, to } = renaming;
  const other = (name: string): string => (name === from ? to : name);
  const { parent, connection } = resource;
  return {
    ...resource,
    name: other(resource.name),
    ...(parent === undefined ? {} : { parent: other(parent) }),
    launchers: resource.launchers.map((launcher) => renameInLauncher(launcher, renaming)),
    references: resource.references.map((each) => ({ ...each, resource: other(each.resource) })),
    waits: resource.waits.map((each) => ({ ...each, resource: other(each.resource) })),
    environment: resource.environment.map((entry) => renameInEntry(entry, renaming)),
    args: resource.args.map((each) => renameInExpression(each, renaming)),
    seeds: resource.seeds.map((seed) => renameInSeed(seed, renaming)),
    configurations: resource.configurations.map((each) => ({ ...each, from: each.from.map(other) })),
    ...(connection === undefined
      ? {}
      : {
          connection: {
            connectionString: renameInExpression(connection.connectionString, renaming),
            properties: mapValues(connection.properties, (each) => renameInExpression(each, renaming)),
          },
        }),
  };
}

function renameInLauncher(launcher: Launcher, renaming: Renaming): Launcher {
  if (!isContainerLauncher(launcher)) return launcher;
  return withContainer(launcher, (container) => renameInContainer(container, renaming));
}

function renameInContainer(container: ContainerDescription, renaming: Renaming): ContainerDescription {
  const { args, environment } = container;
  return {
    ...container,
    ...(args === undefined ? {} : { args: args.map((each) => renameInValue(each, renaming)) }),
    ...(environment === undefined
      ? {}
      : { environment: mapValues(environment, (each) => renameInValue(each, renaming)) }),
  };
}

function renameInSeed(seed: SeedModel, renaming: Renaming): SeedModel {
  return {
    ...seed,
    values: seed.values.map((value) => renameInExpression(value, renaming)),
    run: (context) =>
      seed.run({ ...context, resolve: (value) => context.resolve(renameInValue(value, renaming)) }),
  };
}

function renameInEntry({ name, value }: EnvironmentEntry, renaming: Renaming): EnvironmentEntry {
  if (value instanceof Expression) return { name, value: renameInExpression(value, renaming) };
  const renamed: EnvironmentCallback = async (context) => {
    const found = await value(context);
    return found instanceof Expression ? renameInExpression(found, renaming) : found;
  };
  return { name, value: renamed };
}

function renameInValue(value: Value, renaming: Renaming): Value {
  // What only stands for an expression is a parameter, which has no resource.
  return value instanceof Expression ? renameInExpression(value, renaming) : value;
}

function renameInExpression({ node, owner }: Expression, renaming: Renaming): Expression {
  return new Expression(renameInNode(node, renaming), owner);
}

function renameInNode(node: ExpressionNode, renaming: Renaming): ExpressionNode {
  switch (node.type) {
    case "literal":
    case "parameter":
      return node;
    case "encoded":
      return { ...node, inner: renameInNode(node.inner, renaming) };
    case "join":
      return { ...node, parts: node.parts.map((part) => renameInNode(part, renaming)) };
    default:
      return node.resource === renaming.from ? { ...node, resource: renaming.to } : node;
  }
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
