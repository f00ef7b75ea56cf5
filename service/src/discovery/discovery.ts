import { systemClock, toMilliseconds } from "@dext/core";
import type { Clock, ConfigReader, Duration } from "@dext/core";
import type { Environment } from "../environment.ts";
import { serviceError } from "../service-error.ts";
import { parseAddress, serverOf } from "./address.ts";
import type { Address } from "./address.ts";
import { createBalancer, createRefusals } from "./balancer.ts";
import type { Balance, Balancer, BalancerOptions } from "./balancer.ts";
import { configurationAddresses } from "./configuration-addresses.ts";
import { readEnvironmentAddresses } from "./environment-addresses.ts";
import type { EnvironmentAddresses } from "./environment-addresses.ts";
import { parseServicePrefix, splitUrl, withFirstScheme } from "./service-url.ts";
import type { ServiceQuery } from "./service-url.ts";

/** How service names become addresses. */
export interface DiscoveryOptions {
  /** Variables to read, once; those of the process when absent. */
  environment?: Environment;
  /** Asked for `Services:<name>:<endpoint>:<index>` when no variable is about a service. */
  configuration?: ConfigReader;
  /** Which of several addresses is taken; `"round-robin"` when absent. */
  balance?: Balance;
  /** How long an address that refused a connection is left alone; 10 s when absent. */
  skipFor?: Duration;
  clock?: Clock;
  /** 0 up to, not including, 1; for `"random"`. */
  random?: () => number;
}

/** Turns `http://api/users` into `http://localhost:51234/users`. */
export interface Discovery {
  /**
   * The URL with the address of a service in place of its name. What names a server, not a service, comes back as it
   * is, and so does a name that nobody knows: DNS may.
   *
   * @throws DextError `DEXT_SERVICE_ADDRESS_MISSING` for a service that is known, but not under this scheme or
   * endpoint; `DEXT_SERVICE_ADDRESS_INVALID` for one whose address cannot be read.
   */
  resolve(this: void, url: string | URL): string;
  /** All addresses of a service, in their order; empty when nobody knows it. Throws as `resolve` does. */
  addresses(this: void, url: string | URL): string[];
  /** Whether a variable or the configuration tells where a service is: `isKnown("http://api")`. */
  isKnown(this: void, url: string | URL): boolean;
  /** Says that the server of a URL refused a connection, so that its address is left alone for a while. */
  reportRefusal(this: void, url: string | URL): void;
}

interface Target {
  query: ServiceQuery;
  balancer: Balancer;
  /** What the environment says, which does not change; `undefined` when the configuration has to be asked. */
  addresses: readonly Address[] | undefined;
}

/** More prefixes than a program has services; beyond it nothing is remembered, so that no caller can fill the memory. */
const remembered = 1_000;

/**
 * Finds services by the variables that an AppHost sets, by configuration, and else leaves names to DNS.
 *
 * @example
 * ```ts
 * import { createDiscovery } from "@dext/service";
 *
 * const discovery = createDiscovery({ environment: { services__api__http__0: "http://localhost:5001" } });
 * const url = discovery.resolve("http://api/users?active=1");
 * if (url !== "http://localhost:5001/users?active=1") throw new Error(url);
 * ```
 */
export function createDiscovery(options: DiscoveryOptions = {}): Discovery {
  const { environment, configuration, balance = "round-robin", skipFor = "10s" } = options;
  const { clock = systemClock, random = Math.random } = options;
  const balancing: BalancerOptions = { balance, skipFor: toMilliseconds(skipFor), clock, random };
  const refusals = createRefusals(balancing);
  const known = readEnvironmentAddresses(environment);
  const targets = new Map<string, Target | string>();
  const sources = { known, configuration };

  /** What a prefix leads to: a service, or the text that goes on as it is. */
  function targetOf(prefix: string): Target | string {
    const found = targets.get(prefix);
    if (found !== undefined) return found;
    const target = makeTarget(prefix);
    if (targets.size < remembered) targets.set(prefix, target);
    return target;
  }

  function makeTarget(prefix: string): Target | string {
    const query = parseServicePrefix(prefix);
    if (query === undefined) return withFirstScheme(prefix);
    const fromEnvironment = findAddresses(query, { known });
    return {
      query,
      balancer: createBalancer(balancing, refusals),
      addresses: fromEnvironment.length > 0 || configuration === undefined ? fromEnvironment : undefined,
    };
  }

  function addressesOf({ query, addresses }: Target): readonly Address[] {
    const found = addresses ?? findAddresses(query, sources);
    if (found.length === 0) refuseIfKnown(query, known);
    return found;
  }

  return {
    resolve(url) {
      const { prefix, rest } = splitUrl(typeof url === "string" ? url : url.href);
      const target = targetOf(prefix);
      if (typeof target === "string") return target + rest;
      const address = target.balancer.choose(addressesOf(target));
      return (address?.base ?? withFirstScheme(prefix)) + rest;
    },
    addresses(url) {
      const target = targetOf(splitUrl(String(url)).prefix);
      return typeof target === "string" ? [] : addressesOf(target).map(({ base }) => base);
    },
    isKnown(url) {
      const target = targetOf(splitUrl(String(url)).prefix);
      return (
        typeof target !== "string" && (target.addresses ?? findAddresses(target.query, sources)).length > 0
      );
    },
    reportRefusal: (url) => refusals.add(serverOf(String(url))),
  };
}

let ofThisProcess: Discovery | undefined;

/** The discovery that is used where none is given: the variables of this process, in turn. Made at its first use. */
export function defaultDiscovery(): Discovery {
  ofThisProcess ??= createDiscovery();
  return ofThisProcess;
}

/**
 * The address of a service, for any client: `resolve("http://api")` gives `http://localhost:51234`.
 *
 * @throws DextError as {@link Discovery.resolve}.
 *
 * @example
 * ```ts
 * import { resolve } from "@dext/service";
 *
 * if (resolve("https://example.com/a") !== "https://example.com/a") throw new Error("touched");
 * ```
 */
export function resolve(url: string | URL): string {
  return defaultDiscovery().resolve(url);
}

/** The first source that knows the service decides, and of the endpoints that fit the first that has an address. */
function findAddresses(
  query: ServiceQuery,
  { known, configuration }: { known: EnvironmentAddresses; configuration?: ConfigReader | undefined },
): Address[] {
  const { name, endpoint, schemes } = query;
  const endpoints = endpoint === undefined ? [...schemes, "default"] : [endpoint];
  const sources = [
    (each: string) => known.indexed(name, each),
    (each: string) => known.single(name, each),
    (each: string) =>
      configuration === undefined ? [] : configurationAddresses(configuration, { name, endpoint: each }),
  ];
  for (const source of sources) {
    for (const each of endpoints) {
      const texts = source(each);
      const scheme = each === "https" || each === "http" ? each : (schemes[0] ?? "http");
      if (texts.length > 0) return texts.map((text) => parseAddress(text, scheme));
    }
  }
  return [];
}

/** A name that is known by other endpoints would only fail later, in DNS, and say less. */
function refuseIfKnown({ name, endpoint, schemes }: ServiceQuery, known: EnvironmentAddresses): void {
  const endpoints = known.endpoints(name);
  // DNS knows no endpoints by name.
  if (endpoints.length === 0 && endpoint === undefined) return;
  const wanted = endpoint ?? schemes.join(" or ");
  const current = endpoints.length === 0 ? "none is known" : `known is ${endpoints.join(", ")}`;
  const other = endpoints.find((each) => !schemes.includes(each) && (each === "https" || each === "http"));
  throw serviceError(
    "DEXT_SERVICE_ADDRESS_MISSING",
    `The service "${name}" has no address: wanted is the endpoint ${wanted}, ${current}`,
    {
      hint:
        endpoint === undefined && other !== undefined
          ? `Ask for it as "https+http://${name}".`
          : `Set services__${name}__${endpoint ?? schemes[0]}__0, or in the AppHost refer to the endpoint: .withReference(${name}).`,
      details: { service: name, wanted, known: endpoints },
    },
  );
}
