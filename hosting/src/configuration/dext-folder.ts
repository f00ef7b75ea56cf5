import { access, constants, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hostingError } from "../hosting-error.ts";

/**
 * The path of `.dext` in an AppHost's folder, made when it is not there. Its own `.gitignore` keeps out everything but
 * `generated/`.
 *
 * @throws DextError `DEXT_RUN_STATE_UNUSABLE`
 */
export async function ensureDextFolder(directory: string): Promise<string> {
  const folder = join(directory, ".dext");
  try {
    await mkdir(folder, { recursive: true });
    await writeIgnoreFile(folder);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw stateUnusable(folder, error);
  }
  return folder;
}

/** The error of what a run keeps and cannot read or write. */
export function stateUnusable(path: string, error: unknown): Error {
  return hostingError(
    "DEXT_RUN_STATE_UNUSABLE",
    `What Dext keeps in "${path}" cannot be read and written: ${(error as Error).message}`,
    {
      hint: "Give it to this user: it may have been made by another one, as with sudo.",
      cause: error,
      details: { path },
    },
  );
}

async function writeIgnoreFile(folder: string): Promise<void> {
  try {
    await writeFile(join(folder, ".gitignore"), "*\n!.gitignore\n!generated/\n!generated/**\n", {
      flag: "wx",
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
