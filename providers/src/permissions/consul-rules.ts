import type { ConsulPermission, Permission } from "../definition/permission.ts";

/**
 * The ACL rules of Consul, in its own notation, that allow what layers need; `""` when they need nothing there. Permissions of
 * other systems are passed over; rules of a namespace or an admin partition stand inside its block.
 *
 * ```hcl
 * key_prefix "shop/api/" {
 *   policy = "read"
 * }
 * ```
 */
export function consulRules(permissions: readonly Permission[]): string {
  const needed = permissions.filter((each) => each.system === "consul");
  const blocks = new Map<string, { place: ConsulPermission; rules: Map<string, ConsulPermission> }>();
  for (const permission of needed) {
    const { partition = "", namespace = "", resource, name } = permission;
    const block = blocks.get(`${partition}/${namespace}`) ?? { place: permission, rules: new Map() };
    blocks.set(`${partition}/${namespace}`, block);
    const rule = `${resource} ${name}`;
    // Who may list may read.
    if (block.rules.get(rule)?.policy !== "list") block.rules.set(rule, permission);
  }
  return [...blocks.values()].map(({ place, rules }) => inPlace(place, [...rules.values()])).join("\n");
}

function inPlace({ partition, namespace }: ConsulPermission, rules: readonly ConsulPermission[]): string {
  const text = rules
    .map(
      ({ resource, name, policy }) =>
        `${resource} ${JSON.stringify(name)} {\n  policy = ${JSON.stringify(policy)}\n}\n`,
    )
    .join("\n");
  return enclose("partition", partition, enclose("namespace", namespace, text));
}

function enclose(kind: string, name: string | undefined, text: string): string {
  if (name === undefined) return text;
  return `${kind} ${JSON.stringify(name)} {\n${text.replace(/^(?=.)/gm, "  ")}}\n`;
}
