import { readdir, stat } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import type { ProbeContext } from "../model/launcher.ts";
import { whyNotSeen } from "../containers/file-failures.ts";
import { launcherError } from "./error-codes.ts";

/**
 * The files of `withInitFiles` in the order of their names: the file that it names, or those of its folder that have one
 * of these extensions.
 *
 * @throws DextError `DEXT_LAUNCH_INIT_FILES_INVALID`
 */
export async function initFiles(
  { resource, directory }: Pick<ProbeContext, "resource" | "directory">,
  { extensions }: { extensions: readonly string[] },
): Promise<readonly string[]> {
  if (resource.initFiles === undefined) return [];
  const path = resolve(directory, resource.initFiles);
  const files = await filesAt(path).catch((cause: unknown) => {
    throw invalid(resource.name, { path, reason: `it ${whyNotSeen(cause)}`, extensions, cause });
  });
  const fitting = files.filter((file) => extensions.includes(extname(file).toLowerCase()));
  if (fitting.length === 0) {
    throw invalid(resource.name, {
      path,
      reason: `no file of it ends in ${extensions.join(" or ")}`,
      extensions,
    });
  }
  return fitting;
}

async function filesAt(path: string): Promise<readonly string[]> {
  const found = await stat(path);
  return found.isDirectory() ? (await readdir(path)).toSorted().map((name) => join(path, name)) : [path];
}

function invalid(
  resource: string,
  {
    path,
    reason,
    extensions,
    cause,
  }: { path: string; reason: string; extensions: readonly string[]; cause?: unknown },
): Error {
  return launcherError(
    "DEXT_LAUNCH_INIT_FILES_INVALID",
    `"${resource}" cannot be filled from "${path}": ${reason}`,
    {
      hint: `Give .withInitFiles a file that ends in ${extensions.join(" or ")}, or a folder with such files.`,
      ...(cause === undefined ? {} : { cause }),
      details: { resource, path },
    },
  );
}
