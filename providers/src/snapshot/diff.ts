import { mask } from "@dext/core";
import { formatPath, isWithin } from "../tree/config-path.ts";
import type { ConfigPath } from "../tree/config-path.ts";
import { leavesOf } from "../tree/config-tree.ts";
import type { ObjectNode, Origin, ScalarValue, ValueNode } from "../tree/config-tree.ts";
import { encode } from "./snapshot.ts";
import type { SecretTest } from "./snapshot.ts";

/** One value that is not what it was. Secrets are shown as `***`. */
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
  { previous, next }: { previous: ObjectNode; next: ObjectNode },
  isSecret: SecretTest,
): readonly ConfigChange[] {
  const before = leafMap(previous);
  const after = leafMap(next);
  const changes: ConfigChange[] = [];
  for (const [key, { path, node }] of after) {
    const old = before.get(key);
    if (old === undefined) {
      changes.push({ path: key, kind: "added", next: shown(path, node, isSecret), origin: node.origin });
    } else if (encode(old.node.value) !== encode(node.value)) {
      const secret = isSecret(path, old.node) || isSecret(path, node);
      changes.push({
        path: key,
        kind: "changed",
        previous: secret ? mask : old.node.value,
        next: secret ? mask : node.value,
        origin: node.origin,
      });
    }
  }
  for (const [key, { path, node }] of before) {
    if (after.has(key)) continue;
    changes.push({ path: key, kind: "removed", previous: shown(path, node, isSecret), origin: node.origin });
  }
  return changes.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/** Whether a change touches what stands at a path. */
export function touches(changed: ConfigPath, watched: ConfigPath): boolean {
  return isWithin(changed, watched) || isWithin(watched, changed);
}

function leafMap(tree: ObjectNode): Map<string, { path: ConfigPath; node: ValueNode }> {
  return new Map([...leavesOf(tree)].map((leaf) => [formatPath(leaf.path), leaf]));
}

function shown(path: ConfigPath, node: ValueNode, isSecret: SecretTest): ScalarValue {
  return isSecret(path, node) ? mask : node.value;
}
