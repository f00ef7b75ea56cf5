import { mask } from "@dext/core";
import { formatPath, isWithin } from "../tree/config-path.ts";
import type { ConfigPath } from "../tree/config-path.ts";
import { endsOf } from "../tree/config-tree.ts";
import type { ConfigNode, ObjectNode, Origin, ScalarValue } from "../tree/config-tree.ts";
import { encode } from "./snapshot.ts";
import type { SecretTest } from "./snapshot.ts";

/** One value that is not what it was. Secrets are shown as `***`, lists and objects without content as `[]` and `{}`. */
export interface ConfigChange {
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  readonly previous?: ScalarValue;
  readonly next?: ScalarValue;
  /** Where the new value stands, or where the removed one stood. */
  readonly origin: Origin;
}

/** All values that differ, by path. */
export function diffTrees(
  trees: { previous: ObjectNode; next: ObjectNode },
  isSecret: SecretTest,
): readonly ConfigChange[] {
  const before = endMap(trees.previous);
  const after = endMap(trees.next);
  const changes: Found[] = [];
  for (const [key, { path, node }] of after) {
    const old = before.get(key);
    const { origin } = node;
    if (old === undefined) {
      const next = shown(path, node, isSecret);
      changes.push({ path, node, change: { path: key, kind: "added", next, origin } });
    } else if (identityOf(old.node) !== identityOf(node)) {
      const secret = isSecret(path, old.node) || isSecret(path, node);
      const previous = secret ? mask : plainOf(old.node);
      const next = secret ? mask : plainOf(node);
      changes.push({ path, node, change: { path: key, kind: "changed", previous, next, origin } });
    }
  }
  for (const [key, { path, node }] of before) {
    if (after.has(key)) continue;
    const previous = shown(path, node, isSecret);
    changes.push({ path, node, change: { path: key, kind: "removed", previous, origin: node.origin } });
  }
  return changes
    .filter((each) => !isTold(each, changes))
    .map(({ change }) => change)
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/** Whether a change touches what stands at a path. */
export function touches(changed: ConfigPath, watched: ConfigPath): boolean {
  return isWithin(changed, watched) || isWithin(watched, changed);
}

interface Found {
  path: ConfigPath;
  node: ConfigNode;
  change: ConfigChange;
}

/** That a list is filled or emptied is told by its elements. */
function isTold({ path, node, change }: Found, changes: readonly Found[]): boolean {
  if (node.kind === "value" || change.kind === "changed") return false;
  return changes.some((other) => other.path.length > path.length && startsWith(other.path, path));
}

function startsWith(path: ConfigPath, start: ConfigPath): boolean {
  return start.every((key, at) => key === path[at]);
}

function endMap(tree: ObjectNode): Map<string, { path: ConfigPath; node: ConfigNode }> {
  return new Map(endsOf(tree).map((end) => [formatPath(end.path), end]));
}

function identityOf(node: ConfigNode): string {
  return node.kind === "value" ? encode(node.value) : node.kind;
}

function shown(path: ConfigPath, node: ConfigNode, isSecret: SecretTest): ScalarValue {
  return isSecret(path, node) ? mask : plainOf(node);
}

function plainOf(node: ConfigNode): ScalarValue {
  if (node.kind === "value") return node.value;
  return node.kind === "list" ? "[]" : "{}";
}
