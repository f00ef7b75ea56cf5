/** What a schema lets stand at a place, as far as it tells. Names from the environment are fitted to it. */
export interface Shape {
  /** Empty: the schema does not tell. */
  readonly types: ReadonlySet<ShapeType>;
  /** Keys that the schema names. */
  readonly properties: ReadonlyMap<string, Shape>;
  /** The form of keys that it does not name; absent: it names all that it wants. */
  readonly rest?: Shape;
  /** The form of the elements of a list. */
  readonly items?: Shape;
}

export type ShapeType = "string" | "number" | "boolean" | "list" | "object" | "null";

/** A place about which nothing is known. */
export const unknownShape: Shape = { types: new Set(), properties: new Map() };

/** The form below a key. */
export function shapeBelow(shape: Shape | undefined, key: string): Shape | undefined {
  if (shape === undefined) return undefined;
  return shape.properties.get(key) ?? (/^\d+$/.test(key) ? shape.items : undefined) ?? shape.rest;
}

/** Whether the schema names the keys of this object and allows no others. */
export function isClosed(shape: Shape): boolean {
  return shape.properties.size > 0 && shape.rest === undefined;
}

/** The paths of all single values that the schema names; lists and free keys are left out. */
export function* namedLeaves(
  shape: Shape,
  path: readonly string[] = [],
  above: ReadonlySet<Shape> = new Set(),
): Generator<readonly string[]> {
  // A schema may contain itself: its inner rounds have no end.
  if (above.has(shape)) return;
  if (shape.properties.size === 0) {
    if (path.length > 0) yield path;
    return;
  }
  const within = new Set(above).add(shape);
  for (const [key, child] of shape.properties) yield* namedLeaves(child, [...path, key], within);
}

/** A shape while it is put together. */
export interface ShapeDraft extends Shape {
  readonly types: Set<ShapeType>;
  readonly properties: Map<string, Shape>;
  rest?: Shape;
  items?: Shape;
}

/** A shape that allows nothing yet. */
export function draftShape(): ShapeDraft {
  return { types: new Set(), properties: new Map() };
}

/** Adds everything that `from` allows to `into`: either of the two may stand there. */
export function addShape(into: ShapeDraft, from: Shape): void {
  for (const type of from.types) into.types.add(type);
  for (const [key, child] of from.properties) {
    const present = into.properties.get(key);
    into.properties.set(key, present === undefined ? child : eitherShape(present, child));
  }
  if (from.rest !== undefined)
    into.rest = into.rest === undefined ? from.rest : eitherShape(into.rest, from.rest);
  if (from.items !== undefined) {
    into.items = into.items === undefined ? from.items : eitherShape(into.items, from.items);
  }
}

function eitherShape(one: Shape, other: Shape): Shape {
  if (one === other) return one;
  const both = draftShape();
  addShape(both, one);
  addShape(both, other);
  // One that does not tell may be anything.
  if (one.types.size === 0 || other.types.size === 0) both.types.clear();
  return both;
}
