import { isSecret as isHidden, Secret } from "@dext/core";
import { configError } from "../config-error.ts";
import { nameOfKey } from "../names/name-of-key.ts";
import { shapeBelow } from "../schema/shape.ts";
import type { Shape } from "../schema/shape.ts";
import { formatPath, isWithin, parsePath } from "../tree/config-path.ts";
import type { ConfigPath } from "../tree/config-path.ts";
import { describeOrigin, leavesOf, listNode, objectNode, toPlain, valueNode } from "../tree/config-tree.ts";
import type { ConfigNode, ObjectNode, Origin, ScalarValue } from "../tree/config-tree.ts";
import type { SecretTest, Snapshot } from "./snapshot.ts";

/** A value as a program that is started is given it. */
export interface ConfigVariable {
  /** `DB__HOST`, `LIST__0`. */
  readonly name: string;
  /** Absent: the value is null, and the variable is not set. Hidden when it is a secret. */
  readonly value?: string | Secret;
  /** `db.host`, `list.0`. */
  readonly path: string;
  readonly origin: Origin;
}

/** What the variables of a snapshot depend on. */
export interface VariablesOptions {
  /** Which values: paths with what is below them, `*` for any key. */
  paths: readonly string[];
  /** Stands before every name. */
  prefix: string;
  shape: Shape | undefined;
  isSecret: SecretTest;
}

const fromSchema: Origin = { provider: "schema", location: "its default" };

/**
 * Values as environment variables, from which the source `env` makes the same values again.
 *
 * @throws DextError `DEXT_CONFIG_VARIABLE_IMPOSSIBLE`
 */
export function variablesOf(
  snapshot: Snapshot,
  { paths, ...options }: VariablesOptions,
): readonly ConfigVariable[] {
  const patterns = paths.map(parsePath);
  const tree = withDefaults(snapshot.tree, snapshot.value);
  const isWanted = (path: ConfigPath): boolean => patterns.some((pattern) => isWithin(path, pattern));
  const isSecret: SecretTest = (path, node) =>
    options.isSecret(path, node) || (snapshot.held.size > 0 && snapshot.held.has(formatPath(path)));
  const variables = collect(tree, { ...options, isSecret, isWanted, path: [], names: [] });
  refuseTwice(variables);
  return variables;
}

interface Collecting extends Omit<VariablesOptions, "paths"> {
  isWanted: (path: ConfigPath) => boolean;
  path: ConfigPath;
  names: readonly string[];
}

function collect(node: ConfigNode, collecting: Collecting): readonly ConfigVariable[] {
  const { isWanted, path } = collecting;
  if (node.kind === "value") return isWanted(path) ? [variable(node, collecting)] : [];
  if (node.kind === "object") {
    if (node.entries.size === 0) return isWanted(path) && path.length > 0 ? [asJson(node, collecting)] : [];
    return [...node.entries].flatMap(([key, child]) => collect(child, below(collecting, key)));
  }
  const items = node.items.map((item, index) => collect(item, below(collecting, String(index))));
  // Names with an index cannot say that there are no elements, nor that one is null.
  const isTold = items.length > 0 && items.every((each) => each.some(({ value }) => value !== undefined));
  return isTold || !isWanted(path) ? items.flat() : [asJson(node, collecting)];
}

function below({ path, names, shape, ...rest }: Collecting, key: string): Collecting {
  return {
    ...rest,
    path: [...path, key],
    names: [...names, nameOfKey(key, shape)],
    shape: shapeBelow(shape, key),
  };
}

function variable(
  node: ConfigNode & { kind: "value" },
  { path, names, prefix, isSecret }: Collecting,
): ConfigVariable {
  const about = { name: prefix + names.join("__"), path: formatPath(path), origin: node.origin };
  refuseName(about, path);
  if (node.value === null) return about;
  return { ...about, value: hiddenIf(isSecret(path, node), textOf(node.value, about)) };
}

/** A list or an object in one variable, which `env` reads as what it is where the schema wants one. */
function asJson(node: ConfigNode, { path, names, prefix, isSecret }: Collecting): ConfigVariable {
  const about = { name: prefix + names.join("__"), path: formatPath(path), origin: node.origin };
  refuseName(about, path);
  const text = JSON.stringify(toPlain(node), (_key, value: unknown) =>
    typeof value === "bigint" ? Number(value) : value instanceof Uint8Array ? base64(value) : value,
  );
  const isAnySecret = leavesOf(node, path).some((leaf) => isSecret(leaf.path, leaf.node));
  return { ...about, value: hiddenIf(isAnySecret, text) };
}

function textOf(value: Exclude<ScalarValue, null>, about: Omit<ConfigVariable, "value">): string {
  const text = value instanceof Uint8Array ? base64(value) : String(value);
  if (text.includes("\0")) throw impossible(about, "it has a NUL character in it");
  return text;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function hiddenIf(secret: boolean, text: string): string | Secret {
  return secret ? new Secret(text) : text;
}

/** What no source has and the schema fills in, so that programs of every language are given it. */
function withDefaults(tree: ObjectNode, value: unknown): ObjectNode {
  if (!isPlainObject(value)) return tree;
  const entries = new Map(tree.entries);
  for (const [key, given] of Object.entries(value)) {
    const present = entries.get(key);
    const node =
      present === undefined
        ? nodeOf(given)
        : present.kind === "object"
          ? withDefaults(present, given)
          : present;
    if (node !== undefined) entries.set(key, node);
  }
  return { ...tree, entries };
}

function nodeOf(value: unknown, secret = false): ConfigNode | undefined {
  if (isHidden(value)) return nodeOf(value.reveal(), true);
  if (Array.isArray(value)) {
    const items = value.map((item) => nodeOf(item, secret));
    return items.every((item) => item !== undefined) ? listNode(items, fromSchema) : undefined;
  }
  if (isPlainObject(value)) {
    const entries = Object.entries(value).flatMap(([key, child]) => {
      const node = nodeOf(child, secret);
      return node === undefined ? [] : [[key, node] as const];
    });
    return objectNode(entries, { origin: fromSchema });
  }
  const isScalar = ["string", "number", "bigint", "boolean"].includes(typeof value);
  if (!isScalar && value !== null && !(value instanceof Uint8Array)) return undefined;
  return valueNode(value as ScalarValue, { origin: fromSchema, secret });
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refuseName(about: Omit<ConfigVariable, "value">, path: ConfigPath): void {
  const bad = path.find((key) => key === "" || key.includes("__") || /[=\0]/.test(key));
  if (bad === undefined) return;
  throw impossible(about, `${JSON.stringify(bad)} cannot be part of the name of a variable`);
}

function refuseTwice(variables: readonly ConfigVariable[]): void {
  const known = new Map<string, ConfigVariable>();
  for (const each of variables) {
    const other = known.get(each.name);
    if (other !== undefined) throw impossible(each, `"${other.path}" is ${each.name} as well`);
    known.set(each.name, each);
  }
}

function impossible({ name, path, origin }: Omit<ConfigVariable, "value">, because: string): Error {
  return configError(
    "DEXT_CONFIG_VARIABLE_IMPOSSIBLE",
    `"${path}" (${describeOrigin(origin)}) cannot be given as an environment variable: ${because}`,
    { hint: "Rename the key, or leave it out of the keys that are given.", details: { path, name } },
  );
}
