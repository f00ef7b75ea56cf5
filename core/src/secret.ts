const brand = Symbol.for("dev.dext.secret");

/** What stands in place of a secret wherever it is printed. */
export const mask = "***";

/**
 * A value that cannot be printed by accident: text, JSON, `util.inspect`, template strings and errors show `***`.
 *
 * @example
 * ```ts
 * import { Secret } from "@dext/core";
 *
 * const password = new Secret("hunter2");
 * if (`${password}` !== "***" || password.reveal() !== "hunter2") throw new Error("leaked");
 * ```
 */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
    Object.defineProperty(this, brand, { value: true });
  }

  /** The value itself. Call it where the value is used, as late as possible. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [Symbol.toPrimitive](): string {
    return mask;
  }

  static {
    for (const name of ["nodejs.util.inspect.custom", "Deno.customInspect"]) {
      Object.defineProperty(this.prototype, Symbol.for(name), { value: () => mask });
    }
  }
}

/** Whether a value is a {@link Secret}, also one made by another copy of this package. */
export function isSecret(value: unknown): value is Secret<unknown> {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}
