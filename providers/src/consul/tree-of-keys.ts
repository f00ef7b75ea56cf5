import { isUtf8 } from "node:buffer";
import type { ConfigNote, LoadedSource } from "../definition/provider.ts";
import { formatOfName, parseText } from "../file/formats.ts";
import type { FileFormat } from "../file/formats.ts";
import { keyOfSchema } from "../names/fit-key.ts";
import { shapeBelow } from "../schema/shape.ts";
import type { Shape } from "../schema/shape.ts";
import type { ConfigPath } from "../tree/config-path.ts";
import { formatPath } from "../tree/config-path.ts";
import { objectNode, treeOfPaths, valueNode } from "../tree/config-tree.ts";
import type { ConfigNode, ObjectNode, Origin } from "../tree/config-tree.ts";
import { mergeTrees } from "../tree/merge.ts";
import type { KeyItem } from "./consul-client.ts";
import { consulError } from "./consul-error.ts";
import type { ConsulFormat } from "./consul-options.ts";

/** How the keys of one folder are read. */
export interface KeyReading {
  /** How all keys begin. */
  readonly prefix: string;
  readonly format: ConsulFormat;
  readonly secret: boolean;
  readonly shape: Shape | undefined;
}

/**
 * The values that stand in keys of Consul.
 *
 * @throws DextError `DEXT_CONFIG_CONSUL_VALUE`, and what files throw
 */
export async function treeOfKeys(items: readonly KeyItem[], reading: KeyReading): Promise<LoadedSource> {
  if (reading.format === "KEY_VALUE") return treeOfValues(items, reading);
  const notes: ConfigNote[] = [];
  const trees: ObjectNode[] = [];
  for (const item of items) {
    const format =
      reading.format === "FILES" ? formatOfFile(item, { reading, notes }) : formats[reading.format];
    if (format !== undefined) trees.push(await readText(item, { format, reading, notes }));
  }
  return { tree: overlaid(trees, { shape: reading.shape, prefix: reading.prefix }), notes };
}

/** Lays trees of one source over each other. */
export function overlaid(
  trees: readonly ObjectNode[],
  { shape, prefix }: { shape: Shape | undefined; prefix: string },
): ObjectNode {
  const [first, ...others] = trees;
  if (first === undefined) return objectNode([], { origin: { provider: "consul", location: prefix } });
  if (others.length === 0) return first;
  return mergeTrees(trees, { shape, listRule: () => "replace", emptyAsUndefined: false });
}

const formats: Readonly<Record<"YAML" | "JSON", FileFormat>> = { YAML: "yaml", JSON: "json" };

function treeOfValues(items: readonly KeyItem[], reading: KeyReading): LoadedSource {
  const { prefix, shape } = reading;
  const notes: ConfigNote[] = [];
  const values = new Map<string, { path: ConfigPath; node: ConfigNode }>();
  for (const item of items) {
    // Consul's own page makes keys that end in "/" for folders.
    if (item.key.endsWith("/")) continue;
    const origin = originOf(item);
    if (item.value === null) {
      notes.push({ message: `"${item.key}" is there without a value, and counts as not set`, origin });
      continue;
    }
    const path = fitted(namesOf(item.key.slice(prefix.length)), shape);
    const present = values.get(formatPath(path))?.node.origin.details?.["key"];
    if (present !== undefined) {
      notes.push({
        message: `"${present}" and "${item.key}" are both "${formatPath(path)}": the last counts`,
        origin,
      });
    }
    values.set(formatPath(path), { path, node: scalar(item.value, { item, path, reading }) });
  }
  const tree = treeOfPaths(values.values(), { origin: { provider: "consul", location: prefix } });
  return { tree: withLists(tree), notes };
}

/** `servers[0].host` and `servers/0/host` → `servers`, `0`, `host`: what Spring writes and what Consul's folders give. */
function namesOf(key: string): readonly string[] {
  return key
    .replaceAll(/\[(\d+)\]/g, "/$1")
    .split(/[/.]/)
    .filter((name) => name !== "");
}

/** The keys of the schema that the names mean: `max-retries` → `maxRetries`. Others stay as they are written. */
function fitted(names: readonly string[], shape: Shape | undefined): ConfigPath {
  let below = shape;
  return names.map((name) => {
    const key = keyOfSchema(name, below) ?? name;
    below = shapeBelow(below, key);
    return key;
  });
}

/** Objects whose keys are all numbers become lists, or change elements of one in a lower layer. */
function withLists(node: ObjectNode): ObjectNode {
  const entries = new Map(
    [...node.entries].map(([key, child]) => [key, child.kind === "object" ? withLists(child) : child]),
  );
  const isIndexed = entries.size > 0 && [...entries.keys()].every((key) => /^(0|[1-9]\d*)$/.test(key));
  return { ...node, entries, loose: isIndexed };
}

function scalar(
  value: Uint8Array,
  { item, path, reading }: { item: KeyItem; path: ConfigPath; reading: KeyReading },
): ConfigNode {
  const options = { origin: originOf(item), secret: reading.secret };
  if (isUtf8(value)) return valueNode(textOf(value), options);
  const wanted = path.reduce<Shape | undefined>(shapeBelow, reading.shape);
  if (wanted !== undefined && wanted.types.size === 0) return valueNode(new Uint8Array(value), options);
  throw consulError(
    "DEXT_CONFIG_CONSUL_VALUE",
    `"${item.key}" holds bytes that are no text, and the schema does not want bytes there`,
    { hint: "Let the schema want a Uint8Array there, or put text.", details: { key: item.key } },
  );
}

/** The format that the name of a key tells; what is no file is told. */
function formatOfFile(
  { key, value, ...item }: KeyItem,
  { reading, notes }: { reading: KeyReading; notes: ConfigNote[] },
): FileFormat | undefined {
  const name = key.slice(reading.prefix.length);
  if (name === "" || name.endsWith("/")) return undefined;
  const format = name.includes("/") ? undefined : formatOfName(name);
  if (format === undefined || value === null) {
    const why = format === undefined ? "its name is not that of a file in YAML, JSON or TOML" : "it is empty";
    notes.push({ message: `"${key}" is left out: ${why}`, origin: originOf({ key, value, ...item }) });
    return undefined;
  }
  return format;
}

async function readText(
  item: KeyItem,
  { format, reading, notes }: { format: FileFormat; reading: KeyReading; notes: ConfigNote[] },
): Promise<ObjectNode> {
  const { key, value } = item;
  if (value !== null && !isUtf8(value)) throw notText(item);
  const { secret } = reading;
  // What stands in Consul is data: `${…}` in it refers to nothing.
  const place = {
    text: value === null ? "" : textOf(value),
    file: key,
    provider: "consul",
    secret,
    references: false,
  };
  const parsed = await parseText(place, format);
  notes.push(...parsed.notes);
  const root = parsed.root ?? objectNode([], { origin: originOf(item) });
  if (root.kind === "object") return withIndex(root, item);
  throw consulError(
    "DEXT_CONFIG_CONSUL_VALUE",
    `The root of "${key}" is a ${root.kind === "list" ? "list" : "single value"}, and has to be keys with values`,
    { hint: "Put an object there.", details: { key } },
  );
}

function notText({ key }: KeyItem): Error {
  return consulError("DEXT_CONFIG_CONSUL_VALUE", `"${key}" holds bytes that are no text`, {
    hint: "Put the text in UTF-8.",
    details: { key },
  });
}

/** Adds to all origins which state of the key they are from. */
function withIndex<Node extends ConfigNode>(node: Node, item: KeyItem): Node {
  const origin: Origin = {
    ...node.origin,
    location: `${node.origin.location} (index ${item.index})`,
    details: { ...node.origin.details, key: item.key, index: item.index },
  };
  if (node.kind === "value") return { ...node, origin };
  if (node.kind === "list")
    return { ...node, origin, items: node.items.map((child) => withIndex(child, item)) };
  const entries = new Map([...node.entries].map(([key, child]) => [key, withIndex(child, item)]));
  return { ...node, origin, entries };
}

function originOf({ key, index }: KeyItem): Origin {
  return { provider: "consul", location: `${key} (index ${index})`, details: { key, index } };
}

function textOf(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("utf8");
}
