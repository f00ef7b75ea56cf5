import { listNode, treeOfPaths, valueNode } from "../tree/config-tree.ts";
import type { ConfigNode, ObjectNode, Origin, ScalarValue } from "../tree/config-tree.ts";
import type { ConfigPath } from "../tree/config-path.ts";

/**
 * What a secret holds, as a tree below a path. Keys with `.` or `__` nest, as those of environment variables do, because
 * `vault kv put` writes flat keys only. Every value is a secret; none refers to others.
 *
 * @throws DextError `DEXT_CONFIG_TYPE_CLASH`, `DEXT_CONFIG_KEY_REFUSED`
 */
export function treeOfSecret(
  data: Readonly<Record<string, unknown>>,
  { at, origin }: { at: ConfigPath; origin: Origin },
): ObjectNode {
  return treeOfPaths(leaves(data, { at, origin }), { origin, loose: true });
}

interface Leaf {
  path: ConfigPath;
  node: ConfigNode;
}

function leaves(value: unknown, { at, origin }: { at: ConfigPath; origin: Origin }): Leaf[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [{ path: at, node: toNode(value, origin) }];
  }
  return Object.entries(value).flatMap(([key, child]) => {
    const keys = key.split(/\.|__/).filter((each) => each !== "");
    return leaves(child, { at: [...at, ...(keys.length === 0 ? [key] : keys)], origin });
  });
}

function toNode(value: unknown, origin: Origin): ConfigNode {
  if (Array.isArray(value)) {
    return listNode(
      value.map((item) => toNode(item, origin)),
      origin,
    );
  }
  if (typeof value === "object" && value !== null) {
    return treeOfPaths(leaves(value, { at: [], origin }), { origin, loose: true });
  }
  return valueNode(value as ScalarValue, { origin, secret: true });
}
