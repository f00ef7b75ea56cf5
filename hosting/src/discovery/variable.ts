import type { ExpressionNode } from "../model/expression.ts";

/** An environment variable that Dext generates, its value not yet resolved. */
export interface Variable {
  readonly name: string;
  readonly value: ExpressionNode;
  /** Where it comes from, for `dext describe` and for errors. */
  readonly because: string;
}

/** A variable whose value is text known now. */
export function literalVariable(name: string, text: string, because: string): Variable {
  return { name, value: { type: "literal", text }, because };
}

/** The name in upper case with `_` for everything that is no letter or digit: `order-api` → `ORDER_API`. */
export function upperName(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}

/**
 * A variable and, when its name has a hyphen, its twin with underscores: `npm run` and dash drop variables whose names
 * have hyphens.
 */
export function withTwin(variable: Variable): readonly Variable[] {
  if (!variable.name.includes("-")) return [variable];
  return [variable, { ...variable, name: variable.name.replaceAll("-", "_") }];
}
