import { parseSync, Visitor } from "oxc-parser";
import type { ArrayExpression, CallExpression, ImportDeclaration, ObjectExpression } from "oxc-parser";

import { styleOfProgram } from "../apphost/apphost-style.ts";
import { editText } from "../plan/line-endings.ts";

/** A layer that a configuration is to get. */
export interface AddLayerEdit {
  /** The function of `@dext/providers` that makes it: `consul`. */
  readonly layer: string;
  /** Its options: code, written by the generator, never an answer as it is. */
  readonly options: string;
  /** What tells the layer from others of its kind: the value of its option `connection`. */
  readonly connection: string;
}

/** What became of it. */
export type ConfigEditResult =
  | { readonly outcome: "edited" | "unchanged"; readonly text: string }
  /** Too unusual to be edited: nothing is to be written. */
  | { readonly outcome: "unsafe"; readonly reason: string };

/** These come from where the service runs, and have the last word. */
const local = new Set(["dotenv", "env", "commandLine"]);

/**
 * Adds a layer to the `defineConfig({ layers: […] })` of a file: below what comes from the surroundings of the service,
 * above everything else. The rest stays byte by byte; a layer of this connection that is there changes nothing.
 */
export function editConfigLayers(source: string, edit: AddLayerEdit): ConfigEditResult {
  let reason: string | undefined;
  const text = editText(source, (plain) => {
    const result = editPlain(plain, edit);
    if (typeof result === "string") return result;
    reason = result.reason;
    return plain;
  });
  if (reason !== undefined) return { outcome: "unsafe", reason };
  return { outcome: text === source ? "unchanged" : "edited", text };
}

function editPlain(source: string, edit: AddLayerEdit): string | { reason: string } {
  const { program, errors } = parseSync("config.ts", source);
  if (errors.length > 0) return { reason: "it cannot be parsed" };
  const imported = program.body.find(
    (statement): statement is ImportDeclaration =>
      statement.type === "ImportDeclaration" &&
      statement.source.value === "@dext/providers" &&
      statement.importKind !== "type",
  );
  const last = imported?.specifiers.at(-1);
  if (last?.type !== "ImportSpecifier") return { reason: "it imports nothing of @dext/providers by name" };
  const lists = layerLists(program);
  const [list] = lists;
  if (list === undefined || lists.length > 1)
    return { reason: "it has not one defineConfig() with a list of layers" };
  if (list.elements.some((element) => isLayerOf(element, edit))) return source;

  const style = styleOfProgram(source, program);
  const layer = `${edit.layer}(${edit.options})`;
  const added = insertLayer(source, { list, layer, indentation: style.indentation });
  const isImported = imported?.specifiers.some(({ local: { name } }) => name === edit.layer) ?? false;
  if (isImported) return added;
  // Ahead of everything that was edited so far, so that its position still holds.
  const names = imported?.specifiers.filter(({ type }) => type === "ImportSpecifier") ?? [];
  const next = names.find(({ local: { name } }) => name > edit.layer);
  return next === undefined
    ? splice(added, { at: last.end, insert: `, ${edit.layer}` })
    : splice(added, { at: next.start, insert: `${edit.layer}, ` });
}

function layerLists(program: Parameters<typeof styleOfProgram>[1]): ArrayExpression[] {
  const lists: ArrayExpression[] = [];
  new Visitor({
    CallExpression(call: CallExpression) {
      const [definition] = call.arguments;
      if (call.callee.type !== "Identifier" || call.callee.name !== "defineConfig") return;
      if (definition?.type !== "ObjectExpression") return;
      const layers = propertyOf(definition, "layers");
      if (layers?.type === "ArrayExpression") lists.push(layers);
    },
  }).visit(program);
  return lists;
}

function insertLayer(
  source: string,
  { list, layer, indentation }: { list: ArrayExpression; layer: string; indentation: string },
): string {
  const before = list.elements.find((element) => {
    if (element?.type !== "CallExpression" || element.callee.type !== "Identifier") return false;
    return local.has(element.callee.name);
  });
  const place = before ?? list.elements.at(-1);
  if (place === undefined || place === null) return splice(source, { at: list.start + 1, insert: layer });
  const lineStart = source.lastIndexOf("\n", place.start) + 1;
  const gap = source.slice(lineStart, place.start);
  const isOwnLine = /^[ \t]*$/.test(gap);
  const separator = isOwnLine ? `,\n${gap === "" ? indentation : gap}` : ", ";
  return before === undefined
    ? splice(source, { at: place.end, insert: `${separator}${layer}` })
    : splice(source, { at: place.start, insert: `${layer}${separator}` });
}

function isLayerOf(
  element: ArrayExpression["elements"][number],
  { layer, connection }: AddLayerEdit,
): boolean {
  if (element?.type !== "CallExpression" || element.callee.type !== "Identifier") return false;
  if (element.callee.name !== layer) return false;
  const [options] = element.arguments;
  const given = options?.type === "ObjectExpression" ? propertyOf(options, "connection") : undefined;
  return given?.type === "Literal" && given.value === connection;
}

function propertyOf(
  object: ObjectExpression,
  name: string,
): Extract<ObjectExpression["properties"][number], { type: "Property" }>["value"] | undefined {
  for (const property of object.properties) {
    if (property.type !== "Property" || property.computed) continue;
    const { key } = property;
    const found = key.type === "Identifier" ? key.name : key.type === "Literal" ? key.value : undefined;
    if (found === name) return property.value;
  }
  return undefined;
}

function splice(source: string, { at, insert }: { at: number; insert: string }): string {
  return source.slice(0, at) + insert + source.slice(at);
}
