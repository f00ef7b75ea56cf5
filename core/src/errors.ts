const brand = Symbol.for("dev.dext.error");

/** What a {@link DextError} carries besides its message. */
export interface DextErrorOptions {
  /** `DEXT_<AREA>_<CONDITION>`, listed in `docs/errors.md`. */
  code: string;
  /** What to do about it, as one sentence for the person who reads it. */
  hint?: string;
  /** The error that led to this one. */
  cause?: unknown;
  /** Facts for programs; everything in it must survive `JSON.stringify`. */
  details?: Readonly<Record<string, unknown>>;
}

/**
 * A failure that a person can act on: a mistake in the AppHost, a missing program, a taken port.
 *
 * Anything that is not a `DextError` is treated as a bug of Dext and shown with its stack.
 *
 * @example
 * ```ts
 * import { DextError, isDextError } from "@dext/core";
 *
 * const error = new DextError('Port 80 is taken, wanted by "web"', {
 *   code: "DEXT_RUN_PORT_TAKEN",
 *   hint: "Choose another port.",
 * });
 * if (!isDextError(error)) throw new Error("not branded");
 * ```
 */
export class DextError extends Error {
  override readonly name: string = "DextError";
  readonly code: string;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, options: DextErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.details = options.details ?? {};
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether a value is a {@link DextError}, also one made by another copy of this package. */
export function isDextError(value: unknown): value is DextError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

/** Makes the errors of one package, whose codes stand in one table. */
export type ErrorFactory<Code extends string> = (
  code: Code,
  message: string,
  options?: Omit<DextErrorOptions, "code">,
) => DextError;

/**
 * The error factory of a package: it takes only the codes of the package's own table, code → what it means.
 *
 * @example
 * ```ts
 * import { createErrorFactory } from "@dext/core";
 *
 * const storeError = createErrorFactory({ DEXT_STORE_FULL: "The store takes no more" });
 * const error = storeError("DEXT_STORE_FULL", "The store holds 10 of 10 items", { hint: "Delete one." });
 * if (error.code !== "DEXT_STORE_FULL") throw error;
 * ```
 */
export function createErrorFactory<Code extends string>(
  _table: Readonly<Record<Code, string>>,
): ErrorFactory<Code> {
  return (code, message, options = {}) => new DextError(message, { ...options, code });
}

/** How an error stands in every `--json` document and in the control API. */
export interface ErrorDocument {
  error: {
    code: string;
    message: string;
    hint?: string;
    details?: Readonly<Record<string, unknown>>;
  };
}

/** The JSON form of any thrown value; what is not a `DextError` gets the code `DEXT_INTERNAL`. */
export function toErrorDocument(error: unknown): ErrorDocument {
  if (!isDextError(error)) {
    return {
      error: { code: "DEXT_INTERNAL", message: error instanceof Error ? error.message : String(error) },
    };
  }
  const { code, message, hint, details } = error;
  return {
    error: {
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(Object.keys(details).length === 0 ? {} : { details }),
    },
  };
}

/** The error that an {@link ErrorDocument} stands for, so that it can be thrown on this side of a socket. */
export function fromErrorDocument(document: ErrorDocument): DextError {
  const { code, message, hint, details } = document.error;
  return new DextError(message, {
    code,
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
  });
}
