import { toExpression } from "../model/expression.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";
import { resourceUnknown } from "../orchestration/select-resources.ts";
import { testingError } from "./error-codes.ts";
import { removeResources } from "./remove-resources.ts";
import type { ResourceSelection } from "./remove-resources.ts";
import { connectionStringOf, replaceResource } from "./replace-resource.ts";
import { putInPlace } from "./stand-in.ts";
import { isStandIn } from "./test-overrides.ts";
import type { TestOverrides } from "./test-overrides.ts";

/** A model with overrides, and the configuration that goes with it. */
export interface OverriddenModel {
  readonly model: AppModel;
  /** `Parameters__…`, `ConnectionStrings__…` and others that win over the environment. */
  readonly configuration: Readonly<Record<string, string>>;
}

/**
 * Changes a model as a test wants it.
 *
 * @throws DextError `DEXT_RUN_RESOURCE_UNKNOWN`, `DEXT_TESTING_OVERRIDE_INVALID`, `DEXT_TESTING_STILL_NEEDED`,
 * `DEXT_MODEL_WAIT_CYCLE`
 */
export function overrideModel(
  model: AppModel,
  { overrides, ...selection }: ResourceSelection & { overrides: TestOverrides },
): OverriddenModel {
  const { without = [], replace = {}, environment = {}, args = {} } = overrides;
  checkNames(model, overrides);
  checkContradictions(overrides, selection);
  const inPlace = putInPlace(model, replace);
  const resources = inPlace.resources.map((resource) => {
    const replacement = replace[resource.name];
    const changed =
      replacement === undefined || isStandIn(replacement) ? resource : replaceResource(resource, replacement);
    return withValues(changed, { variables: environment[resource.name], args: args[resource.name] });
  });
  return {
    model: removeResources({ ...inPlace, resources }, { names: without, selection }),
    configuration: configurationOf(overrides),
  };
}

function checkNames(
  model: AppModel,
  { without = [], replace = {}, environment = {}, args = {}, parameters = {} }: TestOverrides,
): void {
  const known = new Set(model.resources.map(({ name }) => name));
  const named = [without, ...[replace, environment, args].map((each) => Object.keys(each))].flat();
  for (const name of named) if (!known.has(name)) throw resourceUnknown(name, model);
  const unknown = Object.keys(parameters).find(
    (name) => !model.parameters.some((each) => each.name === name),
  );
  if (unknown === undefined) return;
  throw testingError(
    "DEXT_TESTING_OVERRIDE_INVALID",
    `"${model.name}" has no parameter "${unknown}", for which the test gives a value`,
    {
      hint: `It has: ${model.parameters.map(({ name }) => name).join(", ") || "none"}.`,
      details: { parameter: unknown },
    },
  );
}

/** What is not there or not ours cannot be given anything: a test that says so means something else. */
function checkContradictions(
  { without = [], replace = {}, environment = {}, args = {} }: TestOverrides,
  { only }: ResourceSelection,
): void {
  const given = [
    { names: Object.keys(environment), what: "given variables" },
    { names: Object.keys(args), what: "given arguments" },
  ];
  const contradictions = [
    { names: Object.keys(replace), what: "replaced" },
    { names: only, what: "asked for by `only`" },
    ...given,
  ];
  for (const { names, what } of contradictions) {
    const name = names.find((each) => without.includes(each));
    if (name !== undefined) throw contradiction(name, `taken out and ${what}`);
  }
  const standIns = Object.values(replace).flatMap(({ resource }) =>
    resource === undefined ? [] : [resource],
  );
  for (const { names, what } of [...contradictions, { names: without, what: "taken out" }]) {
    const name = standIns.find((each) => names.includes(each) && !Object.hasOwn(replace, each));
    if (name !== undefined) throw contradiction(name, `run under the name of another one and ${what}`);
  }
  for (const { names, what } of given) {
    const name = names.find((each) => {
      const replacement = replace[each];
      return replacement !== undefined && !isStandIn(replacement);
    });
    if (name !== undefined) throw contradiction(name, `replaced by something outside the run and ${what}`);
  }
}

function contradiction(resource: string, both: string): Error {
  return testingError("DEXT_TESTING_OVERRIDE_INVALID", `"${resource}" is to be ${both}`, {
    hint: "Leave one of the two out.",
    details: { resource },
  });
}

function withValues(
  resource: ResourceModel,
  {
    variables = {},
    args,
  }: {
    variables: Readonly<Record<string, string | number | boolean>> | undefined;
    args: readonly (string | number | boolean)[] | undefined;
  },
): ResourceModel {
  const entries = Object.entries(variables).map(([name, value]) => ({ name, value: toExpression(value) }));
  return {
    ...resource,
    environment: [...resource.environment, ...entries],
    ...(args === undefined ? {} : { args: args.map(toExpression) }),
  };
}

/** The more special wins. */
function configurationOf({
  replace = {},
  parameters = {},
  configuration = {},
}: TestOverrides): Record<string, string> {
  return Object.fromEntries([
    ...Object.entries(configuration).map(([path, value]) => [path.replaceAll(":", "__"), value] as const),
    ...Object.entries(parameters).map(([name, value]) => [`Parameters__${name}`, value] as const),
    ...Object.entries(replace).flatMap(([name, replacement]) => {
      const text = isStandIn(replacement) ? undefined : connectionStringOf(replacement);
      return text === undefined ? [] : [[`ConnectionStrings__${name}`, text] as const];
    }),
  ]);
}
