import type { Shape } from "../schema/shape.ts";
import { keyOfSchema } from "./fit-key.ts";

/**
 * The part of a variable's name that stands for a key, from which `env` makes the key again: `host` → `HOST`, and
 * `maxRetries` → `MAX_RETRIES` where the schema names it. A key of somebody's own keeps its case where it matters.
 */
export function nameOfKey(key: string, shape: Shape | undefined): string {
  if (/^\d+$/.test(key)) return key;
  const split = key.replaceAll("-", "_").replaceAll(/([a-z\d])([A-Z])/g, "$1_$2");
  const candidates = [split, key.replaceAll("-", "_"), key].map((each) => each.toUpperCase());
  return candidates.find((name) => keyOf(name, shape) === key) ?? key;
}

/** The key that a name is read as where no lower layer has one. */
function keyOf(name: string, shape: Shape | undefined): string {
  const known = keyOfSchema(name, shape);
  if (known !== undefined) return known;
  return shape?.rest === undefined && name === name.toUpperCase() ? name.toLowerCase() : name;
}
