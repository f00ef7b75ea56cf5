import { isDextError, nearestName } from "@dext/core";
import type { Clock } from "@dext/core";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { configError } from "../config-error.ts";
import { formatPath } from "../tree/config-path.ts";
import type { ConfigPath } from "../tree/config-path.ts";
import { describeOrigin, nodeAt, toPlain } from "../tree/config-tree.ts";
import type { ConfigNode, ObjectNode, Origin, ValueNode } from "../tree/config-tree.ts";
import { readBoolean, readNumber } from "./coerce.ts";
import { isClosed, shapeBelow } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** One value that does not fit. */
export interface ConfigFault {
  readonly path: string;
  /** What is wrong; never holds the value of a secret. */
  readonly message: string;
  /** Absent when no source has the value. */
  readonly origin?: Origin;
}

/** What validation needs to know besides the values. */
export interface ValidateOptions {
  schema: StandardSchemaV1 | undefined;
  shape: Shape | undefined;
  /** Keys that the schema does not name are faults. */
  strict: boolean;
  isSecret: (path: ConfigPath, node: ConfigNode | undefined) => boolean;
  /** Milliseconds for a schema that works asynchronously. */
  timeout: number;
  clock: Clock;
  /** Ends the wait for it early. */
  signal?: AbortSignal | undefined;
}

/** A value that fits the schema, with the tree that it was made from. */
export interface Validated {
  readonly output: unknown;
  readonly tree: ObjectNode;
}

/**
 * Validates a tree.
 *
 * @throws DextError `DEXT_CONFIG_INVALID` with every fault and its origin in `details.faults`;
 * `DEXT_CONFIG_VALIDATION_TIMEOUT`; `DEXT_CONFIG_SCHEMA_FAILED`
 */
export async function validateTree(tree: ObjectNode, options: ValidateOptions): Promise<Validated> {
  const { schema, shape, strict } = options;
  const unknown = strict && shape !== undefined ? [...unknownKeys(tree, { shape, path: [] })] : [];
  if (schema === undefined) return { output: toPlain(tree), tree };
  let candidate = tree;
  let result = await runSchema(schema, candidate, options);
  if (result.issues !== undefined) {
    const guessed = await guessTypes(candidate, { ...options, schema, issues: result.issues });
    if (guessed !== undefined) ({ tree: candidate, result } = guessed);
  }
  const faults = [
    ...unknown,
    ...(result.issues ?? []).flatMap((issue) => toFaults(issue, { ...options, tree: candidate })),
  ];
  if (faults.length > 0) throw invalid(faults);
  return { output: (result as StandardSchemaV1.SuccessResult<unknown>).value, tree: candidate };
}

async function runSchema(
  schema: StandardSchemaV1,
  tree: ObjectNode,
  options: ValidateOptions,
): Promise<StandardSchemaV1.Result<unknown>> {
  try {
    const result = schema["~standard"].validate(toPlain(tree));
    return result instanceof Promise ? await inTime(result, options) : result;
  } catch (error) {
    throw isDextError(error) ? error : threw(error, { tree, ...options });
  }
}

function inTime<Result>(
  result: Promise<Result>,
  { timeout, clock, signal }: ValidateOptions,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => finish(() => reject(signal?.reason as Error));
    const timer = clock.setTimer(() => finish(() => reject(tooSlow(timeout))), { milliseconds: timeout });
    const finish = (settle: () => void): void => {
      timer.clear();
      signal?.removeEventListener("abort", giveUp);
      settle();
    };
    signal?.addEventListener("abort", giveUp, { once: true });
    if (signal?.aborted === true) giveUp();
    result.then(
      (value) => finish(() => resolve(value)),
      (error: unknown) => finish(() => reject(error)),
    );
  });
}

/**
 * For schemas that do not tell what they want: text at a place that they refuse is tried as a number and as a boolean.
 * A guess stays only where it makes the fault go away.
 */
async function guessTypes(
  tree: ObjectNode,
  options: ValidateOptions & { schema: StandardSchemaV1; issues: readonly StandardSchemaV1.Issue[] },
): Promise<{ tree: ObjectNode; result: StandardSchemaV1.Result<unknown> } | undefined> {
  const { schema } = options;
  let refused = placesOf(options.issues);
  let present = tree;
  let result: StandardSchemaV1.Result<unknown> | undefined;
  for (const read of [readNumber, readBoolean]) {
    const guessed = new Map<string, ValueNode>();
    for (const [key, path] of refused) {
      const node = nodeAt(present, path);
      if (node?.kind !== "value" || typeof node.value !== "string") continue;
      const value = read(node.value);
      if (value !== undefined) guessed.set(key, { ...node, value });
    }
    if (guessed.size === 0) continue;
    const tried = replaceValues(present, guessed);
    const outcome = await tryGuess(schema, tried, options);
    if (outcome === undefined) continue;
    const remaining = placesOf(outcome.issues ?? []);
    const kept = new Map([...guessed].filter(([key]) => !remaining.has(key)));
    if (kept.size === 0) continue;
    const better = replaceValues(present, kept);
    const next = await tryGuess(schema, better, options);
    if (next === undefined) continue;
    present = better;
    result = next;
    refused = placesOf(result.issues ?? []);
    if (refused.size === 0) break;
  }
  return result === undefined ? undefined : { tree: present, result };
}

/** What the schema says of a guess; undefined where it throws, because it counts on a text there. */
async function tryGuess(
  schema: StandardSchemaV1,
  tree: ObjectNode,
  options: ValidateOptions,
): Promise<StandardSchemaV1.Result<unknown> | undefined> {
  try {
    return await runSchema(schema, tree, options);
  } catch (error) {
    if (isDextError(error) && error.code === "DEXT_CONFIG_SCHEMA_FAILED") return undefined;
    throw error;
  }
}

function placesOf(issues: readonly StandardSchemaV1.Issue[]): Map<string, ConfigPath> {
  return new Map(
    issues.map((issue) => {
      const path = pathOf(issue);
      return [formatPath(path), path] as const;
    }),
  );
}

function replaceValues(root: ObjectNode, values: ReadonlyMap<string, ValueNode>): ObjectNode {
  const within = (node: ConfigNode, path: ConfigPath): ConfigNode => {
    if (node.kind === "value") return values.get(formatPath(path)) ?? node;
    if (node.kind === "list") {
      return { ...node, items: node.items.map((item, at) => within(item, [...path, String(at)])) };
    }
    const entries = new Map<string, ConfigNode>();
    for (const [key, child] of node.entries) entries.set(key, within(child, [...path, key]));
    return { ...node, entries };
  };
  return within(root, []) as ObjectNode;
}

function pathOf({ path = [] }: StandardSchemaV1.Issue): ConfigPath {
  return path.map((step) => String(typeof step === "object" ? step.key : step));
}

function toFaults(
  issue: StandardSchemaV1.Issue,
  { tree, isSecret }: Pick<ValidateOptions, "isSecret"> & { tree: ObjectNode },
): readonly ConfigFault[] {
  const path = pathOf(issue);
  const node = nodeAt(tree, path);
  const text = formatPath(path);
  if (node === undefined)
    return [{ path: text, message: "is not set in any source, and the schema wants it" }];
  if (!holdsSecret(node, { path, isSecret }))
    return [{ path: text, message: issue.message, origin: node.origin }];
  const unknown = unrecognizedKeys(issue).map((key) => ({
    path: formatPath([...path, key]),
    message: "is not known to the schema",
    origin: nodeAt(node, [key])?.origin ?? node.origin,
  }));
  if (unknown.length > 0) return unknown;
  // A validator may repeat what it was given, whole or in part.
  const message = "is not what the schema wants (its words are held back, because the value is a secret)";
  return [{ path: text, message, origin: node.origin }];
}

/** Zod tells the keys that a strict object does not know by one issue for the object. */
function unrecognizedKeys(
  issue: StandardSchemaV1.Issue & { code?: unknown; keys?: unknown },
): readonly string[] {
  return issue.code === "unrecognized_keys" && Array.isArray(issue.keys) ? issue.keys.map(String) : [];
}

/** Also an object is secret when anything in it is: its validator may quote all of it. */
function holdsSecret(
  node: ConfigNode,
  { path, isSecret }: { path: ConfigPath; isSecret: ValidateOptions["isSecret"] },
): boolean {
  if (isSecret(path, node)) return true;
  if (node.kind === "value") return false;
  const children =
    node.kind === "list" ? node.items.map((item, at) => [String(at), item] as const) : [...node.entries];
  return children.some(([key, child]) => holdsSecret(child, { path: [...path, key], isSecret }));
}

function* unknownKeys(
  node: ConfigNode,
  { shape, path }: { shape: Shape; path: ConfigPath },
): Generator<ConfigFault> {
  if (node.kind === "value") return;
  const children =
    node.kind === "list" ? node.items.map((item, at) => [String(at), item] as const) : [...node.entries];
  for (const [key, child] of children) {
    const below = shapeBelow(shape, key);
    const here = [...path, key];
    if (below !== undefined) yield* unknownKeys(child, { shape: below, path: here });
    else if (node.kind === "object" && isClosed(shape)) {
      const nearest = nearestName(key, [...shape.properties.keys()]);
      yield {
        path: formatPath(here),
        message: `is not known to the schema${nearest === undefined ? "" : `; did you mean "${formatPath([...path, nearest])}"?`}`,
        origin: child.origin,
      };
    }
  }
}

function invalid(faults: readonly ConfigFault[]): Error {
  const lines = faults.map(({ path, message, origin }) => {
    const where = origin === undefined ? "" : ` (${describeOrigin(origin)})`;
    return `  ${path === "" ? "the whole" : `"${path}"`}: ${message}${where}`;
  });
  const count = faults.length === 1 ? "1 value does" : `${faults.length} values do`;
  return configError("DEXT_CONFIG_INVALID", `${count} not fit the schema:\n${lines.join("\n")}`, {
    hint: "Correct the values where they were written.",
    details: { faults },
  });
}

/** What it says may quote what it was given: where there are secrets, only the place is told. */
function threw(
  error: unknown,
  { tree, isSecret }: Pick<ValidateOptions, "isSecret"> & { tree: ObjectNode },
): Error {
  const hidden = holdsSecret(tree, { path: [], isSecret });
  const reason = error instanceof Error ? error.message : String(error);
  const words = hidden
    ? " (its words are held back, because there are secrets among the values)"
    : `: ${reason}`;
  const place = ownPlace(error);
  const where = place === undefined ? "" : ` at ${place}`;
  return configError("DEXT_CONFIG_SCHEMA_FAILED", `The schema threw an error${where}${words}`, {
    hint: "Let it report what does not fit instead of throwing.",
    ...(hidden ? {} : { cause: error }),
    details: place === undefined ? {} : { place },
  });
}

/** `    at Object.transform (file:///app/config.ts:3:13)` → the place of the first line that is of no library. */
function ownPlace(error: unknown): string | undefined {
  const lines = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  return lines
    .filter((line) => !line.includes("/node_modules/"))
    .map((line) => /^\s+at .*?((?:file:\/\/)?\/[^()]*:\d+:\d+)\)?$/.exec(line)?.[1])
    .find((place) => place !== undefined);
}

function tooSlow(timeout: number): Error {
  return configError("DEXT_CONFIG_VALIDATION_TIMEOUT", `The schema came to no result within ${timeout} ms`, {
    hint: 'Make its asynchronous checks faster, or raise "validationTimeout".',
  });
}
