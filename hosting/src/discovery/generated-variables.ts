import { hostingError } from "../hosting-error.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";
import { referenceVariables } from "./reference-variables.ts";
import { telemetryVariables } from "./telemetry-variables.ts";
import { literalVariable } from "./variable.ts";
import type { Variable } from "./variable.ts";

/** Where a resource stands when its variables are generated. */
export interface GeneratedVariablesOptions {
  model: AppModel;
  resources: ReadonlyMap<string, ResourceModel>;
  replica: number;
  /** Where telemetry goes; none is sent when absent. */
  collector?: string;
}

/**
 * The variables that Dext generates for one replica: its own port, telemetry, and how to reach what it refers to.
 * What the AppHost sets itself is not among them and wins over them.
 *
 * @throws DextError `DEXT_DISCOVERY_NAME_COLLISION` when two references give one name different meanings.
 */
export function generatedVariables(
  resource: ResourceModel,
  options: GeneratedVariablesOptions,
): readonly Variable[] {
  const { resources, replica, collector } = options;
  const variables = new Map<string, Variable>();
  for (const reference of resource.references) {
    const target = resources.get(reference.resource);
    if (target === undefined) continue;
    for (const variable of referenceVariables(reference, target))
      addVariable(variables, { variable, resource });
  }
  for (const variable of ownVariables(resource, replica)) addVariable(variables, { variable, resource });
  if (collector !== undefined && resource.telemetry) {
    for (const variable of telemetryVariables(resource, { replica, collector })) {
      addVariable(variables, { variable, resource });
    }
  }
  return [...variables.values()];
}

function ownVariables(resource: ResourceModel, replica: number): readonly Variable[] {
  const ports = resource.endpoints.flatMap((endpoint): Variable[] =>
    endpoint.env === undefined
      ? []
      : [
          {
            name: endpoint.env,
            value: {
              type: "endpoint",
              resource: resource.name,
              endpoint: endpoint.name,
              part: "port",
              replica,
            },
            because: `its own endpoint ${endpoint.name}`,
          },
        ],
  );
  const isService = resource.connection === undefined;
  return isService && process.env["NODE_ENV"] === undefined
    ? [...ports, literalVariable("NODE_ENV", "development", "the default of a development run")]
    : ports;
}

function addVariable(
  variables: Map<string, Variable>,
  { variable, resource }: { variable: Variable; resource: ResourceModel },
): void {
  const known = variables.get(variable.name);
  if (known !== undefined && JSON.stringify(known.value) !== JSON.stringify(variable.value)) {
    throw hostingError(
      "DEXT_DISCOVERY_NAME_COLLISION",
      `"${resource.name}" would be given ${variable.name} twice with different meanings: by the ${known.because} and by the ${variable.because}`,
      {
        hint: 'Give one of them another name for this consumer: .withReference(target, { as: "other-name" }).',
        details: { resource: resource.name, variable: variable.name },
      },
    );
  }
  variables.set(variable.name, variable);
}
