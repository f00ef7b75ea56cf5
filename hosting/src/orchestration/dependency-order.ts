import type { ResourceModel } from "../model/resource-model.ts";
import { dependenciesOf } from "./select-resources.ts";

/**
 * For each resource the ones that must have stopped before it may stop: those that depend on it. Services may refer to
 * each other in a circle; the reference that closes a circle is left out.
 */
export function dependentsOf(resources: readonly ResourceModel[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byName = new Map(resources.map((resource) => [resource.name, resource]));
  const dependents = new Map<string, Set<string>>(resources.map(({ name }) => [name, new Set()]));
  const done = new Set<string>();
  const visit = (resource: ResourceModel, path: ReadonlySet<string>): void => {
    if (done.has(resource.name)) return;
    const ownPath = new Set([...path, resource.name]);
    for (const name of waitsFirst(resource)) {
      const dependency = byName.get(name);
      if (dependency === undefined || ownPath.has(name)) continue;
      dependents.get(name)?.add(resource.name);
      visit(dependency, ownPath);
    }
    done.add(resource.name);
  };
  for (const resource of resources) visit(resource, new Set());
  return dependents;
}

/** Waits form no circle, so they are looked at before references, which may. */
function waitsFirst(resource: ResourceModel): ReadonlySet<string> {
  return new Set([...resource.waits.map((wait) => wait.resource), ...dependenciesOf(resource)]);
}
