import { isContainerLauncher, withContainer } from "../launchers/container-launcher.ts";
import type { EndpointModel } from "../model/endpoint.ts";
import { Expression, referencesIn } from "../model/expression.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";

/**
 * Takes out of a model what two runs of it would share: fixed ports, kept data and containers that outlive a run. The
 * volumes of containers get names of the run where they are made, and what goes into `.dext` a folder of the run.
 */
export function isolateModel(model: AppModel): AppModel {
  return { ...model, resources: model.resources.map(isolateResource) };
}

/**
 * Makes a model quick to test: health is looked at at least once a second, since a test waits for what it has done to
 * show. Files are not watched, since what happens in a test is the test's to say.
 */
export function quickenModel(model: AppModel): AppModel {
  return { ...model, resources: model.resources.map(quickenResource) };
}

/** In milliseconds. */
const longestInterval = 1000;

function quickenResource(resource: ResourceModel): ResourceModel {
  const { watch: _watch, ...rest } = resource;
  return {
    ...rest,
    healthChecks: resource.healthChecks.map((check) => ({
      ...check,
      interval: Math.min(check.interval, longestInterval),
    })),
  };
}

function isolateResource(resource: ResourceModel): ResourceModel {
  const { dataVolume: _dataVolume, ...rest } = resource;
  return {
    ...rest,
    endpoints: resource.endpoints.map((endpoint) =>
      isPortKnown(resource, endpoint) ? withoutPort(endpoint) : endpoint,
    ),
    launchers: resource.launchers.map((launcher) =>
      isContainerLauncher(launcher) && launcher.container.lifetime === "persistent"
        ? withContainer(launcher, ({ lifetime: _lifetime, ...container }) => container)
        : launcher,
    ),
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
