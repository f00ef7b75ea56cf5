import { configError } from "../config-error.ts";
import { keyOfSchema } from "../names/fit-key.ts";
import { shapeBelow } from "../schema/shape.ts";
import type { Shape } from "../schema/shape.ts";
import { formatPath } from "./config-path.ts";
import type { ConfigPath } from "./config-path.ts";
import {
  describeOrigin,
  listNode,
  objectNode,
  refuseDangerousKey,
  typeClash,
  valueNode,
} from "./config-tree.ts";
import type { ConfigNode, ListNode, ObjectNode, ValueNode } from "./config-tree.ts";

/** How the list at a path is merged: replaced as a whole when nothing is said. */
export type ListRule = "replace" | "append" | `byKey:${string}`;

/** What is known when trees are merged. */
export interface MergeOptions {
  shape?: Shape | undefined;
  /** The rule for the list at a path. */
  listRule: (path: ConfigPath) => ListRule;
  /** `""` counts as not set. */
  emptyAsUndefined: boolean;
}

/**
 * Lays trees over each other, the last one on top. Objects are merged by key, everything else is replaced; what is
 * replaced hangs below the winner as what it is `over`.
 *
 * @throws DextError `DEXT_CONFIG_TYPE_CLASH`, `DEXT_CONFIG_MERGE_IMPOSSIBLE`
 */
export function mergeTrees(trees: readonly ObjectNode[], options: MergeOptions): ObjectNode {
  const empty = objectNode([], { origin: { provider: "configuration", location: "" } });
  let merged = empty;
  for (const tree of trees) merged = mergeObjects(merged, tree, { ...options, path: [] });
  return settleObject(merged, options.shape);
}

interface Merging extends MergeOptions {
  path: ConfigPath;
}

function mergeNodes(lower: ConfigNode | undefined, upper: ConfigNode, merging: Merging): ConfigNode {
  const top = fromText(upper, { lower, shape: merging.shape });
  if (lower === undefined) return top.kind === "object" ? mergeObjects(undefined, top, merging) : top;
  // null says that there is nothing, so it goes with everything, both ways.
  if (isNull(top) || isNull(lower)) {
    return replace(lower, top.kind === "object" ? mergeObjects(undefined, top, merging) : top);
  }
  if (lower.kind === "object" && top.kind === "object") return mergeObjects(lower, top, merging);
  if (lower.kind === "list" && top.kind === "list") return mergeLists(lower, top, merging);
  if (lower.kind === "list" && top.kind === "object" && isIndexed(top))
    return mergeElements(lower, top, merging);
  if (lower.kind === "value" && top.kind === "value") return replace(lower, top);
  throw typeClash(merging.path, { lower, upper: top });
}

function mergeObjects(lower: ObjectNode | undefined, upper: ObjectNode, merging: Merging): ObjectNode {
  const { shape, emptyAsUndefined } = merging;
  const entries = new Map(lower?.entries);
  for (const [written, node] of upper.entries) {
    if (emptyAsUndefined && isUnset(node)) continue;
    const key = upper.loose ? fitKey(written, { lower: entries, shape }) : written;
    // `CONSTRUCTOR` is harmless, and what it is fitted to is not.
    if (upper.loose) refuseDangerousKey(key, node.origin);
    const present = entries.get(key);
    // By far the most frequent case, for which no path needs to be kept.
    if (isPlainValue(node) && (present === undefined || present.kind === "value")) {
      entries.set(key, present === undefined ? node : replace(present, node));
      continue;
    }
    const below = { ...merging, shape: shapeBelow(shape, key), path: [...merging.path, key] };
    entries.set(key, mergeNodes(present, node, below));
  }
  return { ...upper, loose: upper.loose && (lower?.loose ?? true), entries, over: lower?.over };
}

function mergeLists(lower: ListNode, upper: ListNode, merging: Merging): ListNode {
  const rule = merging.listRule(merging.path);
  if (rule === "replace") return { ...upper, over: lower };
  if (rule === "append") return { ...upper, items: [...lower.items, ...upper.items] };
  return mergeByKey(lower, upper, { ...merging, key: rule.slice("byKey:".length) });
}

function mergeByKey(
  lower: ListNode,
  upper: ListNode,
  { key, ...merging }: Merging & { key: string },
): ListNode {
  const identity = (item: ConfigNode): unknown => {
    const id = item.kind === "object" ? item.entries.get(key) : undefined;
    if (id?.kind === "value") return id.value;
    throw configError(
      "DEXT_CONFIG_MERGE_IMPOSSIBLE",
      `"${formatPath(merging.path)}" is merged by "${key}", which an element in ${describeOrigin(item.origin)} does not have`,
      {
        hint: `Give every element a "${key}".`,
        details: { path: formatPath(merging.path), origin: item.origin },
      },
    );
  };
  const items = [...lower.items];
  for (const item of upper.items) {
    const id = identity(item);
    const at = items.findIndex((each) => identity(each) === id);
    const below = {
      ...merging,
      shape: merging.shape?.items,
      path: [...merging.path, String(Math.max(at, 0))],
    };
    if (at === -1) items.push(item);
    else items[at] = mergeNodes(items[at], item, below);
  }
  return { ...upper, items };
}

/** `LIST__1=x` over a list of three replaces its second element; one after the last is added. */
function mergeElements(lower: ListNode, upper: ObjectNode, merging: Merging): ListNode {
  const items = [...lower.items];
  const sorted = [...upper.entries].toSorted(([one], [other]) => Number(one) - Number(other));
  for (const [key, node] of sorted) {
    if (merging.emptyAsUndefined && isUnset(node)) continue;
    const index = Number(key);
    const path = [...merging.path, key];
    if (index > items.length) {
      throw configError(
        "DEXT_CONFIG_MERGE_IMPOSSIBLE",
        `"${formatPath(path)}" in ${describeOrigin(node.origin)} would leave a gap: the list has ${items.length} elements`,
        {
          hint: `The next element is ${items.length}.`,
          details: { path: formatPath(path), origin: node.origin },
        },
      );
    }
    items[index] = mergeNodes(items[index], node, { ...merging, shape: merging.shape?.items, path });
  }
  return { ...lower, items };
}

function replace(lower: ConfigNode, upper: ConfigNode): ConfigNode {
  // Names that differ only by case may give a value twice in one source.
  const over = upper.over === undefined ? lower : replace(lower, upper.over);
  return { ...upper, over };
}

/** The key that a name without case means: one that the schema has, else one of a lower layer, else the name itself. */
function fitKey(
  name: string,
  { lower, shape }: { lower: ReadonlyMap<string, ConfigNode>; shape: Shape | undefined },
): string {
  const ofSchema = keyOfSchema(name, shape);
  if (ofSchema !== undefined) return ofSchema;
  if (lower.has(name)) return name;
  const folded = name.toLowerCase();
  for (const key of lower.keys()) if (key.toLowerCase() === folded) return key;
  // Keys below a record are the owner's own; elsewhere nobody means `DB` by `DB`.
  if (shape?.rest !== undefined) return name;
  return name === name.toUpperCase() ? folded : name;
}

/** A list or an object that was written as JSON in a single value, as one does in the environment: `["a","b"]`. */
function fromText(
  upper: ConfigNode,
  { lower, shape }: { lower: ConfigNode | undefined; shape: Shape | undefined },
): ConfigNode {
  if (upper.kind !== "value" || typeof upper.value !== "string" || !/^\s*[[{]/.test(upper.value))
    return upper;
  const types = shape?.types ?? new Set();
  const wanted = types.size > 0 ? !types.has("string") : lower !== undefined && lower.kind !== "value";
  if (!wanted) return upper;
  const json = parsedJson(upper.value);
  return json === undefined ? upper : nodeOfJson(json, upper);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function nodeOfJson(value: unknown, { origin, secret }: ValueNode): ConfigNode {
  const below = (child: unknown): ConfigNode => nodeOfJson(child, valueNode(null, { origin, secret }));
  if (Array.isArray(value)) return listNode(value.map(below), origin);
  if (typeof value === "object" && value !== null) {
    return objectNode(
      Object.entries(value).map(([key, child]) => [key, below(child)] as const),
      { origin },
    );
  }
  return valueNode(value as string | number | boolean | null, { origin, secret });
}

/** A single value that cannot be a list or an object written as JSON. */
function isPlainValue(node: ConfigNode): boolean {
  return node.kind === "value" && !(typeof node.value === "string" && /^\s*[[{]/.test(node.value));
}

/** `""`, and an object that is only there for the names of such values: `DB__HOST=`. */
function isUnset(node: ConfigNode): boolean {
  if (node.kind === "value") return node.value === "";
  if (node.kind === "list" || !node.loose || node.entries.size === 0) return false;
  return [...node.entries.values()].every(isUnset);
}

function isNull(node: ConfigNode): boolean {
  return node.kind === "value" && node.value === null;
}

function isIndexed({ entries, loose }: ObjectNode): boolean {
  return loose && entries.size > 0 && [...entries.keys()].every((key) => /^(0|[1-9]\d*)$/.test(key));
}

/** What came from names with an index (`LIST__0`, `LIST__1`) and met no list below becomes one, unless the schema wants keys. */
function settle(node: ConfigNode, shape: Shape | undefined): ConfigNode {
  if (node.kind === "value") return node;
  if (node.kind === "list") return { ...node, items: node.items.map((item) => settle(item, shape?.items)) };
  const object = settleObject(node, shape);
  const wantsKeys = shape !== undefined && shape.types.has("object") && !shape.types.has("list");
  if (!isIndexed(object) || wantsKeys) return object;
  const indexes = [...object.entries].toSorted(([one], [other]) => Number(one) - Number(other));
  if (indexes.some(([key], at) => Number(key) !== at)) return object;
  return {
    kind: "list",
    items: indexes.map(([, item]) => item),
    origin: object.origin,
    over: object.over,
  };
}

function settleObject(node: ObjectNode, shape: Shape | undefined): ObjectNode {
  const entries = new Map<string, ConfigNode>();
  for (const [key, child] of node.entries) entries.set(key, settle(child, shapeBelow(shape, key)));
  return { ...node, entries };
}
