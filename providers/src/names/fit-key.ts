import type { Shape } from "../schema/shape.ts";

/**
 * The key of the schema that a name without case means: the same but for case, or the same but for case, `_` and `-`
 * when only one is, so that `MAX_RETRIES` finds `maxRetries`.
 */
export function keyOfSchema(name: string, shape: Shape | undefined): string | undefined {
  if (shape === undefined || shape.properties.size === 0) return undefined;
  if (shape.properties.has(name)) return name;
  const folded = name.toLowerCase();
  const keys = [...shape.properties.keys()];
  const alike = keys.find((key) => key.toLowerCase() === folded);
  if (alike !== undefined) return alike;
  const squeezed = keys.filter((key) => squeeze(key) === squeeze(name));
  return squeezed.length === 1 ? squeezed[0] : undefined;
}

/** The shape that the schema has at a path of names without case, or undefined when it has none there. */
export function shapeAtNames(shape: Shape | undefined, names: readonly string[]): Shape | undefined {
  let below = shape;
  for (const name of names) {
    if (below === undefined) return undefined;
    const key = keyOfSchema(name, below);
    below =
      key === undefined
        ? ((/^\d+$/.test(name) ? below.items : undefined) ?? below.rest)
        : below.properties.get(key);
  }
  return below;
}

function squeeze(key: string): string {
  return key.replaceAll(/[-_]/g, "").toLowerCase();
}
