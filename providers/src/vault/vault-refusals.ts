import type { VaultPermission } from "../definition/permission.ts";
import { vaultPolicy } from "../permissions/vault-policy.ts";
import type { VaultRefusal } from "./vault-client.ts";
import { vaultError } from "./vault-error.ts";

/** 403, with the policy that would allow it. */
export function forbidden(
  path: string,
  { error, permissions }: { error: VaultRefusal; permissions: readonly VaultPermission[] },
): Error {
  const namespace = permissions[0]?.namespace;
  const policy = vaultPolicy(permissions, namespace === undefined ? {} : { namespace });
  return vaultError(
    "DEXT_CONFIG_VAULT_FORBIDDEN",
    `Vault does not allow to read "${path}" (${error.message})`,
    {
      hint: `Look whether the token is still valid, and give it a policy with:\n\n${policy}`,
      details: { path, status: error.status, policy },
    },
  );
}

/** 404 of a path below no mount. */
export function withoutRoute(path: string, error: VaultRefusal): Error {
  return vaultError("DEXT_CONFIG_VAULT_PATH_WRONG", `Vault has no mount for "${path}" (${error.message})`, {
    hint: "Look at the path, and at the namespace.",
    details: { path, status: error.status },
  });
}
