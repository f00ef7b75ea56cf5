import { addShape, draftShape, unknownShape } from "./shape.ts";
import type { Shape, ShapeDraft, ShapeType } from "./shape.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

const typeNames: Readonly<Record<string, ShapeType>> = {
  string: "string",
  number: "number",
  integer: "number",
  boolean: "boolean",
  array: "list",
  object: "object",
  null: "null",
};

/** The shape that a JSON Schema (draft 2020-12, or 7) describes, as far as it can be told without a value. */
export function shapeOfJsonSchema(root: unknown): Shape {
  const known = new Map<unknown, Shape>();
  const read = (schema: unknown): Shape => {
    const meant = followed(schema, root);
    if (!isObject(meant)) return unknownShape;
    const present = known.get(meant);
    if (present !== undefined) return present;
    const shape = draftShape();
    // Before its parts are read: a schema may contain itself.
    known.set(meant, shape);
    fill(shape, { schema: meant, read, resolve: (reference) => resolveReference(root, reference) });
    return shape;
  };
  return read(root);
}

/** What a schema means that only points to another one: the shape of that has to be the very same, as it may not be read yet. */
function followed(schema: unknown, root: unknown): unknown {
  const passed = new Set<unknown>();
  let meant = schema;
  while (isObject(meant) && !passed.has(meant)) {
    passed.add(meant);
    const [keyword, ...others] = Object.keys(meant).filter((key) => tellingKeywords.has(key));
    if (keyword === undefined || others.length > 0) return meant;
    if (keyword === "$ref") {
      meant = resolveReference(root, String(meant[keyword]));
    } else {
      // A thing or null is that thing.
      const parts = asList(meant[keyword]).filter((part) => asObject(part)["type"] !== "null");
      if (parts.length !== 1 || !["anyOf", "oneOf", "allOf"].includes(keyword)) return meant;
      [meant] = parts;
    }
  }
  return meant;
}

const tellingKeywords: ReadonlySet<string> = new Set([
  "$ref",
  "type",
  "const",
  "enum",
  "properties",
  "additionalProperties",
  "items",
  "anyOf",
  "oneOf",
  "allOf",
]);

interface Reading {
  schema: JsonSchema;
  read: (schema: unknown) => Shape;
  resolve: (reference: string) => unknown;
}

function fill(shape: ShapeDraft, { schema, read, resolve }: Reading): void {
  const reference = schema["$ref"];
  if (typeof reference === "string") addShape(shape, read(resolve(reference)));
  for (const name of [schema["type"]].flat()) {
    const type = typeNames[String(name)];
    if (type !== undefined) shape.types.add(type);
  }
  for (const value of "const" in schema ? [schema["const"]] : asList(schema["enum"])) {
    shape.types.add(typeOfValue(value));
  }
  for (const [key, child] of Object.entries(asObject(schema["properties"])))
    shape.properties.set(key, read(child));
  const rest = schema["additionalProperties"];
  if (isObject(rest)) shape.rest = read(rest);
  else if (rest === true) shape.rest = unknownShape;
  const items = schema["items"];
  if (isObject(items)) shape.items = read(items);
  for (const keyword of ["anyOf", "oneOf", "allOf"]) {
    for (const part of asList(schema[keyword])) addShape(shape, read(part));
  }
}

/** `#/$defs/server` → the schema that stands there. References to other documents are not followed. */
function resolveReference(root: unknown, reference: string): unknown {
  if (!reference.startsWith("#")) return undefined;
  let place: unknown = root;
  for (const step of reference
    .slice(1)
    .split("/")
    .filter((each) => each !== "")) {
    place = asObject(place)[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return place;
}

function typeOfValue(value: unknown): ShapeType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  const name = typeof value;
  return name === "string" || name === "number" || name === "boolean" ? name : "object";
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asObject(value: unknown): JsonSchema {
  return isObject(value) ? value : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
