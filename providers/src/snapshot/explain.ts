import { mask } from "@dext/core";
import { formatPath, parsePath } from "../tree/config-path.ts";
import type { ConfigPath } from "../tree/config-path.ts";
import { childrenOf, describeOrigin, findNode, leavesOf } from "../tree/config-tree.ts";
import type { ConfigNode, Origin, ScalarValue } from "../tree/config-tree.ts";
import type { SecretTest, Snapshot } from "./snapshot.ts";

/** A value with the place where it was written. */
export interface ExplainedValue {
  /** `***` for secrets; lists and objects as JSON. */
  readonly value: ScalarValue;
  readonly origin: Origin;
}

/** Where one value comes from. */
export interface Explanation extends ExplainedValue {
  readonly path: string;
  readonly secret: boolean;
  /** What it hides in lower layers, nearest first. */
  readonly shadowed: readonly ExplainedValue[];
}

/** Explains the values at and below a path; none when no source has one. */
export function explainPath(
  snapshot: Snapshot,
  { path, isSecret }: { path: string; isSecret: SecretTest },
): readonly Explanation[] {
  const found = findNode(snapshot.tree, parsePath(path));
  if (found === undefined) return [];
  return placesOf(snapshot.tree, { wanted: found.path })
    .filter((place) => place.path.length > 0)
    .map(({ path: at, node, hidden }): Explanation => {
      const secret = isSecret(at, node);
      return {
        path: formatPath(at),
        value: secret ? mask : printable(node),
        origin: node.origin,
        secret,
        shadowed: hidden.map((each) => ({
          value:
            secret || holdsSecret(each.node, { path: each.path, isSecret }) ? mask : printable(each.node),
          origin: each.node.origin,
        })),
      };
    });
}

/** The explanations as lines for a person. */
export function formatExplanations(explanations: readonly Explanation[]): string {
  return explanations
    .map(({ path, value, origin, shadowed }) => {
      const lines = [`${path} = ${formatValue(value)}`, `  from ${describeOrigin(origin)}`];
      for (const each of shadowed)
        lines.push(`  over ${formatValue(each.value)} from ${describeOrigin(each.origin)}`);
      return lines.join("\n");
    })
    .join("\n");
}

function formatValue(value: ScalarValue): string {
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  return typeof value === "string" && value !== mask ? JSON.stringify(value) : String(value);
}

interface Place {
  path: ConfigPath;
  node: ConfigNode;
  /** What it and the lists and objects that it stands in hide, nearest first. */
  hidden: readonly { path: ConfigPath; node: ConfigNode }[];
}

/** The values, and the lists and objects without content, at and below a path. */
function placesOf(
  node: ConfigNode,
  { wanted, path = [], above = [] }: { wanted: ConfigPath; path?: ConfigPath; above?: Place["hidden"] },
): readonly Place[] {
  const hidden = [...shadowedOf(node).map((each) => ({ path, node: each })), ...above];
  const children = node.kind === "value" ? [] : childrenOf(node);
  if (children.length === 0) return [{ path, node, hidden }];
  const next = wanted[path.length];
  return children
    .filter(([key]) => next === undefined || key === next)
    .flatMap(([key, child]) => placesOf(child, { wanted, path: [...path, key], above: hidden }));
}

/** Everything that a node hides, nearest first. */
function shadowedOf({ over }: ConfigNode): readonly ConfigNode[] {
  return over === undefined ? [] : [over, ...shadowedOf(over)];
}

function holdsSecret(
  node: ConfigNode,
  { path, isSecret }: { path: ConfigPath; isSecret: SecretTest },
): boolean {
  return [...leavesOf(node, path)].some((leaf) => isSecret(leaf.path, leaf.node));
}

function printable(node: ConfigNode): ScalarValue {
  return node.kind === "value" ? node.value : JSON.stringify(plain(node));
}

function plain(node: ConfigNode): unknown {
  if (node.kind === "value") return typeof node.value === "bigint" ? String(node.value) : node.value;
  if (node.kind === "list") return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([key, child]) => [key, plain(child)]));
}
