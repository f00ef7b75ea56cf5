import { createErrorFactory, isDextError } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { fileErrorCodes } from "./error-codes.ts";

export const fileError: ErrorFactory<keyof typeof fileErrorCodes> = createErrorFactory(fileErrorCodes);

/** Why a place in a file cannot stand as it does: `config.yaml:3:7: …`. */
export function invalidFile(
  what: string,
  { file, line, column, cause }: { file: string; line: number; column: number; cause?: unknown },
): Error {
  return fileError("DEXT_CONFIG_FILE_INVALID", `${file}:${line}:${column}: ${what}`, {
    hint: "Correct the file at this place.",
    cause,
    details: { file, line, column },
  });
}

/** What a parser says may quote what it could not read: of a secret, only the place is told. */
export function withoutWords(error: unknown, { file, format }: { file: string; format: string }): unknown {
  if (!isDextError(error)) return error;
  const { line, column } = error.details;
  if (typeof line !== "number" || typeof column !== "number") return error;
  return invalidFile(`not ${format.toUpperCase()} (what exactly is wrong is kept back, it is a secret)`, {
    file,
    line,
    column,
  });
}
