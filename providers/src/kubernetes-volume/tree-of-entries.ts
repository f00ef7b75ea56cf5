import { isUtf8 } from "node:buffer";
import { formatOfName, parseText } from "../file/formats.ts";
import type { FileFormat } from "../file/formats.ts";
import { shapeAtNames } from "../names/fit-key.ts";
import type { Shape } from "../schema/shape.ts";
import { objectNode, treeOfPaths, valueNode } from "../tree/config-tree.ts";
import type { ConfigNode, ObjectNode, Origin } from "../tree/config-tree.ts";
import { mergeTrees } from "../tree/merge.ts";

/** One key of a ConfigMap or Secret with its content, wherever it was read. */
export interface KubernetesEntry {
  /** The key: `db.host`, `db__password`, `app.yaml`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** It was declared to be bytes, so it is no text without need. */
  readonly binary?: boolean;
  /** Where it is, for a person. */
  readonly shown: string;
  /** The same for programs. */
  readonly details: NonNullable<Origin["details"]>;
}

/** How entries are read. */
export interface EntriesOptions {
  /** Of the whole: the volume, the object. */
  origin: Origin;
  secret: boolean;
  shape: Shape | undefined;
  /** The error for bytes where the schema wants, or may want, something else. */
  unwantedBytes: (entry: KubernetesEntry) => Error;
}

/**
 * The tree of a ConfigMap or Secret: `.` and `__` in a key nest, a text is the value less one newline at its end. A key
 * that is named `*.yaml`, `*.json` or `*.toml` is read as such, and its keys count as if they stood at the root, below those
 * that stand for themselves.
 */
export async function treeOfEntries(
  entries: readonly KubernetesEntry[],
  options: EntriesOptions,
): Promise<ObjectNode> {
  const whole: ObjectNode[] = [];
  const values: { path: readonly string[]; node: ConfigNode }[] = [];
  for (const entry of entries) {
    const isText = entry.binary !== true && isUtf8(entry.bytes);
    const format = isText ? formatOfName(entry.name) : undefined;
    if (format !== undefined) whole.push(await readStructured(entry, { format, ...options }));
    else {
      const keys = entry.name.split(/\.|__/).filter((key) => key !== "");
      if (keys.length > 0) values.push({ path: keys, node: plainNode(entry, { keys, ...options }) });
    }
  }
  const { origin, shape } = options;
  const plain = treeOfPaths(values, { origin, loose: true });
  if (whole.length === 0) return plain;
  return mergeTrees([...whole, plain], { shape, listRule: () => "replace", emptyAsUndefined: false });
}

async function readStructured(
  { name, bytes, shown }: KubernetesEntry,
  { format, origin, secret }: EntriesOptions & { format: FileFormat },
): Promise<ObjectNode> {
  const { provider } = origin;
  const text = Buffer.from(bytes).toString("utf8");
  // What a cluster holds is data: `${` in a password, or in a template of somebody else, is no reference.
  const place = { text, file: shown, provider, secret, references: false };
  const { root } = await parseText(place, format);
  if (root?.kind === "object") return root;
  const from: Origin = { provider, location: shown };
  if (root === undefined) return objectNode([], { origin: from });
  // A file that only looks like one of keys is a value under its own name.
  const keys = name.split(".").filter((key) => key !== "");
  return treeOfPaths([{ path: keys, node: root }], { origin: from, loose: true });
}

function plainNode(
  entry: KubernetesEntry,
  { keys, origin: { provider }, secret, shape, unwantedBytes }: EntriesOptions & { keys: readonly string[] },
): ConfigNode {
  const { bytes, binary = false, shown, details } = entry;
  const origin: Origin = { provider, location: shown, details };
  const wanted = shapeAtNames(shape, keys);
  const wantsText = wanted !== undefined && wanted.types.size > 0;
  if (isUtf8(bytes) && (!binary || wantsText)) {
    return valueNode(
      Buffer.from(bytes)
        .toString("utf8")
        .replace(/\r?\n$/, ""),
      { origin, secret },
    );
  }
  if (wantsText || (wanted === undefined && !binary)) throw unwantedBytes(entry);
  return valueNode(new Uint8Array(bytes), { origin, secret });
}
