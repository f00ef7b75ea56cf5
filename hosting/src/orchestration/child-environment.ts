import type { ConfiguredVariable } from "../configuration/bind-configuration.ts";
import { generatedVariables } from "../discovery/generated-variables.ts";
import { Expression } from "../model/expression.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";
import { resolveNode } from "./resolve-expression.ts";
import type { ExpressionScope } from "./resolve-expression.ts";

/** What the environment of one replica is made from. */
export interface ChildEnvironmentOptions {
  model: AppModel;
  resources: ReadonlyMap<string, ResourceModel>;
  replica: number;
  scope: ExpressionScope;
  operation: string;
  collector?: string;
  /** What it is given of its configurations. */
  configured?: readonly Omit<ConfiguredVariable, "isSecret">[];
}

/** One variable of a replica with its value and where it comes from. */
export interface ChildVariable {
  readonly name: string;
  readonly value: string;
  readonly because: string;
}

/**
 * What Dext and the AppHost give to one replica beside what it inherits: generated variables, values of configurations,
 * then what the AppHost sets itself, which wins.
 */
export async function childVariables(
  resource: ResourceModel,
  options: ChildEnvironmentOptions,
): Promise<readonly ChildVariable[]> {
  const { scope, replica, operation, configured = [] } = options;
  const variables = new Map<string, ChildVariable>();
  for (const { name, value, because } of generatedVariables(resource, options)) {
    variables.set(name, { name, value: resolveNode(value, scope), because });
  }
  for (const { name, value, because } of configured) variables.set(name, { name, value, because });
  for (const { name, value } of resource.environment) {
    const given =
      value instanceof Expression ? value : await value({ resource: resource.name, replica, operation });
    if (given === undefined) variables.delete(name);
    else {
      const text = given instanceof Expression ? resolveNode(given.node, scope) : String(given);
      variables.set(name, { name, value: text, because: "withEnvironment" });
    }
  }
  return [...variables.values()];
}
