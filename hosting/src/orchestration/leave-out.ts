import { Expression, referencesIn } from "../model/expression.ts";
import type { ResourceModel } from "../model/resource-model.ts";

/**
 * The resources without some, and without what the others say of these: references, waits, variables, and
 * configurations that are read from them. What lives in one of them goes with it.
 */
export function leaveOut(
  resources: readonly ResourceModel[],
  names: Iterable<string>,
): readonly ResourceModel[] {
  const gone = withChildren(resources, names);
  if (gone.size === 0) return resources;
  return resources.filter(({ name }) => !gone.has(name)).map((resource) => forget(resource, gone));
}

/** Names with those of everything that lives in what they name. */
export function withChildren(
  resources: readonly ResourceModel[],
  names: Iterable<string>,
): ReadonlySet<string> {
  const all = new Set(names);
  for (let before = -1; before !== all.size;) {
    before = all.size;
    for (const { name, parent } of resources) if (parent !== undefined && all.has(parent)) all.add(name);
  }
  return all;
}

function forget(resource: ResourceModel, gone: ReadonlySet<string>): ResourceModel {
  const isOfOthers = ({ resource: name }: { resource: string }): boolean => !gone.has(name);
  return {
    ...resource,
    references: resource.references.filter(isOfOthers),
    waits: resource.waits.filter(isOfOthers),
    environment: resource.environment.filter(
      ({ value }) =>
        !(value instanceof Expression) ||
        [...referencesIn(value.node)].every((node) => node.type === "parameter" || isOfOthers(node)),
    ),
    configurations: resource.configurations.filter(({ from }) => !from.some((name) => gone.has(name))),
  };
}
