import { toMilliseconds } from "@dext/core";
import type { ConsulPermission } from "../definition/permission.ts";
import type { ConfigLayer, LoadContext } from "../definition/provider.ts";
import { providerOnDemand } from "../remote/provider-on-demand.ts";
import { consulError } from "./consul-error.ts";
import type { ConsulOptions } from "./consul-options.ts";
import { folderOf, keyPlaces } from "./key-places.ts";
import type { KeyPlace } from "./key-places.ts";

/**
 * Keys of Consul: `shop/api/db/host` with the prefix `shop/api/` is `db.host`. `.` nests as `/` does, and keys are fitted to
 * the schema (`max-retries` finds `maxRetries`). With a format, the values stand in a text in YAML or JSON, or in texts that
 * are named as files.
 *
 * Address, token and what else is not given are read from the variables that Consul's own tools know. The package `consul`
 * has to be installed.
 *
 * @throws DextError `DEXT_CONFIG_CONSUL_OPTIONS`; at load `DEXT_CONFIG_CLIENT_MISSING`, `DEXT_CONFIG_CONSUL_FORBIDDEN`,
 * `DEXT_CONFIG_CONSUL_REFUSED`, `DEXT_CONFIG_CONSUL_MISSING`, `DEXT_CONFIG_CONSUL_NOT_PERMITTED`, `DEXT_CONFIG_CONSUL_UNREADABLE`,
 * `DEXT_CONFIG_CONSUL_VALUE`, `DEXT_CONFIG_CONNECTION_INVALID`, and what files throw
 *
 * @example
 * ```ts
 * import { consul, defineConfig, env, object } from "@dext/providers";
 *
 * export const definition = defineConfig({
 *   layers: [object({ port: 8080 }), consul({ prefix: "shop/api/", optional: true }), env({ prefix: "APP__" })],
 *   watch: true,
 * });
 * ```
 */
export function consul(options: ConsulOptions): ConfigLayer {
  refuseContradictions(options);
  const { optional, watch, timeout } = options;
  return {
    ...(optional === undefined ? {} : { optional }),
    ...(watch === undefined ? {} : { watch }),
    ...(timeout === undefined ? {} : { timeout }),
    provider: "consul",
    label: folderOf(options.prefix),
    create: () => ({
      ...providerOnDemand(async () => {
        const { ConsulProvider } = await import("./consul-provider.ts");
        return new ConsulProvider(options);
      }),
      missing: (context) => missing(options, context),
    }),
    permissions: () => keyPlaces(options).map((place) => permissionOf(place, options)),
  };
}

/** The environment that a policy is for is not known: it allows all of them. */
function permissionOf({ key, recurse }: KeyPlace, { partition, namespace }: ConsulOptions): ConsulPermission {
  const [known = "", unknown] = key.split("{environment}", 2);
  return {
    system: "consul",
    ...(partition === undefined ? {} : { partition }),
    ...(namespace === undefined ? {} : { namespace }),
    resource: recurse || unknown !== undefined ? "key_prefix" : "key",
    name: known,
    policy: "read",
  };
}

function missing(options: ConsulOptions, { environment }: Pick<LoadContext, "environment">): Error {
  const keys = keyPlaces(options, environment).map(({ key }) => key);
  const what = keys.map((key) => (key.endsWith("/") || key === "" ? `keys below "${key}"` : `key "${key}"`));
  return consulError("DEXT_CONFIG_CONSUL_MISSING", `Consul has no ${what.join(", no ")}`, {
    hint: "Put values there, correct the prefix, or make the layer optional.",
    details: { keys },
  });
}

function refuseContradictions(options: ConsulOptions): void {
  const { address, connection, token, tokenFile, format = "KEY_VALUE", dataKey, contexts, wait } = options;
  if (address !== undefined && connection !== undefined)
    refuse('both an "address" and a "connection"', "Give one of the two.");
  if (token !== undefined && tokenFile !== undefined)
    refuse('both a "token" and a "tokenFile"', "Give one of the two.");
  if (dataKey !== undefined && (format === "KEY_VALUE" || format === "FILES"))
    refuse(`a "dataKey" with the format ${format}`, "Give the format YAML or JSON, or no dataKey.");
  if (contexts?.length === 0) refuse('no "contexts" in the list of them', "Name one, or leave the list out.");
  if (wait === undefined) return;
  const milliseconds = toMilliseconds(wait);
  if (milliseconds < 1 || milliseconds > 600_000)
    refuse(`a "wait" of ${milliseconds} ms`, "Consul holds requests for 1 ms to 10 minutes.");
}

function refuse(what: string, hint: string): never {
  throw consulError("DEXT_CONFIG_CONSUL_OPTIONS", `A Consul layer has ${what}`, { hint });
}
