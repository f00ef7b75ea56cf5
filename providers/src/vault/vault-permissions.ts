import type { VaultPermission } from "../definition/permission.ts";
import { trimSlashes } from "./vault-options.ts";
import type { VaultOptions } from "./vault-options.ts";

/** Where a secret lies. */
export interface SecretPlace {
  /** Without slashes around: `team/kv`. */
  readonly mount: string;
  /** Below the mount. */
  readonly path: string;
  readonly kvVersion: 1 | 2;
}

/**
 * What the token of a layer needs, beside the policy `default`. Where the options do not say which part of the path is the
 * mount and which version the engine has, the first segment and version 2 are taken for it: nothing is asked.
 */
export function vaultPermissions(
  options: VaultOptions,
  { watch, place = guessedPlace(options) }: { watch: boolean; place?: SecretPlace | undefined },
): readonly VaultPermission[] {
  const { namespace } = options;
  const permission = (path: string, capabilities: VaultPermission["capabilities"]): VaultPermission => ({
    system: "vault",
    ...(namespace === undefined ? {} : { namespace }),
    path,
    capabilities,
  });
  if (options.dynamic !== undefined) {
    return [
      permission(trimSlashes(options.dynamic), ["read"]),
      permission("sys/leases/renew", ["update"]),
      permission("sys/leases/revoke", ["update"]),
    ];
  }
  if (place === undefined) return [];
  const { mount, path, kvVersion } = place;
  if (kvVersion === 1) return [permission(`${mount}/${path}`, ["read"])];
  const data = permission(`${mount}/data/${path}`, ["read"]);
  return watch ? [data, permission(`${mount}/metadata/${path}`, ["read"])] : [data];
}

function guessedPlace({ path, mount, kvVersion = 2 }: VaultOptions): SecretPlace | undefined {
  if (path === undefined) return undefined;
  const [first = "", ...rest] = trimSlashes(path).split("/");
  if (mount === undefined) return { mount: first, path: rest.join("/"), kvVersion };
  return { mount: trimSlashes(mount), path: pathBelow(path, mount), kvVersion };
}

/** The part of a path that lies below a mount, whether or not the path names the mount. */
export function pathBelow(path: string, mount: string): string {
  const [whole, prefix] = [trimSlashes(path), `${trimSlashes(mount)}/`];
  return whole.startsWith(prefix) ? whole.slice(prefix.length) : whole;
}
