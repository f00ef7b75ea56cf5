import { Expression } from "../model/expression.ts";
import type { Value } from "../model/expression.ts";

/** A value that a server is filled with: text, parameters and references, also within lists and objects. */
export type SeedValue = Value | null | readonly SeedValue[] | { readonly [key: string]: SeedValue };

/** Every value within that is not known yet. */
export function valuesIn(value: SeedValue): readonly Value[] {
  if (value === null) return [];
  if (isValue(value)) return typeof value === "object" ? [value] : [];
  return Object.values(value).flatMap((each: SeedValue) => valuesIn(each));
}

/** The same as plain data, with what is known in the run in place of what stands for it. */
export function resolveSeed(value: SeedValue, resolve: (value: Value) => string): unknown {
  if (value === null) return null;
  if (isValue(value)) return typeof value === "object" ? resolve(value) : value;
  if (Array.isArray(value)) return value.map((each: SeedValue) => resolveSeed(each, resolve));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolveSeed(each, resolve)]));
}

/** References and parameters are of classes, what only holds values is plain. */
function isValue(value: Exclude<SeedValue, null>): value is Value {
  if (typeof value !== "object") return true;
  if (value instanceof Expression) return true;
  return "expression" in value && value.expression instanceof Expression;
}
