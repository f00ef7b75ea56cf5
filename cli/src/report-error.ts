import process from "node:process";
import { isDextError, toErrorDocument } from "@dext/core";
import { printJson, printProgress, styleFor } from "@dext/hosting/output";
import { exitCodeOf, exitCodes } from "./exit-code.ts";

/** Prints an error, for a person on stderr or for a program on stdout, and gives the exit code that goes with it. */
export function reportError(error: unknown, { json }: { json: boolean }): number {
  if (json) printJson({ version: 1, ...toErrorDocument(error) });
  else printProgress(describeError(error));
  return isDextError(error) ? exitCodeOf(error.code) : exitCodes.internal;
}

/**
 * An error as lines for a person:
 *
 * ```text
 * error DEXT_MODEL_NAME_TAKEN: Two resources have the name "api"
 *   at /home/me/shop/apphost.ts:7:6
 * hint: Rename one of them.
 * ```
 */
export function describeError(error: unknown): string {
  const style = styleFor({ stream: process.stderr });
  if (!isDextError(error) || error.code === "DEXT_INTERNAL") return describeBug(error);
  const { code, message, hint, details } = error;
  const place = details["place"];
  const excerpt = details["excerpt"];
  return [
    `${style.red(`error ${code}:`)} ${message}`,
    ...(typeof place === "string" ? [style.dim(`  at ${place}`)] : []),
    ...(Array.isArray(excerpt) ? excerpt.map((line) => `    ${String(line)}`) : []),
    ...(hint === undefined ? [] : [`${style.cyan("hint:")} ${hint}`]),
  ].join("\n");
}

function describeBug(error: unknown): string {
  const style = styleFor({ stream: process.stderr });
  const stack = stackOf(error);
  return [
    `${style.red("error DEXT_INTERNAL:")} This is a bug of Dext, not a mistake of yours.`,
    stack,
    `${style.cyan("hint:")} Please report it with the lines above, the command, and what "dext --version" and "node --version" print.`,
  ].join("\n");
}

function stackOf(error: unknown): string {
  // A bug in another process comes as a document: its stack, not ours, tells something.
  if (isDextError(error)) {
    const { stack } = error.details;
    return typeof stack === "string" ? stack : error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
