import { parseTree, printParseErrorCode } from "jsonc-parser";
import type { Node, ParseError } from "jsonc-parser";
import type { ConfigNote } from "../definition/provider.ts";
import { listNode, objectNode, valueNode } from "../tree/config-tree.ts";
import type { ConfigNode } from "../tree/config-tree.ts";
import { invalidFile } from "./file-error.ts";
import { originIn } from "./formats.ts";
import type { ParsedText, TextPlace } from "./formats.ts";
import { lineTable } from "./line-table.ts";
import type { PositionOf } from "./line-table.ts";
import { lostDigits } from "./lost-digits.ts";

/**
 * Reads JSON, with comments and trailing commas where they are allowed.
 *
 * @throws DextError `DEXT_CONFIG_FILE_INVALID` with line and column, also for a key that stands twice
 */
export function parseJson(place: TextPlace, { comments }: { comments: boolean }): ParsedText {
  const positionOf = lineTable(place.text);
  if (place.text.trim() === "") return { root: undefined, notes: [] };
  const errors: ParseError[] = [];
  const tree = parseTree(place.text, errors, { disallowComments: !comments, allowTrailingComma: comments });
  const [error] = errors;
  if (error !== undefined || tree === undefined) {
    const what = error === undefined ? "no value" : words(printParseErrorCode(error.error));
    throw invalidFile(`not JSON: ${what}`, { file: place.file, ...positionOf(error?.offset ?? 0) });
  }
  const notes: ConfigNote[] = [];
  return { root: toNode(tree, { place, positionOf, notes }), notes };
}

interface Reading {
  place: TextPlace;
  positionOf: PositionOf;
  notes: ConfigNote[];
}

function toNode(node: Node, reading: Reading): ConfigNode {
  const { place, positionOf } = reading;
  const origin = originIn(place, positionOf(node.offset));
  if (node.type === "array") {
    return listNode(
      (node.children ?? []).map((child) => toNode(child, reading)),
      origin,
    );
  }
  if (node.type !== "object") {
    const written = place.text.slice(node.offset, node.offset + node.length);
    if (/^-?\d+$/.test(written)) reading.notes.push(...lostDigits(node.value, origin));
    return valueNode(node.value as string | number | boolean | null, {
      origin,
      secret: place.secret ?? false,
      references: place.references ?? true,
    });
  }
  const entries = new Map<string, ConfigNode>();
  for (const { children: [key, value] = [] } of node.children ?? []) {
    if (key === undefined || value === undefined) continue;
    const name = String(key.value);
    if (entries.has(name)) {
      throw invalidFile(`the key "${name}" stands twice`, { file: place.file, ...positionOf(key.offset) });
    }
    entries.set(name, toNode(value, reading));
  }
  return objectNode(entries, { origin });
}

/** `CommaExpected` → `comma expected`. */
function words(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}
