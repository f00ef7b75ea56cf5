import { listVariables, readVariable } from "../environment.ts";
import type { Environment } from "../environment.ts";
import type { AddressText } from "./address.ts";

/** What the environment says about services. */
export interface EnvironmentAddresses {
  /** `services__<name>__<endpoint>__<index>`, or the twin whose hyphens are underscores. */
  indexed(name: string, endpoint: string): AddressText[];
  /** `<NAME>_<ENDPOINT>`: one address. */
  single(name: string, endpoint: string): AddressText[];
  /** The endpoints of a service that any variable is about; empty for a service that the environment does not know. */
  endpoints(name: string): string[];
}

/**
 * Reads the variables once: a process does not get new ones, and on some systems each look at them is slow.
 *
 * URLs have host names in lower case, so names are compared without regard to case.
 */
export function readEnvironmentAddresses(environment?: Environment): EnvironmentAddresses {
  const variables = new Map(
    listVariables(environment).map(([name, value]) => [name.toLowerCase(), { name, value }]),
  );
  const endpoints = new Map<string, Set<string>>();
  for (const name of variables.keys()) {
    const [, service, endpoint] = /^services__(.+?)__(.+?)(?:__\d+)?$/.exec(name) ?? [];
    if (service === undefined || endpoint === undefined) continue;
    endpoints.set(service, (endpoints.get(service) ?? new Set()).add(endpoint));
  }

  function find(name: string): AddressText | undefined {
    const variable = variables.get(name.toLowerCase());
    // Without the permission to list variables one that is asked for by name may still be read.
    const text = variable?.value ?? (variables.size === 0 ? readVariable(name, environment) : undefined);
    if (text === undefined || text.trim() === "") return undefined;
    return { text, origin: `the variable "${variable?.name ?? name}"` };
  }

  function findAll(prefix: string): AddressText[] {
    const found: AddressText[] = [];
    for (let index = 0; ; index += 1) {
      const next = find(`${prefix}__${index}`);
      if (next === undefined) break;
      found.push(next);
    }
    const only = found.length === 0 ? find(prefix) : undefined;
    return only === undefined ? found : [only];
  }

  return {
    indexed(name, endpoint) {
      const found = findAll(`services__${name}__${endpoint}`);
      return found.length > 0 ? found : findAll(`services__${twin(name)}__${twin(endpoint)}`);
    },
    single(name, endpoint) {
      const found = find(`${upper(name)}_${upper(endpoint)}`);
      // A name as short as API_HTTP may mean anything: only a URL is an address.
      return found !== undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(found.text.trim()) ? [found] : [];
    },
    endpoints: (name) => [...new Set([...(endpoints.get(name) ?? []), ...(endpoints.get(twin(name)) ?? [])])],
  };
}

/** `npm run` and some shells drop variables with hyphens, so each has a twin. */
function twin(name: string): string {
  return name.replaceAll("-", "_");
}

/** `order-api` → `ORDER_API` */
function upper(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}
