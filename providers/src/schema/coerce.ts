import type { ConfigNode, ObjectNode, ValueNode } from "../tree/config-tree.ts";
import { shapeBelow } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** What text stands for: a number, a boolean, or nothing but text. */
type Reading = (text: string) => number | boolean | undefined;

/**
 * The tree with text turned into numbers and booleans where the schema wants these and no text. What cannot be read
 * stays text, so that the schema names the fault.
 */
export function coerceTree(root: ObjectNode, shape: Shape | undefined): ObjectNode {
  return shape === undefined ? root : (coerceNode(root, shape) as ObjectNode);
}

/** A number as people write it: `8080`, ` 8080`, `-1.5`, `1e3`, `0x1f`; undefined for `80x`, `""`, `Infinity`. */
export const readNumber: Reading = (text) => {
  const trimmed = text.trim();
  if (!/^[-+]?(\d[\d_]*(\.\d+)?|\.\d+)(e[-+]?\d+)?$|^0x[\da-f]+$|^0o[0-7]+$|^0b[01]+$/i.test(trimmed))
    return undefined;
  const number = Number(trimmed.replaceAll("_", ""));
  return Number.isFinite(number) ? number : undefined;
};

/** `true`, `1`, `on`, `yes` and their opposites, in any case. */
export const readBoolean: Reading = (text) => booleans.get(text.trim().toLowerCase());

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["on", true],
  ["yes", true],
  ["false", false],
  ["0", false],
  ["off", false],
  ["no", false],
]);

function coerceNode(node: ConfigNode, shape: Shape): ConfigNode {
  if (node.kind === "value") return coerceValue(node, shape);
  if (node.kind === "list") {
    const { items } = shape;
    return items === undefined ? node : { ...node, items: node.items.map((item) => coerceNode(item, items)) };
  }
  const entries = new Map<string, ConfigNode>();
  for (const [key, child] of node.entries) {
    const below = shapeBelow(shape, key);
    entries.set(key, below === undefined ? child : coerceNode(child, below));
  }
  return { ...node, entries };
}

function coerceValue(node: ValueNode, { types }: Shape): ValueNode {
  if (typeof node.value !== "string" || types.size === 0 || types.has("string")) return node;
  for (const read of readingsOf(types)) {
    const value = read(node.value);
    if (value !== undefined) return { ...node, value };
  }
  return node;
}

function readingsOf(types: Shape["types"]): readonly Reading[] {
  return [...(types.has("number") ? [readNumber] : []), ...(types.has("boolean") ? [readBoolean] : [])];
}
