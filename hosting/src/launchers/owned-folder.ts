import { chmod, chown, mkdir, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { launcherError } from "./error-codes.ts";
import type { ServerUser } from "./server-user.ts";

/**
 * Makes a folder that belongs to a user and lets the user pass through `ours`, folders above it that Dext has made.
 * Without a user the folder belongs to us.
 *
 * @throws DextError `DEXT_LAUNCH_DATA_UNREACHABLE` when another folder above it does not let the user pass.
 */
export async function makeOwnedFolder(
  path: string,
  { user, ours = [] }: { user: ServerUser | undefined; ours?: readonly string[] },
): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (user === undefined) return;
  await chown(path, user.uid, user.gid);
  const closed = await closedFolderAbove(path, { user, ours });
  if (closed === undefined) return;
  throw launcherError(
    "DEXT_LAUNCH_DATA_UNREACHABLE",
    `The server runs as "${user.name}", because it refuses to be root, and "${user.name}" cannot enter "${closed}", under which its data is to be`,
    {
      hint: `Let others pass through the folder (chmod o+x ${closed}), move the AppHost, or do not run as root.`,
      details: { folder: closed, user: user.name },
    },
  );
}

/** The first folder from the root down that the user cannot pass through; those of `ours` are opened on the way. */
export async function closedFolderAbove(
  path: string,
  { user, ours = [] }: { user: ServerUser; ours?: readonly string[] },
): Promise<string | undefined> {
  const names = resolve(path).split(sep).slice(1, -1);
  let folder: string = sep;
  for (const name of names) {
    folder = join(folder, name);
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) !== 0) continue;
    if (!ours.includes(folder)) return folder;
    await chmod(folder, (mode & 0o777) | bit);
  }
  return undefined;
}
