import { Expression, referencesIn } from "../model/expression.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";
import { leaveOut, withChildren } from "../orchestration/leave-out.ts";
import { selectResources } from "../orchestration/select-resources.ts";
import { testingError } from "./error-codes.ts";

/** Which resources run. */
export interface ResourceSelection {
  only: readonly string[];
  profiles: readonly string[];
}

/** What a resource that depends on no other says. */
export const needsNothing: Readonly<
  Pick<ResourceModel, "references" | "waits" | "environment" | "args" | "explicitStart">
> = { references: [], waits: [], environment: [], args: [], explicitStart: false };

/**
 * Takes resources out, with what lives in them and with what only refers to them.
 *
 * @throws DextError `DEXT_TESTING_STILL_NEEDED`
 */
export function removeResources(
  model: AppModel,
  { names, selection }: { names: readonly string[]; selection: ResourceSelection },
): AppModel {
  const isOptional = (name: string): boolean =>
    model.resources.some((each) => each.name === name && each.optional);
  // The others can do without what is optional, as in a run where it cannot be had.
  const resources = leaveOut(model.resources, names.filter(isOptional));
  const removed = withChildren(
    resources,
    names.filter((name) => !isOptional(name)),
  );
  checkNeeded({ ...model, resources }, { removed, selection });
  return {
    ...model,
    resources: resources
      .filter(({ name }) => !removed.has(name))
      .map((resource) => ({
        ...resource,
        references: resource.references.filter((reference) => !removed.has(reference.resource)),
      })),
  };
}

function checkNeeded(
  model: AppModel,
  { removed, selection }: { removed: ReadonlySet<string>; selection: ResourceSelection },
): void {
  if (removed.size === 0) return;
  const husks = model.resources.map((resource) =>
    removed.has(resource.name) ? { ...resource, ...needsNothing } : resource,
  );
  for (const resource of selectResources({ ...model, resources: husks }, selection)) {
    if (removed.has(resource.name)) continue;
    for (const { name, how } of needsOf(resource))
      if (removed.has(name)) throw stillNeeded(resource, { name, how });
  }
}

/** What a resource cannot do without. A reference alone can be left out: it is then not told of the other one. */
function needsOf(resource: ResourceModel): readonly { name: string; how: string }[] {
  const values = [...resource.args, ...resource.environment.map(({ value }) => value)];
  return [
    ...resource.waits.map((wait) => ({ name: wait.resource, how: "waits for it" })),
    ...values.flatMap((value) =>
      value instanceof Expression
        ? [...referencesIn(value.node)].flatMap((node) =>
            node.type === "parameter" ? [] : [{ name: node.resource, how: "uses it in a value" }],
          )
        : [],
    ),
  ];
}

function stillNeeded(resource: ResourceModel, { name, how }: { name: string; how: string }): Error {
  return testingError(
    "DEXT_TESTING_STILL_NEEDED",
    `"${name}" cannot be taken out: "${resource.name}" ${how}`,
    {
      hint: `Take "${resource.name}" out too, or replace "${name}": { replace: { "${name}": … } }.`,
      details: { resource: name, neededBy: resource.name },
    },
  );
}
