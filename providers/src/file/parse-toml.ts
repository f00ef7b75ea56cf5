import { ParseError, parseTOML } from "toml-eslint-parser";
import type { AST } from "toml-eslint-parser";
import { listNode, objectNode, valueNode } from "../tree/config-tree.ts";
import type { ConfigNode, Origin } from "../tree/config-tree.ts";
import { invalidFile } from "./file-error.ts";
import { originIn } from "./formats.ts";
import type { ParsedText, TextPlace } from "./formats.ts";

/**
 * Reads TOML 1.0. Dates and times are given as the text that stands in the file; integers beyond 2⁵³ as `bigint`.
 *
 * @throws DextError `DEXT_CONFIG_FILE_INVALID` with line and column
 */
export function parseToml(place: TextPlace): ParsedText {
  if (place.text.trim() === "") return { root: undefined, notes: [] };
  const root: Branch = { origin: originIn(place, { line: 1, column: 1 }), children: new Map() };
  const [table] = parse(place).body;
  for (const each of table.body) {
    if (each.type === "TOMLKeyValue") assign(root, each, place);
    else {
      const branch = branchAt(root, each.resolvedKey, originOf(each, place));
      for (const pair of each.body) assign(branch, pair, place);
    }
  }
  return { root: toNode(root), notes: [] };
}

/** A table while it is put together: TOML may add to it in several places. */
interface Branch {
  origin: Origin;
  /** Tables of a `[[list]]` by their number, all else by name. */
  children: Map<string | number, Branch | ConfigNode>;
}

function parse({ text, file }: TextPlace): AST.TOMLProgram {
  try {
    return parseTOML(text, { tomlVersion: "1.0" });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw invalidFile(`not TOML: ${error.message}`, {
      file,
      line: error.lineNumber,
      column: error.column + 1,
      cause: error,
    });
  }
}

function assign(branch: Branch, { key, value }: AST.TOMLKeyValue, place: TextPlace): void {
  const names = key.keys.map((each) => (each.type === "TOMLBare" ? each.name : each.value));
  const parent = branchAt(branch, names.slice(0, -1), originOf(key, place));
  parent.children.set(names.at(-1) ?? "", contentNode(value, place));
}

function branchAt(root: Branch, names: readonly (string | number)[], origin: Origin): Branch {
  let branch = root;
  for (const name of names) {
    let next = branch.children.get(name);
    // The parser has refused everything that would put a table over a value.
    if (next === undefined || "kind" in next) {
      next = { origin, children: new Map() };
      branch.children.set(name, next);
    }
    branch = next;
  }
  return branch;
}

function contentNode(node: AST.TOMLContentNode, place: TextPlace): ConfigNode {
  const origin = originOf(node, place);
  if (node.type === "TOMLArray") {
    return listNode(
      node.elements.map((each) => contentNode(each, place)),
      origin,
    );
  }
  if (node.type === "TOMLInlineTable") {
    const table: Branch = { origin, children: new Map() };
    for (const pair of node.body) assign(table, pair, place);
    return toNode(table);
  }
  const { secret = false, references = true } = place;
  return valueNode(scalarOf(node, place), { origin, secret, references });
}

function scalarOf(node: AST.TOMLValue, { text }: TextPlace): string | number | bigint | boolean {
  if (node.kind === "string" || node.kind === "boolean") return node.value;
  if (node.kind === "float") return node.value;
  if (node.kind === "integer")
    return Number.isSafeInteger(Number(node.bigint)) ? Number(node.bigint) : node.bigint;
  return text.slice(...node.range);
}

function toNode(branch: Branch): ConfigNode {
  const entries = [...branch.children].map(
    ([key, child]) => [key, "kind" in child ? child : toNode(child)] as const,
  );
  // `[[servers]]` gives the tables 0, 1, 2 … below `servers`; a key that is written `0` is text.
  if (typeof entries[0]?.[0] === "number") {
    return listNode(
      entries.map(([, child]) => child),
      branch.origin,
    );
  }
  return objectNode(
    entries.map(([key, child]) => [String(key), child] as const),
    { origin: branch.origin },
  );
}

function originOf({ loc }: { loc: AST.SourceLocation }, place: TextPlace): Origin {
  return originIn(place, { line: loc.start.line, column: loc.start.column + 1 });
}
