import type { EndpointSnapshot } from "@dext/protocol";
import { testingError } from "./error-codes.ts";
import type { ResourceAddresses, RunAddresses } from "./run-addresses.ts";

/** Whether a URL is one for `fetch`. */
export function isHttp(url: string): boolean {
  return /^https?:/.test(url);
}

/**
 * The URL of one of the endpoints of a replica: the one named, else `http`, else the first that speaks HTTP, else the
 * first.
 *
 * @throws DextError `DEXT_TESTING_NO_ADDRESS`
 */
export function urlIn(
  endpoints: readonly EndpointSnapshot[],
  { resource, endpoint }: { resource: string; endpoint: string | undefined },
): string {
  const found =
    endpoint === undefined
      ? (endpoints.find(({ name }) => name === "http") ??
        endpoints.find(({ url }) => isHttp(url)) ??
        endpoints[0])
      : endpoints.find(({ name }) => name === endpoint);
  if (found !== undefined) return found.url;
  throw noAddress(resource, {
    has: endpoint === undefined ? "no endpoint" : `no endpoint "${endpoint}"`,
    hint: `Its endpoints are: ${endpoints.map(({ name }) => name).join(", ") || "none"}.`,
  });
}

/**
 * A property of the connection to a backing resource.
 *
 * @throws DextError `DEXT_TESTING_NO_ADDRESS`
 */
export function propertyIn(
  { properties = {} }: ResourceAddresses,
  { resource, property }: { resource: string; property: string },
): string {
  const found = Object.hasOwn(properties, property) ? properties[property] : undefined;
  if (found !== undefined) return found;
  throw noAddress(resource, {
    has: `no connection property "${property}"`,
    hint: `Its properties are: ${Object.keys(properties).join(", ") || "none"}.`,
  });
}

/**
 * The value of a parameter.
 *
 * @throws DextError `DEXT_TESTING_NO_ADDRESS`
 */
export function parameterIn({ parameters }: RunAddresses, name: string): string {
  const found = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (found !== undefined) return found;
  throw testingError("DEXT_TESTING_NO_ADDRESS", `The run has no parameter "${name}"`, {
    hint: `Its parameters are: ${Object.keys(parameters).join(", ") || "none"}.`,
    details: { parameter: name },
  });
}

/** The error for an address that a resource does not have. */
export function noAddress(resource: string, { has, hint }: { has: string; hint: string }): Error {
  return testingError("DEXT_TESTING_NO_ADDRESS", `"${resource}" has ${has}`, { hint, details: { resource } });
}
