import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Alias, Document, Node, Pair, Scalar, YAMLError, YAMLMap, YAMLSeq } from "yaml";
import { listNode, objectNode, valueNode } from "../tree/config-tree.ts";
import type { ConfigNote } from "../definition/provider.ts";
import type { ConfigNode, ScalarValue } from "../tree/config-tree.ts";
import { invalidFile } from "./file-error.ts";
import { originIn } from "./formats.ts";
import { lostDigits } from "./lost-digits.ts";
import type { ParsedText, TextPlace } from "./formats.ts";

/** How many values aliases may stand for, all together. */
const mostAliased = 100_000;

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
    throw invalidFile(`not YAML: ${wordsOf(error)}`, {
      file: place.file,
      ...positionOf(error.pos[0]),
      cause: error,
    });
  }
  const targets = targetsOf(document);
  const notes: ConfigNote[] = document.warnings.map((warning) => ({
    message: wordsOf(warning),
    origin: originIn(place, positionOf(warning.pos[0])),
  }));
  const reading: Reading = { place, positionOf, targets, notes, within: [], aliased: { count: 0 } };
  const { contents } = document;
  const empty = contents === null || (isScalar(contents) && contents.value === null);
  return { root: empty ? undefined : toNode(contents, reading), notes };
}

interface Reading {
  place: TextPlace;
  positionOf: (offset: number) => { line: number; column: number };
  /** What each alias stands for. */
  targets: ReadonlyMap<Alias, Node>;
  /** What the aliases stand for that are being read. */
  within: readonly Node[];
  aliased: { count: number };
  notes: ConfigNote[];
}

/** An alias stands for the last node before it that has its anchor. */
function targetsOf(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node(_key, node) {
      const target = isAlias(node) ? anchors.get(node.source) : undefined;
      if (isAlias(node) && target !== undefined) targets.set(node, target);
      else if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

/** Words that quote nothing: what looks like a tag may be a password that begins with `!`. */
function wordsOf({ code, message }: YAMLError): string {
  if (code === "MULTIPLE_DOCS") return "a second document begins, and configuration is one";
  if (code !== "TAG_RESOLVE_FAILED") return message;
  return 'The tag is not known and is left out; put a value that begins with "!" in quotes';
}

function toNode(node: unknown, reading: Reading): ConfigNode {
  if (reading.within.length > 0) reading.aliased.count += 1;
  if (isAlias(node)) return aliasedNode(node, reading);
  if (isMap(node)) return mapNode(node, reading);
  if (isSeq(node)) return seqNode(node, reading);
  return scalarNode(node as Scalar | null, reading);
}

function aliasedNode(alias: Alias, reading: Reading): ConfigNode {
  const target = targetOf(alias, reading);
  return toNode(target, { ...reading, within: [...reading.within, target] });
}

function targetOf(alias: Alias, { place, positionOf, targets, within, aliased }: Reading): Node {
  const refuse = (what: string): Error =>
    invalidFile(what, { file: place.file, ...positionOf(alias.range?.[0] ?? 0) });
  const target = targets.get(alias);
  // A password may begin with `*`: it is not repeated.
  if (target === undefined) {
    throw refuse('an alias names nothing; put a value that begins with "*" in quotes');
  }
  if (within.includes(target)) throw refuse("an alias stands within what it names");
  if (aliased.count > mostAliased) throw refuse(`aliases stand for more than ${mostAliased} values`);
  return target;
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
      for (const [key, value] of mergedEntries(pair, reading)) if (!merged.has(key)) merged.set(key, value);
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

function mergedEntries({ key, value }: Pair, reading: Reading): readonly (readonly [string, ConfigNode])[] {
  const target = isAlias(value) ? targetOf(value, reading) : undefined;
  const inside = target === undefined ? reading : { ...reading, within: [...reading.within, target] };
  const node = target ?? value;
  const sources = isSeq(node) ? node.items : [node];
  return sources.flatMap((source) => {
    const object = toNode(source, inside);
    if (object.kind === "object") return [...object.entries];
    const { place, positionOf } = reading;
    const offset = (key as Scalar).range?.[0] ?? 0;
    throw invalidFile('"<<" merges what is no object', { file: place.file, ...positionOf(offset) });
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
  const origin = originOf(node, reading);
  if (/^[-+]?\d+$/.test(node?.source ?? "")) reading.notes.push(...lostDigits(value, origin));
  return valueNode(value, { origin, secret, references });
}

function originOf(
  node: { range?: readonly number[] | null } | null,
  { place, positionOf }: Reading,
): ConfigNode["origin"] {
  return originIn(place, positionOf(node?.range?.[0] ?? 0));
}
