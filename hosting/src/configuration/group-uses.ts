import type { ConfigurationModel, ResourceModel } from "../model/resource-model.ts";

/** One resource that is given a part of a configuration. */
export interface ConfigurationUse {
  readonly resource: string;
  readonly model: ConfigurationModel;
}

/** The uses of each configuration: one definition, read in one folder from the same servers, is one load. */
export function groupUses(
  resources: ReadonlyMap<string, Pick<ResourceModel, "configurations">>,
): readonly (readonly ConfigurationUse[])[] {
  const groups: ConfigurationUse[][] = [];
  for (const [resource, { configurations }] of resources) {
    for (const model of configurations) {
      const group = groups.find(([first]) => first !== undefined && isSameLoad(first.model, model));
      if (group === undefined) groups.push([{ resource, model }]);
      else group.push({ resource, model });
    }
  }
  return groups;
}

function isSameLoad(one: ConfigurationModel, other: ConfigurationModel): boolean {
  return (
    one.definition === other.definition &&
    one.directory === other.directory &&
    // In order: the first server of a kind is the one that is meant where a source names none.
    one.from.join() === other.from.join()
  );
}
