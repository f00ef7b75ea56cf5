import { configError } from "../config-error.ts";
import { formatPath, sameKey } from "./config-path.ts";
import type { ConfigPath } from "./config-path.ts";

/** Where a value was written. */
export interface Origin {
  /** The kind of source: `file`, `env`, `vault` … */
  readonly provider: string;
  /** For a person: `config.yaml:3:7`, `APP__DB__HOST`, `secret/data/api (version 4)`. */
  readonly location: string;
  /** The same for programs: `file`, `line`, `column`, `variable`, `version` … */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** What a source can hold at a leaf. */
export type ScalarValue = string | number | bigint | boolean | null | Uint8Array;

/** A single value. */
export interface ValueNode {
  readonly kind: "value";
  readonly value: ScalarValue;
  readonly origin: Origin;
  /** The source says that it is a secret. */
  readonly secret: boolean;
  /** `${…}` in it refers to other values. Only what a person wrote as configuration may; data of a vault must not. */
  readonly references: boolean;
  /** What it hides in a lower layer, which may hide something itself. */
  readonly over: ConfigNode | undefined;
}

/** Values in order. */
export interface ListNode {
  readonly kind: "list";
  readonly items: readonly ConfigNode[];
  readonly origin: Origin;
  /** What it hides in a lower layer, which may hide something itself. */
  readonly over: ConfigNode | undefined;
}

/** Values by key. */
export interface ObjectNode {
  readonly kind: "object";
  readonly entries: ReadonlyMap<string, ConfigNode>;
  readonly origin: Origin;
  /** Keys came from names that know no case (`APP__DB__HOST`): they are fitted to the schema and to lower layers. */
  readonly loose: boolean;
  /** What it hides in a lower layer, which may hide something itself. */
  readonly over: ConfigNode | undefined;
}

export type ConfigNode = ValueNode | ListNode | ObjectNode;

/** What of a value is not the rule. */
export interface ValueOptions {
  origin: Origin;
  secret?: boolean;
  references?: boolean;
}

/** A node for a single value. */
export function valueNode(
  value: ScalarValue,
  { origin, secret = false, references = false }: ValueOptions,
): ValueNode {
  return { kind: "value", value, origin, secret, references, over: undefined };
}

/** A node for a list. */
export function listNode(items: readonly ConfigNode[], origin: Origin): ListNode {
  return { kind: "list", items, origin, over: undefined };
}

/**
 * A node for keys and their values.
 *
 * @throws DextError `DEXT_CONFIG_KEY_REFUSED` for `__proto__`, `constructor` and `prototype`
 */
export function objectNode(
  entries: Iterable<readonly [string, ConfigNode]>,
  { origin, loose = false }: { origin: Origin; loose?: boolean },
): ObjectNode {
  const map = new Map<string, ConfigNode>();
  for (const [key, node] of entries) {
    refuseDangerousKey(key, node.origin);
    map.set(key, node);
  }
  return { kind: "object", entries: map, origin, loose, over: undefined };
}

/**
 * A tree from values with a path each, as the environment or a key-value store has them. A path that is also the
 * beginning of another one is a clash.
 *
 * @throws DextError `DEXT_CONFIG_TYPE_CLASH`
 */
export function treeOfPaths(
  values: Iterable<{ path: ConfigPath; node: ConfigNode }>,
  { origin, loose = false }: { origin: Origin; loose?: boolean },
): ObjectNode {
  const root: Branch = { children: new Map() };
  for (const { path, node } of values) place(root, { path, node });
  return toObject(root, { origin, loose });
}

/** The node at a path, or undefined. Keys are compared exactly. */
export function nodeAt(root: ConfigNode, path: ConfigPath): ConfigNode | undefined {
  let node: ConfigNode | undefined = root;
  for (const key of path) {
    if (node?.kind === "object") node = node.entries.get(key);
    else if (node?.kind === "list") node = node.items[Number(key)];
    else return undefined;
  }
  return node;
}

/** The node at a path as a person writes it, without regard to case. */
export function findNode(
  root: ConfigNode,
  path: ConfigPath,
): { node: ConfigNode; path: ConfigPath } | undefined {
  let node: ConfigNode = root;
  const exact: string[] = [];
  for (const key of path) {
    let name = key;
    let next: ConfigNode | undefined;
    if (node.kind === "list") next = node.items[Number(key)];
    else if (node.kind === "object") {
      name = node.entries.has(key)
        ? key
        : ([...node.entries.keys()].find((each) => sameKey(each, key)) ?? key);
      next = node.entries.get(name);
    }
    if (next === undefined) return undefined;
    exact.push(name);
    node = next;
  }
  return { node, path: exact };
}

/** All single values of a tree with their paths, in order. */
export function leavesOf(
  root: ConfigNode,
  path: ConfigPath = [],
): readonly { path: ConfigPath; node: ValueNode }[] {
  const leaves: { path: ConfigPath; node: ValueNode }[] = [];
  const visit = (node: ConfigNode, at: ConfigPath): void => {
    if (node.kind === "value") leaves.push({ path: at, node });
    else if (node.kind === "list")
      for (const [index, item] of node.items.entries()) visit(item, [...at, String(index)]);
    else for (const [key, child] of node.entries) visit(child, [...at, key]);
  };
  visit(root, path);
  return leaves;
}

/** All single values of a tree, and all lists and objects that hold nothing, with their paths, in order. */
export function endsOf(
  root: ConfigNode,
  path: ConfigPath = [],
): readonly { path: ConfigPath; node: ConfigNode }[] {
  const children = root.kind === "value" ? [] : childrenOf(root);
  if (children.length === 0) return [{ path, node: root }];
  return children.flatMap(([key, child]) => endsOf(child, [...path, key]));
}

/** What stands directly below a list or an object, by key. */
export function childrenOf(node: ListNode | ObjectNode): readonly (readonly [string, ConfigNode])[] {
  if (node.kind === "list") return node.items.map((item, at) => [String(at), item] as const);
  return [...node.entries];
}

/** The tree as plain values: what a schema validates. Every call makes new objects. */
export function toPlain(node: ConfigNode): unknown {
  if (node.kind === "value") return node.value;
  if (node.kind === "list") return node.items.map(toPlain);
  const plain: Record<string, unknown> = {};
  for (const [key, child] of node.entries) plain[key] = toPlain(child);
  return plain;
}

/** One value at the one place, another in the same source below it. */
export function typeClash(
  path: ConfigPath,
  { lower, upper }: { lower: ConfigNode; upper: ConfigNode },
): Error {
  return configError(
    "DEXT_CONFIG_TYPE_CLASH",
    `"${formatPath(path)}" is ${describeKind(lower)} in ${describeOrigin(lower.origin)} and ${describeKind(upper)} in ${describeOrigin(upper.origin)}`,
    {
      hint: "Give it the same form in both places, or remove it from one.",
      details: { path: formatPath(path), lower: lower.origin, upper: upper.origin },
    },
  );
}

/** `env APP__DB__HOST`, `file config.yaml:3:7`. */
export function describeOrigin({ provider, location }: Origin): string {
  return location === "" ? provider : `${provider} ${location}`;
}

/** Whether an object that is given this key may get or change a prototype by it. */
export function reachesPrototype(key: string): boolean {
  return key === "__proto__" || key === "constructor" || key === "prototype";
}

/** @throws DextError `DEXT_CONFIG_KEY_REFUSED` */
export function refuseDangerousKey(key: string, origin: Origin): void {
  if (!reachesPrototype(key)) return;
  throw configError(
    "DEXT_CONFIG_KEY_REFUSED",
    `The key "${key}" in ${describeOrigin(origin)} is refused: it reaches the prototype of objects`,
    { hint: "Rename the key.", details: { key, origin } },
  );
}

interface Branch {
  node?: ConfigNode;
  children: Map<string, Branch>;
}

function place(root: Branch, { path, node }: { path: ConfigPath; node: ConfigNode }): void {
  let branch = root;
  for (const key of path) {
    refuseDangerousKey(key, node.origin);
    let next = branch.children.get(key);
    if (next === undefined) branch.children.set(key, (next = { children: new Map() }));
    branch = next;
  }
  branch.node = node;
}

function toObject(
  branch: Branch,
  options: { origin: Origin; loose: boolean },
  path: ConfigPath = [],
): ObjectNode {
  const entries: [string, ConfigNode][] = [];
  for (const [key, child] of branch.children) entries.push([key, toNode(child, options, [...path, key])]);
  const origin = entries[0]?.[1].origin ?? options.origin;
  return objectNode(entries, { ...options, origin: path.length === 0 ? options.origin : origin });
}

function toNode(branch: Branch, options: { origin: Origin; loose: boolean }, path: ConfigPath): ConfigNode {
  if (branch.children.size === 0 && branch.node !== undefined) return branch.node;
  const object = toObject(branch, options, path);
  if (branch.node !== undefined) throw typeClash(path, { lower: branch.node, upper: object });
  return object;
}

function describeKind(node: ConfigNode): string {
  if (node.kind === "list") return "a list";
  if (node.kind === "object") return "an object";
  return node.value === null ? "null" : "a single value";
}
