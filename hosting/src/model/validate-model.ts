import { generatedVariables } from "../discovery/generated-variables.ts";
import { hostingError } from "../hosting-error.ts";
import type { AppModel, ResourceModel } from "./resource-model.ts";

/** Refuses a model that cannot work, before anything has an effect. */
export function validateModel(model: AppModel): void {
  const resources = new Map(model.resources.map((resource) => [resource.name, resource]));
  checkWaits(model, resources);
  checkPorts(model);
  for (const resource of model.resources) generatedVariables(resource, { model, resources, replica: 0 });
}

function checkWaits(model: AppModel, resources: ReadonlyMap<string, ResourceModel>): void {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): void => {
    if (done.has(name)) return;
    if (path.includes(name)) throw waitCycle([...path.slice(path.indexOf(name)), name], resources);
    path.push(name);
    for (const wait of resources.get(name)?.waits ?? []) visit(wait.resource);
    path.pop();
    done.add(name);
  };
  for (const { name } of model.resources) visit(name);
}

function waitCycle(names: readonly string[], resources: ReadonlyMap<string, ResourceModel>): Error {
  const places = names
    .slice(1)
    .map((name) => `"${name}" at ${resources.get(name)?.definedAt ?? "an unknown place"}`);
  return hostingError("DEXT_MODEL_WAIT_CYCLE", `These resources wait for each other: ${names.join(" → ")}`, {
    hint: `Take one of the waits away: ${places.join(", ")}.`,
    details: { cycle: names },
  });
}

function checkPorts(model: AppModel): void {
  const fixed = new Map<number, { resource: ResourceModel; endpoint: string }>();
  for (const resource of model.resources) {
    for (const { name: endpoint, port } of resource.endpoints) {
      if (port === undefined) continue;
      const other = fixed.get(port);
      if (other === undefined) {
        fixed.set(port, { resource, endpoint });
        continue;
      }
      throw hostingError(
        "DEXT_MODEL_PORT_TAKEN",
        `Port ${port} is fixed by two resources: ${describeEndpoint(other.resource, other.endpoint)} and ${describeEndpoint(resource, endpoint)}`,
        {
          hint: "Change one of them, or leave the port out: consumers are told the one that is used.",
          details: { port, resources: [other.resource.name, resource.name] },
        },
      );
    }
  }
}

function describeEndpoint(resource: ResourceModel, endpoint: string): string {
  return `"${resource.name}" (endpoint ${endpoint}${resource.definedAt === undefined ? "" : `, at ${resource.definedAt}`})`;
}
