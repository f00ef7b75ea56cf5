import { noLauncher } from "../launchers/no-launcher.ts";
import type { EndpointModel } from "../model/endpoint.ts";
import { Expression, referencesIn, toExpression } from "../model/expression.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";
import { resourceUnknown, selectResources } from "../orchestration/select-resources.ts";
import { testingError } from "./error-codes.ts";
import type { Replacement, TestOverrides } from "./test-overrides.ts";

/** A model with overrides, and the configuration that goes with it. */
export interface OverriddenModel {
  readonly model: AppModel;
  /** `Parameters__…` and `ConnectionStrings__…` that win over the environment. */
  readonly configuration: Readonly<Record<string, string>>;
}

/**
 * Changes a model as a test wants it.
 *
 * @throws DextError `DEXT_RUN_RESOURCE_UNKNOWN`, `DEXT_TESTING_OVERRIDE_INVALID`, `DEXT_TESTING_STILL_NEEDED`
 */
export function overrideModel(
  model: AppModel,
  {
    overrides,
    ...selection
  }: { overrides: TestOverrides; only: readonly string[]; profiles: readonly string[] },
): OverriddenModel {
  const { without = [], replace = {}, environment = {}, parameters = {} } = overrides;
  checkNames(model, overrides);
  const resources = model.resources.map((resource) => {
    const replacement = replace[resource.name];
    const changed = replacement === undefined ? resource : replaceResource(resource, replacement);
    return withEnvironment(changed, environment[resource.name] ?? {});
  });
  const removed = withChildren(resources, without);
  checkNeeded({ ...model, resources }, { removed, selection });
  return {
    model: {
      ...model,
      resources: resources
        .filter(({ name }) => !removed.has(name))
        .map((resource) => ({
          ...resource,
          references: resource.references.filter((reference) => !removed.has(reference.resource)),
        })),
    },
    configuration: Object.fromEntries([
      ...Object.entries(parameters).map(([name, value]) => [`Parameters__${name}`, value]),
      ...Object.entries(replace).flatMap(([name, replacement]) => {
        const text = connectionStringOf(replacement);
        return text === undefined ? [] : [[`ConnectionStrings__${name}`, text]];
      }),
    ]) as Record<string, string>,
  };
}

function checkNames(
  model: AppModel,
  { without = [], replace = {}, environment = {}, parameters = {} }: TestOverrides,
): void {
  const known = new Set(model.resources.map(({ name }) => name));
  for (const name of [...without, ...Object.keys(replace), ...Object.keys(environment)]) {
    if (!known.has(name)) throw resourceUnknown(name, model);
  }
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

/** A resource that is there already needs nothing, and nothing can be done with it. */
function replaceResource(resource: ResourceModel, replacement: Replacement): ResourceModel {
  const { parent: _parent, launcherOrder: _order, restart: _restart, watch: _watch, ...rest } = resource;
  const { configuration: _configuration, dataVolume: _volume, initFiles: _files, ...kept } = rest;
  const bare: ResourceModel = {
    ...kept,
    ...needsNothing,
    replicas: 1,
    logReadiness: [],
    mounts: [],
    commands: [],
  };
  return resource.connection === undefined
    ? replaceService(bare, replacement)
    : replaceBackingResource(bare, replacement);
}

const needsNothing = {
  references: [],
  waits: [],
  environment: [],
  args: [],
  explicitStart: false,
} satisfies Partial<ResourceModel>;

function replaceService(resource: ResourceModel, { url }: Replacement): ResourceModel {
  if (url === undefined) {
    throw replacementInvalid(resource, "it has no connection string", "Replace it by { url }.");
  }
  const urls = typeof url === "string" ? { [onlyEndpoint(resource).name]: url } : url;
  const unknown = Object.keys(urls).find((name) => !resource.endpoints.some((each) => each.name === name));
  if (unknown !== undefined) {
    throw replacementInvalid(resource, `it has no endpoint "${unknown}"`, endpointsText(resource));
  }
  const origins = Object.fromEntries(
    Object.entries(urls).map(([name, text]) => [name, originOf(resource, text)]),
  );
  return {
    ...resource,
    endpoints: resource.endpoints.flatMap((endpoint) => {
      const origin = origins[endpoint.name];
      return origin === undefined ? [] : [movedTo(endpoint, origin)];
    }),
    // What stands in for it may know nothing of its health checks; that it listens has to do.
    healthChecks: [],
    launchers: [noLauncher({ because: "the test replaces it", plan: { endpoints: origins } })],
  };
}

function movedTo(
  { port: _port, targetPort: _targetPort, env: _env, ...rest }: EndpointModel,
  url: string,
): EndpointModel {
  return { ...rest, scheme: new URL(url).protocol.slice(0, -1) };
}

function onlyEndpoint(resource: ResourceModel): EndpointModel {
  const [first, ...others] = resource.endpoints;
  if (first !== undefined && others.length === 0) return first;
  throw replacementInvalid(
    resource,
    first === undefined ? "it has no endpoint" : `it has ${resource.endpoints.length} endpoints`,
    first === undefined
      ? "Take it out with `without`."
      : `Give each its address: { url: { ${resource.endpoints.map(({ name }) => `"${name}": …`).join(", ")} } }.`,
  );
}

/** Paths belong into the calls of the consumers, which put them behind whatever address they are given. */
function originOf(resource: ResourceModel, text: string): string {
  const { protocol, host, pathname, search, hash, username } = new URL(text);
  if (/^\/?$/.test(pathname) && search === "" && hash === "" && username === "" && host !== "")
    return `${protocol}//${host}`;
  throw replacementInvalid(
    resource,
    `"${text}" has more than scheme, host and port`,
    "Give an address such as http://localhost:8080.",
  );
}

function replaceBackingResource(resource: ResourceModel, replacement: Replacement): ResourceModel {
  const connectionString = connectionStringOf(replacement);
  if (connectionString === undefined) {
    throw replacementInvalid(
      resource,
      "it has one connection string and no addresses by endpoint",
      "Replace it by { connectionString }.",
    );
  }
  const external = resource.launchers.filter(({ type }) => type === "external");
  const plain = noLauncher({ because: "the test replaces it", plan: { connectionString, properties: {} } });
  return { ...resource, launchers: external.length > 0 ? external : [plain] };
}

/** For a backing resource, its URI is a connection string too. */
function connectionStringOf({ url, connectionString }: Replacement): string | undefined {
  return connectionString ?? (typeof url === "string" ? url : undefined);
}

function withEnvironment(
  resource: ResourceModel,
  variables: Readonly<Record<string, string | number | boolean>>,
): ResourceModel {
  const entries = Object.entries(variables).map(([name, value]) => ({ name, value: toExpression(value) }));
  return entries.length === 0
    ? resource
    : { ...resource, environment: [...resource.environment, ...entries] };
}

function withChildren(resources: readonly ResourceModel[], names: readonly string[]): ReadonlySet<string> {
  const all = new Set(names);
  // A child is added after its parent.
  for (const { name, parent } of resources) if (parent !== undefined && all.has(parent)) all.add(name);
  return all;
}

function checkNeeded(
  model: AppModel,
  {
    removed,
    selection,
  }: {
    removed: ReadonlySet<string>;
    selection: { only: readonly string[]; profiles: readonly string[] };
  },
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

function replacementInvalid(resource: ResourceModel, because: string, hint: string): Error {
  return testingError(
    "DEXT_TESTING_OVERRIDE_INVALID",
    `"${resource.name}" cannot be replaced so: ${because}`,
    {
      hint,
      details: { resource: resource.name },
    },
  );
}

function endpointsText({ endpoints }: ResourceModel): string {
  return `It has: ${endpoints.map(({ name }) => name).join(", ") || "none"}.`;
}
