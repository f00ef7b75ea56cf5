import { noLauncher } from "../launchers/no-launcher.ts";
import type { EndpointModel } from "../model/endpoint.ts";
import type { ResourceModel } from "../model/resource-model.ts";
import { testingError } from "./error-codes.ts";
import { needsNothing } from "./remove-resources.ts";
import type { OutsideReplacement } from "./test-overrides.ts";

/**
 * A resource that is there already needs nothing, and nothing can be done with it.
 *
 * @throws DextError `DEXT_TESTING_OVERRIDE_INVALID`
 */
export function replaceResource(resource: ResourceModel, replacement: OutsideReplacement): ResourceModel {
  const { parent: _parent, launcherOrder: _order, restart: _restart, watch: _watch, ...rest } = resource;
  const { dataVolume: _volume, initFiles: _files, ...kept } = rest;
  const bare: ResourceModel = {
    ...kept,
    ...needsNothing,
    replicas: 1,
    logReadiness: [],
    mounts: [],
    commands: [],
    configurations: [],
    seeds: [],
  };
  return resource.connection === undefined
    ? replaceService(bare, replacement)
    : replaceBackingResource(bare, replacement);
}

function replaceService(resource: ResourceModel, { url }: OutsideReplacement): ResourceModel {
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

function replaceBackingResource(resource: ResourceModel, replacement: OutsideReplacement): ResourceModel {
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
export function connectionStringOf({ url, connectionString }: OutsideReplacement): string | undefined {
  return connectionString ?? (typeof url === "string" ? url : undefined);
}

/** The error for a replacement that does not fit. */
export function replacementInvalid(resource: ResourceModel, because: string, hint: string): Error {
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
