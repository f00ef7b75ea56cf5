import type { Permission } from "../definition/permission.ts";

/**
 * The policy of Vault, in its own notation, that allows what layers need; `""` when they need nothing there. Permissions of
 * other systems, and of other namespaces than the given one, are passed over.
 *
 * ```hcl
 * path "team/kv/data/api" {
 *   capabilities = ["read"]
 * }
 * ```
 */
export function vaultPolicy(
  permissions: readonly Permission[],
  { namespace }: { namespace?: string } = {},
): string {
  const capabilitiesOf = new Map<string, Set<string>>();
  for (const permission of permissions) {
    if (permission.system !== "vault" || permission.namespace !== namespace) continue;
    const known = capabilitiesOf.get(permission.path) ?? new Set();
    for (const capability of permission.capabilities) known.add(capability);
    capabilitiesOf.set(permission.path, known);
  }
  return [...capabilitiesOf]
    .map(([path, capabilities]) => {
      const list = [...capabilities].map((each) => JSON.stringify(each)).join(", ");
      return `path ${JSON.stringify(path)} {\n  capabilities = [${list}]\n}\n`;
    })
    .join("\n");
}
