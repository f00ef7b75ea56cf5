import { isDeepStrictEqual } from "node:util";
import { parseSync } from "oxc-parser";
import type { ArrayExpression, Expression, ObjectExpression, ObjectProperty } from "oxc-parser";

import { generatorError } from "../generator-error.ts";

/** One change of a JSON document. Each does nothing when it has been made already. */
export type JsonEdit =
  /** Sets the value at a path; makes the objects on the way. `ifAbsent` leaves a value that is there. */
  | { readonly at: readonly string[]; readonly set: unknown; readonly ifAbsent?: boolean }
  /** Adds an item to the list at a path, unless it is in it; makes the list. */
  | { readonly at: readonly string[]; readonly append: unknown }
  /** Removes the property at a path. */
  | { readonly at: readonly string[]; readonly remove: true };

/**
 * Edits a JSON document, also one with comments and trailing commas, and keeps everything else byte by byte. A new key
 * among sorted ones is put in its place.
 *
 * @throws DextError `DEXT_GENERATE_JSON_INVALID`
 */
export function editJson(
  source: string,
  { path, edits }: { path: string; edits: readonly JsonEdit[] },
): string {
  let text = source;
  for (const edit of edits) text = editOnce(text, { path, edit });
  return text;
}

function editOnce(text: string, { path, edit }: { path: string; edit: JsonEdit }): string {
  const document = parse(text, path);
  let object = expectObject(document, { path, at: [] });
  for (const [depth, key] of edit.at.entries()) {
    const property = propertyOf(object, key);
    const isLast = depth === edit.at.length - 1;
    if (property === undefined) {
      if ("remove" in edit) return text;
      const value = "append" in edit ? [edit.append] : edit.set;
      return insertProperty(text, { object, key, value: nested(edit.at.slice(depth + 1), value) });
    }
    if (isLast) return editProperty(text, { object, property, edit, path });
    object = expectObject(property.value, { path, at: edit.at.slice(0, depth + 1) });
  }
  return text;
}

interface Place {
  readonly object: ObjectExpression;
  readonly property: ObjectProperty;
}

function editProperty(
  text: string,
  { object, property, edit, path }: Place & { edit: JsonEdit; path: string },
): string {
  if ("remove" in edit) return removeProperty(text, { object, property });
  const { value } = property;
  const now = valueOfText(text.slice(value.start - 1, value.end - 1), path);
  if ("append" in edit) {
    if (value.type !== "ArrayExpression") throw wrongKind(path, { at: edit.at, wanted: "a list" });
    const isThere = (now as unknown[]).some((item) => isDeepStrictEqual(item, edit.append));
    return isThere ? text : insertItem(text, { list: value, item: edit.append });
  }
  if (edit.ifAbsent === true || isDeepStrictEqual(now, edit.set)) return text;
  const written = format(edit.set, { text, indentation: indentationAt(text, property.start - 1) });
  return splice(text, { start: value.start - 1, end: value.end - 1, insert: written });
}

function insertProperty(
  text: string,
  { object, key, value }: { object: ObjectExpression; key: string; value: unknown },
): string {
  const properties = object.properties as ObjectProperty[];
  const write = (indentation: string): string =>
    `${JSON.stringify(key)}: ${format(value, { text, indentation })}`;
  const names = properties.map(nameOf);
  const isSorted =
    names.length > 1 && names.every((name, index) => index === 0 || (names[index - 1] ?? "") <= name);
  const follower = isSorted ? properties[names.findIndex((name) => name > key)] : undefined;
  return insertMember(text, { container: object, members: properties, follower, write });
}

function insertItem(text: string, { list, item }: { list: ArrayExpression; item: unknown }): string {
  const members = list.elements.filter((element) => element !== null);
  return insertMember(text, {
    container: list,
    members,
    follower: undefined,
    write: (indentation) => format(item, { text, indentation }),
  });
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Positions of the parser are one too high, for the parenthesis before the document. */
function insertMember(
  text: string,
  {
    container,
    members,
    follower,
    write,
  }: {
    container: Span;
    members: readonly Span[];
    follower: Span | undefined;
    write: (indentation: string) => string;
  },
): string {
  const close = container.end - 2;
  const last = members.at(-1);
  const outer = indentationAt(text, container.start - 1);
  if (last === undefined) {
    const inner = outer + unitOf(text);
    // What stands there is comments.
    const comments = text.slice(container.start, close).trimEnd();
    return splice(text, {
      start: container.start,
      end: close,
      insert: `${comments}\n${inner}${write(inner)}\n${outer}`,
    });
  }
  const first = members[0] ?? last;
  const isOneLine = !text.slice(container.start, first.start - 1).includes("\n");
  const indentation = isOneLine ? outer : indentationAt(text, first.start - 1);
  const separator = isOneLine ? " " : `\n${indentation}`;
  if (follower !== undefined) {
    return splice(text, {
      start: follower.start - 1,
      end: follower.start - 1,
      insert: `${write(indentation)},${separator}`,
    });
  }
  const gap = text.slice(last.end - 1, close);
  const comma = withoutComments(gap).indexOf(",");
  const lineEnd = gap.indexOf("\n");
  // Behind a comment on the last member's line.
  const at =
    isOneLine || lineEnd < 0 ? last.end - 1 + (comma + 1) : last.end - 1 + Math.max(lineEnd, comma + 1);
  const inserted = splice(text, {
    start: at,
    end: at,
    insert: `${separator}${write(indentation)}${comma >= 0 ? "," : ""}`,
  });
  return comma >= 0 ? inserted : splice(inserted, { start: last.end - 1, end: last.end - 1, insert: "," });
}

/** Comments beside it stay: nobody knows what they are about. */
function removeProperty(text: string, { object, property }: Place): string {
  const properties = object.properties as ObjectProperty[];
  const index = properties.indexOf(property);
  const [previous, next] = [properties[index - 1], properties[index + 1]];
  const [start, end] = [property.start - 1, property.end - 1];
  const comma = commaBetween(text, { start: end, end: next === undefined ? object.end - 2 : next.start - 1 });
  const removed = removeSpan(text, { start, end: comma === undefined ? end : comma + 1 });
  if (previous === undefined && next === undefined) {
    const rest = removed.slice(object.start, object.end - 2 - (text.length - removed.length));
    return rest.trim() === ""
      ? splice(text, { start: object.start, end: object.end - 2, insert: "" })
      : removed;
  }
  if (comma !== undefined || previous === undefined) return removed;
  // The one before is the last one now.
  const left = commaBetween(text, { start: previous.end - 1, end: start });
  return left === undefined ? removed : splice(removed, { start: left, end: left + 1, insert: "" });
}

/** Removes a part with the lines that hold nothing else, else with the blanks behind it, or before it at a line's end. */
function removeSpan(text: string, { start, end }: Span): string {
  const before = /[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  const behind = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  const isFirst = start === before || text[start - before - 1] === "\n";
  const isLast = text[end + behind] === "\n";
  if (isFirst && isLast) return splice(text, { start: start - before, end: end + behind + 1, insert: "" });
  return isLast
    ? splice(text, { start: start - before, end, insert: "" })
    : splice(text, { start, end: end + behind, insert: "" });
}

/** Where the comma behind a member is, comments left aside. */
function commaBetween(text: string, { start, end }: Span): number | undefined {
  const at = withoutComments(text.slice(start, end)).indexOf(",");
  return at < 0 ? undefined : start + at;
}

/** A document with comments is an expression of JavaScript; positions are those of UTF-16, as in our strings. */
function parse(text: string, path: string): Expression {
  const { program, errors } = parseSync("document.js", `(${text}\n)`, {
    sourceType: "module",
    preserveParens: false,
  });
  const [statement, second] = program.body;
  const isExpression = statement?.type === "ExpressionStatement" && second === undefined;
  if (errors.length === 0 && isExpression) return statement.expression;
  throw generatorError(
    "DEXT_GENERATE_JSON_INVALID",
    `"${path}" is no valid JSON: ${errors[0]?.message ?? "it is no value"}`,
    {
      details: { path },
    },
  );
}

/** The value of a part of a document, comments and trailing commas left aside. */
function valueOfText(text: string, path: string): unknown {
  return valueOf(parse(text, path), path);
}

function valueOf(node: Expression, path: string): unknown {
  if (node.type === "Literal") return node.value;
  if (node.type === "ArrayExpression") return node.elements.map((item) => valueOf(item as Expression, path));
  if (node.type === "UnaryExpression" && node.operator === "-")
    return -(valueOf(node.argument, path) as number);
  const object = expectObject(node, { path, at: [] });
  return Object.fromEntries(
    (object.properties as ObjectProperty[]).map((property) => [
      nameOf(property),
      valueOf(property.value, path),
    ]),
  );
}

function propertyOf(object: ObjectExpression, key: string): ObjectProperty | undefined {
  // Of keys that are written twice the last one counts.
  return (object.properties as ObjectProperty[]).findLast((property) => nameOf(property) === key);
}

function nameOf({ key }: ObjectProperty): string {
  if (key.type === "Literal") return String(key.value);
  return key.type === "Identifier" ? key.name : "";
}

function expectObject(
  node: Expression,
  { path, at }: { path: string; at: readonly string[] },
): ObjectExpression {
  const isPlain =
    node.type === "ObjectExpression" && node.properties.every(({ type }) => type === "Property");
  if (isPlain) return node;
  throw wrongKind(path, { at, wanted: "an object" });
}

function nested(keys: readonly string[], value: unknown): unknown {
  return keys.reduceRight((inner, key) => ({ [key]: inner }), value);
}

function format(value: unknown, { text, indentation }: { text: string; indentation: string }): string {
  return JSON.stringify(value, undefined, unitOf(text)).replaceAll("\n", `\n${indentation}`);
}

function unitOf(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ";
}

function indentationAt(text: string, index: number): string {
  const start = text.lastIndexOf("\n", index - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? "";
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (comment) => " ".repeat(comment.length));
}

function splice(text: string, { start, end, insert }: Span & { insert: string }): string {
  return text.slice(0, start) + insert + text.slice(end);
}

function wrongKind(path: string, { at, wanted }: { at: readonly string[]; wanted: string }): Error {
  const place = at.length === 0 ? "" : ` at "${at.join(".")}"`;
  return generatorError("DEXT_GENERATE_JSON_INVALID", `"${path}" must hold ${wanted}${place}`, {
    hint: "Nothing was written. Make the change by hand.",
    details: { path, at },
  });
}
