import type { VaultPermission } from "../definition/permission.ts";
import { vaultPolicy } from "../permissions/vault-policy.ts";
import { VaultRefusal } from "./vault-client.ts";
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
      hint: `${hintOf(error.message)}:\n\n${policy}`,
      details: { path, status: error.status, policy },
    },
  );
}

/**
 * Of a token that it does not know, Vault says "permission denied", newer ones with "invalid token" behind it; of one whose
 * policies do not allow something "1 error occurred: * permission denied".
 */
function hintOf(message: string): string {
  if (/invalid token|^403: permission denied$/.test(message)) {
    return "The token itself is not taken: it has expired, was revoked, or is of another namespace. Give one that is valid (vault token lookup shows that), with a policy that has";
  }
  if (/preflight capability check/.test(message)) {
    return "There is no such mount (vault secrets list shows all), or the token may do nothing in it. Give it a policy with (vault policy write)";
  }
  return "Give the token a policy with (vault policy write)";
}

/** 404 of a path below no mount, or of one that another engine serves. */
export function withoutRoute(path: string, error: VaultRefusal): Error {
  const { message, status } = error;
  const details = { path, status };
  if (message.includes("versioned K/V")) {
    return vaultError("DEXT_CONFIG_VAULT_PATH_WRONG", `"${path}" is in a mount of the key-value engine`, {
      hint: 'Read it by "path" instead of "dynamic".',
      details,
    });
  }
  const isRouted = !message.includes("no handler for route");
  return vaultError(
    "DEXT_CONFIG_VAULT_PATH_WRONG",
    `Vault has ${isRouted ? "nothing at" : "no mount for"} "${path}" (${message})`,
    { hint: "Look at the path, and at the namespace: vault secrets list shows the mounts.", details },
  );
}

/** Whether there is nothing left to renew. */
export function isGone(error: VaultRefusal): boolean {
  return error.status < 500 && /lease (?:not found|expired)|invalid lease/i.test(error.message);
}

/** Whether Vault does not allow something, or does not know the token. */
export function isForbidden(error: unknown): error is VaultRefusal {
  return error instanceof VaultRefusal && error.status === 403;
}
