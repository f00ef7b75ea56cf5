import type { ConfigLayer } from "../definition/provider.ts";
import { checkVaultOptions, trimSlashes } from "./vault-options.ts";
import type { VaultOptions } from "./vault-options.ts";
import { vaultPermissions } from "./vault-permissions.ts";
import type { VaultSource } from "./vault-source.ts";

/**
 * A secret of Vault, or credentials that Vault makes for this service. Everything that it gives is a secret.
 *
 * `vault({ path: "team/kv/api" })` reads a secret of the key-value engine; which part of the path is the mount and which
 * version the engine has is asked of Vault. Keys with dots nest. A watched one is asked for changes each minute.
 *
 * `vault({ dynamic: "database/creds/api", at: "db" })` reads credentials that end. It is watched unless it says otherwise:
 * their lease is renewed, and before it ends for good all values are replaced in one step; the old ones live on for a grace
 * period. They are revoked when the configuration is closed.
 *
 * Needs the package `node-vault`.
 *
 * @throws DextError `DEXT_CONFIG_VAULT_OPTIONS_INVALID`, `DEXT_CONFIG_PATH_INVALID`; at load the other codes of
 * `DEXT_CONFIG_VAULT_…`, `DEXT_CONFIG_CLIENT_MISSING`, `DEXT_CONFIG_CONNECTION_INVALID`
 *
 * @example
 * ```ts
 * import { defineConfig, object, vault } from "@dext/providers";
 *
 * const definition = defineConfig({
 *   layers: [
 *     object({ vault: { address: "https://vault.internal:8200" } }),
 *     (settings) => vault({ path: "team/kv/api", address: settings.require("vault.address") }),
 *     vault({ dynamic: "database/creds/api", at: "db", auth: { kubernetes: { role: "api" } } }),
 *   ],
 *   watch: true,
 * });
 * if (definition.layers.length !== 3) throw new Error("nothing was read yet");
 * ```
 */
export function vault(options: VaultOptions): ConfigLayer {
  checkVaultOptions(options);
  const { optional, watch = options.dynamic === undefined ? undefined : true, timeout } = options;
  return {
    ...(optional === undefined ? {} : { optional }),
    ...(watch === undefined ? {} : { watch }),
    ...(timeout === undefined ? {} : { timeout }),
    provider: "vault",
    label: trimSlashes(options.path ?? options.dynamic),
    permissions: (use) => vaultPermissions(options, use),
    create: () => {
      let source: VaultSource | undefined;
      // What speaks to Vault is imported by the first load, so that a service without this layer does not pay for it.
      const open = async (): Promise<VaultSource> => {
        const module = await import("./vault-source.ts");
        return (source ??= new module.VaultSource(options));
      };
      return {
        load: async (context) => (await open()).load(context),
        missing: () => source?.missing() ?? new Error("Nothing was read yet"),
        watch: async (context) => (await open()).watch(context),
        close: () => source?.close(),
      };
    },
  };
}
