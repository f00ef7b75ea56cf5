import { Expression, referencesIn } from "../model/expression.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";
import { validateModel } from "../model/validate-model.ts";
import { dependenciesOf, resourceUnknown } from "../orchestration/select-resources.ts";
import { renameIn } from "./rename-resource.ts";
import { replacementInvalid } from "./replace-resource.ts";
import { isStandIn } from "./test-overrides.ts";
import type { TestOverrides } from "./test-overrides.ts";

/**
 * Has resources of a model run in place of others: under their names, so that whoever refers to those is told of these.
 *
 * @throws DextError `DEXT_RUN_RESOURCE_UNKNOWN`, `DEXT_TESTING_OVERRIDE_INVALID`, `DEXT_MODEL_WAIT_CYCLE`
 */
export function putInPlace(model: AppModel, replace: NonNullable<TestOverrides["replace"]>): AppModel {
  const pairs = Object.entries(replace).flatMap(([name, replacement]) =>
    isStandIn(replacement) ? [{ name, by: replacement.resource }] : [],
  );
  if (pairs.length === 0) return model;
  const placed = pairs.reduce((current, { name, by }) => {
    const replaced = current.resources.find((each) => each.name === name);
    const standIn = current.resources.find((each) => each.name === by);
    if (replaced === undefined) throw resourceUnknown(name, model);
    if (standIn === undefined) {
      if (!model.resources.some((each) => each.name === by)) throw resourceUnknown(by, model);
      throw replacementInvalid(
        replaced,
        `"${by}" takes the place of another one already`,
        "Add a stand-in for each of them to the AppHost.",
      );
    }
    checkFit(current, { replaced, standIn, replace });
    return swap(current, { replaced, standIn });
  }, model);
  validateModel(placed);
  return placed;
}

interface Pair {
  replaced: ResourceModel;
  standIn: ResourceModel;
}

/** It runs when the other one would have run. */
function swap(model: AppModel, { replaced, standIn }: Pair): AppModel {
  const renaming = { from: standIn.name, to: replaced.name };
  const { profiles, explicitStart } = replaced;
  const resources = model.resources.flatMap((each) => {
    if (each.name === standIn.name) return [];
    const kept = each.name === replaced.name ? { ...standIn, profiles, explicitStart } : each;
    return [renameIn(kept, renaming)];
  });
  return { ...model, resources: resources.map((each) => withoutConfigured(each, replaced.name)) };
}

/** A connection string that is configured for the one that is replaced is not for its stand-in. */
function withoutConfigured(resource: ResourceModel, name: string): ResourceModel {
  const launchers = resource.launchers.filter(({ type }) => type !== "external");
  return resource.name === name && launchers.length > 0 ? { ...resource, launchers } : resource;
}

function checkFit(
  model: AppModel,
  { replaced, standIn, replace }: Pair & { replace: NonNullable<TestOverrides["replace"]> },
): void {
  const by = standIn.name;
  if (by === replaced.name)
    throw replacementInvalid(replaced, "it cannot replace itself", "Name another resource.");
  if (Object.hasOwn(replace, by))
    throw replacementInvalid(replaced, `"${by}" is replaced too`, "Replace only one of the two.");
  if (dependenciesOf(standIn).has(replaced.name)) {
    throw replacementInvalid(
      replaced,
      `"${by}" needs it`,
      "Let the stand-in do without what it stands in for.",
    );
  }
  const children = model.resources.filter(({ parent }) => parent === replaced.name);
  if ((children.length > 0 || replaced.connection !== undefined) && standIn.kind !== replaced.kind) {
    throw replacementInvalid(
      replaced,
      `it is of the kind ${replaced.kind}, "${by}" of the kind ${standIn.kind}`,
      "A backing resource is replaced by one of its kind, or by { connectionString }.",
    );
  }
  const endpoints = new Set(standIn.endpoints.map(({ name }) => name));
  const missing = usedEndpoints(model, replaced.name).find((name) => !endpoints.has(name));
  if (missing === undefined) return;
  throw replacementInvalid(
    replaced,
    `"${by}" has no endpoint "${missing}", to which others refer`,
    `Add it to the stand-in: .withEndpoint({ name: "${missing}" }).`,
  );
}

/** The endpoints of a resource that others name. */
function usedEndpoints({ resources }: AppModel, resource: string): readonly string[] {
  return resources
    .filter(({ name }) => name !== resource)
    .flatMap(({ references, args, environment }) => {
      const values = [...args, ...environment.map(({ value }) => value)];
      return [
        ...references.flatMap((each) =>
          each.resource === resource && each.endpoint !== undefined ? [each.endpoint] : [],
        ),
        ...values.flatMap((value) =>
          value instanceof Expression
            ? [...referencesIn(value.node)].flatMap((node) =>
                node.type === "endpoint" && node.resource === resource ? [node.endpoint] : [],
              )
            : [],
        ),
      ];
    });
}
