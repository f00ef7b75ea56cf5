import { mask, Secret } from "@dext/core";
import { formatPath, isWithin } from "../tree/config-path.ts";
import type { ConfigPath } from "../tree/config-path.ts";
import { leavesOf } from "../tree/config-tree.ts";
import type { ConfigNode, ObjectNode, ScalarValue } from "../tree/config-tree.ts";
import { heldSecrets } from "./held-secrets.ts";

/** One state of the whole configuration. Nothing in it ever changes. */
export interface Snapshot {
  /** 1 for the first, one more for each that follows. */
  readonly generation: number;
  /** What the schema gave, frozen; secrets as `Secret`. */
  readonly value: unknown;
  /** The values with their origins. */
  readonly tree: ObjectNode;
  /** The paths of values that the schema made of secrets. */
  readonly held: ReadonlySet<string>;
  /** Those, and the paths of values of which their sources say that they are secrets. */
  readonly tainted: ReadonlySet<string>;
  /** All values as one text, whatever the order of their keys: equal for equal values. Holds the secrets. */
  readonly text: string;
}

/** Whether a value is a secret: by its path, or because its source says so. */
export type SecretTest = (path: ConfigPath, node: ConfigNode | undefined) => boolean;

/** A test by declared paths and by what the sources say. */
export function secretTest(declared: readonly ConfigPath[]): SecretTest {
  return (path, node) =>
    (node?.kind === "value" && node.secret) || declared.some((pattern) => isWithin(path, pattern));
}

/** Freezes what the schema gave. */
export function createSnapshot(
  { output, tree }: { output: unknown; tree: ObjectNode },
  { generation, declared }: { generation: number; declared: readonly ConfigPath[] },
): Snapshot {
  const held = new Set(heldSecrets(output, { tree, isSecret: secretTest(declared) }));
  const tainted = new Set(held);
  for (const { path, node } of leavesOf(tree)) if (node.secret) tainted.add(formatPath(path));
  return Object.freeze({
    generation,
    value: protect(output, { path: [], declared, tainted }),
    tree,
    held,
    tainted,
    text: canonicalText(tree),
  });
}

/** The same values as they stand in their sources now, which may not be where they stood. */
export function movedSnapshot(previous: Snapshot, now: Snapshot): Snapshot {
  const isSame =
    previous.tainted.size === now.tainted.size &&
    [...now.tainted].every((path) => previous.tainted.has(path));
  return Object.freeze({
    ...now,
    generation: previous.generation,
    value: isSame ? previous.value : now.value,
  });
}

let hashKey: Uint8Array | undefined;

/** A hash of a text that tells nothing of it: a plain one would let whoever reads it guess a short secret. */
export function hashOf(text: string): string {
  // Loading it costs every start some milliseconds, and few ask for the hash.
  const { createHmac, randomBytes } = process.getBuiltinModule("node:crypto");
  hashKey ??= randomBytes(32);
  return createHmac("sha256", hashKey).update(text).digest("base64url");
}

/** All values of a tree as one text, whatever the order of their keys. */
function canonicalText(node: ConfigNode): string {
  if (node.kind === "value") return JSON.stringify(encode(node.value));
  if (node.kind === "list") return `[${node.items.map(canonicalText).join()}]`;
  const keys = [...node.entries.keys()].toSorted();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalText(node.entries.get(key) as ConfigNode)}`).join()}}`;
}

/** A value as text that tells its type as well. */
export function encode(value: ScalarValue): string {
  if (value instanceof Uint8Array) return `bytes:${Buffer.from(value).toString("base64")}`;
  return `${typeof value}:${String(value)}`;
}

interface Protecting {
  path: ConfigPath;
  declared: readonly ConfigPath[];
  tainted: ReadonlySet<string>;
}

function protect(value: unknown, protecting: Protecting): unknown {
  const { path, declared } = protecting;
  if (value === undefined || value === null) return value;
  const isDeclared = declared.some((pattern) => pattern.length === path.length && isWithin(path, pattern));
  if (isDeclared) return Object.freeze(new Secret(freezeCopy(value, { ...protecting, declared: [] })));
  return freezeCopy(value, protecting);
}

function freezeCopy(value: unknown, protecting: Protecting): unknown {
  if (protecting.declared.length === 0 && protecting.tainted.size === 0) return freezePlain(value);
  if (Array.isArray(value)) {
    const copy = value.map((item, at) =>
      protect(item, { ...protecting, path: [...protecting.path, String(at)] }),
    );
    return Object.freeze(hideTainted(copy, protecting));
  }
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    copy[key] = protect(child, { ...protecting, path: [...protecting.path, key] });
  }
  return Object.freeze(hideTainted(copy, protecting));
}

/** The same where there is no secret, for which no path needs to be kept. */
function freezePlain(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(freezePlain));
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) copy[key] = freezePlain(child);
  return Object.freeze(copy);
}

/**
 * A source may know that a value is a secret where the definition does not say so. It is handed out as it is, because
 * its type promises that, but printing the object around it hides it.
 */
function hideTainted<Container extends object>(
  container: Container,
  { path, tainted }: Protecting,
): Container {
  if (tainted.size === 0) return container;
  const hidden = Object.keys(container).filter((key) => {
    const child = (container as Record<string, unknown>)[key];
    // The schema may have made an object of it, such as a URL with a password in it.
    return child !== undefined && child !== null && tainted.has(formatPath([...path, key]));
  });
  if (hidden.length === 0) return container;
  const masked = (): unknown => {
    const stars = Object.fromEntries(hidden.map((key) => [key, mask]));
    return Object.assign(Array.isArray(container) ? [] : {}, container, stars);
  };
  for (const name of ["toJSON", Symbol.for("nodejs.util.inspect.custom"), Symbol.for("Deno.customInspect")]) {
    Object.defineProperty(container, name, { value: masked });
  }
  return container;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
