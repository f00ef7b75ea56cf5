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
    if (!isSchema(schema)) return unknownShape;
    const present = known.get(schema);
    if (present !== undefined) return present;
    const shape = draftShape();
    known.set(schema, shape);
    fill(shape, { schema, read });
    return shape;
  };
  return read(root);
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
  if (schema.wrapped !== undefined) addShape(shape, read(schema.wrapped));
  if (schema.type === "lazy" && schema.getter !== undefined) addShape(shape, read(schema.getter(undefined)));
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
