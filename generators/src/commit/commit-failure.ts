import { generatorError } from "../generator-error.ts";
import { codeOf } from "./commit-folder.ts";

/** A commit that the disk refused, of which nothing is left. */
export function commitFailed(root: string, cause: unknown): Error {
  return generatorError(
    "DEXT_GENERATE_COMMIT_FAILED",
    `Writing to "${root}" failed, and nothing was changed: ${reasonOf(cause)}`,
    { hint: hintFor(codeOf(cause)), cause, details: { target: root, reason: String(codeOf(cause)) } },
  );
}

function hintFor(code: unknown): string {
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG")
    return "Make room on the disk, then try again.";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return "Give yourself the right to write there, then try again.";
  return "Mend the cause, then try again.";
}

/** What went wrong, in the words of the system. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
