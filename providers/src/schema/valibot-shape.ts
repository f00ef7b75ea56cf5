import { addShape, draftShape, unknownShape } from "./shape.ts";
import type { Shape, ShapeDraft, ShapeType } from "./shape.ts";

/**
 * The public members of valibot's schemas that tell their form. Valibot gives no JSON Schema without another package.
 * https://valibot.dev/guides/internal-architecture/
 */
interface ValibotSchema {
  readonly kind: "schema";
  readonly type: string;
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly wrapped?: unknown;
  readonly item?: unknown;
  readonly value?: unknown;
  readonly rest?: unknown;
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly pipe?: readonly unknown[];
  readonly getter?: (input: undefined) => unknown;
}

const typeNames: Readonly<Record<string, ShapeType>> = {
  string: "string",
  number: "number",
  bigint: "number",
  boolean: "boolean",
  array: "list",
  tuple: "list",
  object: "object",
  loose_object: "object",
  strict_object: "object",
  object_with_rest: "object",
  record: "object",
  null: "null",
};

/** The shape that a schema of valibot describes. */
export function shapeOfValibot(root: unknown): Shape {
  const known = new Map<unknown, Shape>();
  const read = (schema: unknown): Shape => {
    const meant = followed(schema);
    if (!isSchema(meant)) return unknownShape;
    const present = known.get(meant);
    if (present !== undefined) return present;
    const shape = draftShape();
    // Before its parts are read: a schema may contain itself.
    known.set(meant, shape);
    fill(shape, { schema: meant, read });
    return shape;
  };
  return read(root);
}

/** What a schema means that only wraps another one: the shape of that has to be the very same, as it may not be read yet. */
function followed(schema: unknown): unknown {
  const passed = new Set<unknown>();
  let meant = schema;
  while (isSchema(meant) && !passed.has(meant)) {
    passed.add(meant);
    if (meant.type === "lazy" && meant.getter !== undefined) meant = meant.getter(undefined);
    else if (meant.wrapped !== undefined) meant = meant.wrapped;
    else return meant;
  }
  return meant;
}

function fill(
  shape: ShapeDraft,
  { schema, read }: { schema: ValibotSchema; read: (schema: unknown) => Shape },
): void {
  // What goes in is what the first part of a pipe takes.
  const input = schema.pipe?.[0];
  if (input !== undefined && input !== schema && isSchema(input)) addShape(shape, read(input));
  const type = typeNames[schema.type];
  if (type !== undefined) shape.types.add(type);
  for (const [key, child] of Object.entries(schema.entries ?? {})) shape.properties.set(key, read(child));
  if (schema.type === "loose_object") shape.rest = unknownShape;
  if (schema.rest !== undefined) shape.rest = read(schema.rest);
  if (schema.type === "record") shape.rest = read(schema.value);
  if (schema.item !== undefined) shape.items = read(schema.item);
  for (const option of schema.options ?? []) {
    if (isSchema(option)) addShape(shape, read(option));
    else addLiteral(shape, option);
  }
  if (schema.type === "literal") addLiteral(shape, schema.literal);
}

function addLiteral(shape: ShapeDraft, value: unknown): void {
  const type = typeof value;
  if (type === "string" || type === "number" || type === "boolean") shape.types.add(type);
  else if (type === "bigint") shape.types.add("number");
}

function isSchema(value: unknown): value is ValibotSchema {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as { kind?: unknown }).kind === "schema" &&
    "type" in value
  );
}
