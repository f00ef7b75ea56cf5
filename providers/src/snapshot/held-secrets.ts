import { formatPath } from "../tree/config-path.ts";
import type { ConfigPath } from "../tree/config-path.ts";
import { leavesOf } from "../tree/config-tree.ts";
import type { ConfigNode, ObjectNode } from "../tree/config-tree.ts";
import type { SecretTest } from "./snapshot.ts";

/** Shorter ones stand in other texts by chance. */
const leastLength = 4;

/**
 * The paths of what a schema made itself, as the `transform` of a URL from its parts, and that has a secret in it: its
 * sources say nothing of it.
 */
export function heldSecrets(
  output: unknown,
  { tree, isSecret }: { tree: ObjectNode; isSecret: SecretTest },
): readonly string[] {
  const secrets = secretTexts(tree, isSecret);
  if (secrets.length === 0) return [];
  return [...madeBySchema(output, tree, [])]
    .filter(({ text }) => secrets.some((secret) => text.includes(secret) || decoded(text).includes(secret)))
    .map(({ path }) => formatPath(path));
}

function secretTexts(tree: ObjectNode, isSecret: SecretTest): readonly string[] {
  const texts = new Set<string>();
  for (const { path, node } of leavesOf(tree)) {
    const text = typeof node.value === "string" || typeof node.value === "number" ? String(node.value) : "";
    if (text.length >= leastLength && isSecret(path, node)) texts.add(text);
  }
  return [...texts];
}

/** A text as it was before it became part of a URL. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Texts that are not what the sources have at their path. */
function* madeBySchema(
  value: unknown,
  node: ConfigNode | undefined,
  path: ConfigPath,
): Generator<{ path: ConfigPath; text: string }> {
  if (typeof value === "string") {
    if (node?.kind !== "value" || node.value !== value) yield { path, text: value };
  } else if (value instanceof URL) {
    yield { path, text: value.href };
  } else if (Array.isArray(value)) {
    const items = node?.kind === "list" ? node.items : [];
    for (const [at, item] of value.entries()) yield* madeBySchema(item, items[at], [...path, String(at)]);
  } else if (isPlainObject(value)) {
    const entries = node?.kind === "object" ? node.entries : undefined;
    for (const [key, child] of Object.entries(value))
      yield* madeBySchema(child, entries?.get(key), [...path, key]);
  }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
