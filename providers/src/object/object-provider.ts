import type { ConfigLayer } from "../definition/provider.ts";
import { listNode, objectNode, valueNode } from "../tree/config-tree.ts";
import type { ConfigNode, Origin } from "../tree/config-tree.ts";
import { objectError } from "./object-error.ts";

/** What {@link object} takes. */
export interface ObjectOptions {
  /** What the layer is called in origins; `defaults` when absent. */
  name?: string;
}

/**
 * A layer of values in code: the defaults, usually the lowest layer. `undefined` sets nothing, `null` sets null.
 *
 * @throws DextError `DEXT_CONFIG_OBJECT_INVALID` for what cannot be a value: functions, symbols, class instances, cycles
 *
 * @example
 * ```ts
 * import { loadConfig, object } from "@dext/providers";
 *
 * const config = await loadConfig({ layers: [object({ url: "http://${host}/", host: "localhost" })] });
 * if (config.value["url"] !== "http://localhost/") throw new Error("not resolved");
 * ```
 */
export function object(
  values: Readonly<Record<string, unknown>>,
  { name = "defaults" }: ObjectOptions = {},
): ConfigLayer {
  const tree = toNode(values, { name, path: [], above: [] });
  if (tree?.kind !== "object") throw unfit(values, { name, path: [] });
  return {
    provider: "object",
    label: name,
    create: () => ({ load: () => Promise.resolve({ tree }) }),
  };
}

interface Place {
  name: string;
  path: readonly string[];
}

function toNode(
  value: unknown,
  { above, ...place }: Place & { above: readonly unknown[] },
): ConfigNode | undefined {
  const origin: Origin = { provider: "object", location: place.name };
  if (value === undefined) return undefined;
  if (value === null || value instanceof Uint8Array) return valueNode(value, { origin });
  if (typeof value === "string") return valueNode(value, { origin, references: true });
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") {
    return valueNode(value, { origin });
  }
  if (above.includes(value) || typeof value !== "object") throw unfit(value, place);
  const below = (child: unknown, key: string): ConfigNode | undefined =>
    toNode(child, { name: place.name, path: [...place.path, key], above: [...above, value] });
  if (Array.isArray(value)) {
    return listNode(
      // Not by map, which passes over what a sparse list does not have.
      Array.from(value, (item: unknown, at) => below(item, String(at)) ?? valueNode(null, { origin })),
      origin,
    );
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw unfit(value, place);
  const entries = Object.entries(value).flatMap(([key, child]) => {
    const node = below(child, key);
    return node === undefined ? [] : [[key, node] as const];
  });
  return objectNode(entries, { origin });
}

function unfit(value: unknown, { name, path }: Place): Error {
  const what =
    typeof value === "object" ? "an object that contains itself or is of a class" : `a ${typeof value}`;
  return objectError(
    "DEXT_CONFIG_OBJECT_INVALID",
    `"${path.join(".")}" of the layer "${name}" is ${what}, which cannot be a value of a configuration`,
    {
      hint: "Give plain objects, lists, text, numbers, booleans, null or bytes.",
      details: { name, path: path.join(".") },
    },
  );
}
