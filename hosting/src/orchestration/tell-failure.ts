import { writeFileSync } from "node:fs";
import process from "node:process";
import { isDextError, toErrorDocument } from "@dext/core";

/**
 * Says what an AppHost failed of: in the file that `DEXT_RESULT` names, for whoever started it, else on stderr.
 *
 * @returns the exit code: 3 for a mistake in the AppHost, 130 when it was interrupted, 1 for a bug of Dext.
 */
export function tellFailure(error: unknown): number {
  const path = process.env["DEXT_RESULT"];
  if (path === undefined) process.stderr.write(failureText(error));
  // Nobody reads it, or takes it away, once the client is gone.
  else if (!process.stdin.readableEnded && !process.stdin.destroyed)
    writeFileSync(path, JSON.stringify(toErrorDocument(error)), { mode: 0o600 });
  if (!isDextError(error)) return 1;
  return error.code === "DEXT_RUN_INTERRUPTED" ? 130 : 3;
}

function failureText(error: unknown): string {
  if (isDextError(error)) {
    return `error ${error.code}: ${error.message}\n${error.hint === undefined ? "" : `hint: ${error.hint}\n`}`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error DEXT_INTERNAL: this is a bug of Dext, please report it with what follows\n${stack}\n`;
}
