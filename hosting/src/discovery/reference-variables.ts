import type { EndpointModel } from "../model/endpoint.ts";
import type { ReferenceModel, ResourceModel } from "../model/resource-model.ts";
import { upperName, withTwin } from "./variable.ts";
import type { Variable } from "./variable.ts";

/**
 * What a consumer is told about a resource that it refers to, named as .NET Aspire names it.
 *
 * A resource with a connection gives `ConnectionStrings__<name>` and `<NAME>_<PROPERTY>`, any other
 * `services__<name>__<key>__<index>` and `<NAME>_<ENDPOINT>` for each endpoint.
 */
export function referenceVariables(reference: ReferenceModel, target: ResourceModel): readonly Variable[] {
  const name = reference.as ?? target.name;
  if (target.connection !== undefined && reference.endpoint === undefined)
    return connectionVariables(name, target);
  return target.endpoints
    .filter((endpoint) => reference.endpoint === undefined || endpoint.name === reference.endpoint)
    .flatMap((endpoint) => endpointVariables(name, { target, endpoint }));
}

function endpointVariables(
  name: string,
  { target, endpoint }: { target: ResourceModel; endpoint: EndpointModel },
): readonly Variable[] {
  const because = `discovery of ${target.name}`;
  // An endpoint called http that serves https is found under https, as in Aspire.
  const key = endpoint.name === "http" || endpoint.name === "https" ? endpoint.scheme : endpoint.name;
  const url = { type: "endpoint", resource: target.name, endpoint: endpoint.name, part: "url" } as const;
  const indexed = Array.from({ length: target.replicas }, (_, replica) => ({
    name: `services__${name}__${key}__${replica}`,
    value: { ...url, replica },
    because,
  }));
  return [
    ...indexed.flatMap(withTwin),
    { name: `${upperName(name)}_${upperName(endpoint.name)}`, value: url, because },
  ];
}

function connectionVariables(name: string, target: ResourceModel): readonly Variable[] {
  const because = `connection to ${target.name}`;
  const connectionString: Variable = {
    name: `ConnectionStrings__${name}`,
    value: { type: "connectionString", resource: target.name },
    because,
  };
  const properties = Object.keys(target.connection?.properties ?? {}).map((property) => ({
    name: `${upperName(name)}_${upperName(property)}`,
    value: { type: "property", resource: target.name, property } as const,
    because,
  }));
  return [...withTwin(connectionString), ...properties];
}
