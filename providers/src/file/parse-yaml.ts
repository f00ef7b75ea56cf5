import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Alias, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { listNode, objectNode, valueNode } from "../tree/config-tree.ts";
import type { ConfigNode, ScalarValue } from "../tree/config-tree.ts";
import { invalidFile } from "./file-error.ts";
import { originIn } from "./formats.ts";
import type { ParsedText, TextPlace } from "./formats.ts";

/**
 * Reads YAML 1.2 (core schema): `no`, `on` and dates are text, `0123` is 123, `0o17` is octal, `<<` merges, `!!binary` gives
 * bytes.
 *
 * @throws DextError `DEXT_CONFIG_FILE_INVALID` with line and column, also for keys that stand twice and for aliases that
 * blow up
 */
export function parseYaml(place: TextPlace): ParsedText {
  const lines = new LineCounter();
  const document = parseDocument(place.text, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    customTags: ["binary"],
  });
  const positionOf = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const [error] = document.errors;
  if (error !== undefined) {
    throw invalidFile(`not YAML: ${error.message}`, {
      file: place.file,
      ...positionOf(error.pos[0]),
      cause: error,
    });
  }
  refuseAliasBomb(document, place);
  const reading: Reading = { place, document, positionOf };
  const notes = document.warnings.map((warning) => ({
    message: warning.message,
    origin: originIn(place, positionOf(warning.pos[0])),
  }));
  const { contents } = document;
  const empty = contents === null || (isScalar(contents) && contents.value === null);
  return { root: empty ? undefined : toNode(contents, reading), notes };
}

interface Reading {
  place: TextPlace;
  document: Document.Parsed;
  positionOf: (offset: number) => { line: number; column: number };
}

/** The library counts how much aliases would give when it makes plain values of them. */
function refuseAliasBomb(document: Document.Parsed, { file }: TextPlace): void {
  try {
    document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw invalidFile(`not usable: ${(error as Error).message}`, { file, line: 1, column: 1, cause: error });
  }
}

function toNode(node: unknown, reading: Reading): ConfigNode {
  if (isAlias(node)) return toNode(resolveAlias(node, reading), reading);
  if (isMap(node)) return mapNode(node, reading);
  if (isSeq(node)) return seqNode(node, reading);
  return scalarNode(node as Scalar | null, reading);
}

function resolveAlias(alias: Alias, { document, place, positionOf }: Reading): Node {
  const target = alias.resolve(document);
  if (target !== undefined) return target;
  throw invalidFile(`the alias "*${alias.source}" names nothing`, {
    file: place.file,
    ...positionOf(alias.range?.[0] ?? 0),
  });
}

function seqNode(node: YAMLSeq, reading: Reading): ConfigNode {
  return listNode(
    node.items.map((item) => toNode(item, reading)),
    originOf(node, reading),
  );
}

function mapNode(node: YAMLMap, reading: Reading): ConfigNode {
  const own = new Map<string, ConfigNode>();
  const merged = new Map<string, ConfigNode>();
  for (const pair of node.items) {
    if (isMergeKey(pair.key)) {
      for (const [key, value] of mergedEntries(pair.value, reading))
        if (!merged.has(key)) merged.set(key, value);
    } else {
      own.set(keyOf(pair, reading), toNode(pair.value, reading));
    }
  }
  return objectNode(new Map([...merged, ...own]), { origin: originOf(node, reading) });
}

/** The library gives the key `<<` a symbol as its value when it merges. */
function isMergeKey(key: unknown): boolean {
  return isScalar(key) && typeof key.value === "symbol";
}

function mergedEntries(value: unknown, reading: Reading): readonly (readonly [string, ConfigNode])[] {
  const node = isAlias(value) ? resolveAlias(value, reading) : value;
  const sources = isSeq(node) ? node.items : [node];
  return sources.flatMap((source) => {
    const object = toNode(source, reading);
    return object.kind === "object" ? [...object.entries] : [];
  });
}

function keyOf(pair: Pair, { place, positionOf }: Reading): string {
  if (isScalar(pair.key)) return String(pair.key.source ?? pair.key.value);
  const offset = (pair.key as { range?: readonly number[] } | null)?.range?.[0] ?? 0;
  throw invalidFile("a key is a list or an object, which configuration does not have", {
    file: place.file,
    ...positionOf(offset),
  });
}

function scalarNode(node: Scalar | null, reading: Reading): ConfigNode {
  const { secret = false, references = true } = reading.place;
  const value = (node?.value ?? null) as ScalarValue;
  return valueNode(value, { origin: originOf(node, reading), secret, references });
}

function originOf(
  node: { range?: readonly number[] | null } | null,
  { place, positionOf }: Reading,
): ConfigNode["origin"] {
  return originIn(place, positionOf(node?.range?.[0] ?? 0));
}
