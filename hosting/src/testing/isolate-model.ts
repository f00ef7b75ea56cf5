import type { EndpointModel } from "../model/endpoint.ts";
import { Expression, referencesIn } from "../model/expression.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";

/** Health is looked at at least this often, in milliseconds: a test waits for what it has done to show. */
const longestInterval = 1000;

/**
 * Takes out of a model what two runs of it would share: fixed ports and kept data. Files are not watched either, since
 * what happens in a test is the test's to say.
 */
export function isolateModel(model: AppModel): AppModel {
  return { ...model, resources: model.resources.map(isolateResource) };
}

function isolateResource(resource: ResourceModel): ResourceModel {
  const { dataVolume: _dataVolume, watch: _watch, ...rest } = resource;
  return {
    ...rest,
    endpoints: resource.endpoints.map((endpoint) =>
      isPortKnown(resource, endpoint) ? withoutPort(endpoint) : endpoint,
    ),
    healthChecks: resource.healthChecks.map((check) => ({
      ...check,
      interval: Math.min(check.interval, longestInterval),
    })),
  };
}

/** A program that is not told its port listens on the one that its own code has. */
function isPortKnown(resource: ResourceModel, endpoint: EndpointModel): boolean {
  const isProgram = resource.launchers.every((launcher) => "describe" in launcher);
  if (!isProgram || endpoint.env !== undefined) return true;
  const values = [...resource.args, ...resource.environment.map(({ value }) => value)];
  return values.some(
    (value) =>
      value instanceof Expression &&
      [...referencesIn(value.node)].some(
        (node) =>
          node.type === "endpoint" && node.resource === resource.name && node.endpoint === endpoint.name,
      ),
  );
}

function withoutPort({ port: _port, ...endpoint }: EndpointModel): EndpointModel {
  return endpoint;
}
