import { hostingError } from "../hosting-error.ts";
import { Expression, referencesIn } from "../model/expression.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";

/**
 * The resources named, or without names those of the profiles, and everything that they depend on: what they refer to, wait for, live in and use in values.
 *
 * @throws DextError `DEXT_RUN_RESOURCE_UNKNOWN`
 */
export function selectResources(
  model: AppModel,
  { only, profiles }: { only: readonly string[]; profiles: readonly string[] },
): readonly ResourceModel[] {
  const names = only.length > 0 ? only : inProfiles(model, profiles);
  const byName = new Map(model.resources.map((resource) => [resource.name, resource]));
  const selected = new Set<string>();
  const select = (name: string): void => {
    const resource = byName.get(name);
    if (resource === undefined) throw resourceUnknown(name, model);
    if (selected.has(name)) return;
    selected.add(name);
    for (const dependency of dependenciesOf(resource)) select(dependency);
  };
  for (const name of names) select(name);
  return model.resources.filter((resource) => selected.has(resource.name));
}

/** Those that belong to no profile, or to one that was asked for. */
function inProfiles(model: AppModel, profiles: readonly string[]): readonly string[] {
  return model.resources
    .filter(
      (resource) =>
        resource.profiles.length === 0 || resource.profiles.some((each) => profiles.includes(each)),
    )
    .map(({ name }) => name);
}

/** The names of the resources that a resource depends on. */
export function dependenciesOf(resource: ResourceModel): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { resource: name } of [...resource.references, ...resource.waits]) names.add(name);
  if (resource.parent !== undefined) names.add(resource.parent);
  const values = [
    ...resource.args,
    ...resource.environment.map(({ value }) => value),
    ...resource.seeds.flatMap((seed) => seed.values),
  ];
  for (const value of values) {
    if (!(value instanceof Expression)) continue;
    for (const node of referencesIn(value.node)) if (node.type !== "parameter") names.add(node.resource);
  }
  names.delete(resource.name);
  return names;
}

/** The error for a resource that the model does not have. */
export function resourceUnknown(name: string, model: AppModel): Error {
  return hostingError("DEXT_RUN_RESOURCE_UNKNOWN", `"${model.name}" has no resource "${name}"`, {
    hint: `It has: ${model.resources.map((resource) => resource.name).join(", ") || "none"}.`,
    details: { resource: name },
  });
}
