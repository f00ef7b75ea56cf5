import { stat, utimes } from "node:fs/promises";
import { basename, join } from "node:path";
import type { ChangePlan } from "@dext/generators";

/**
 * Gives the Dockerfiles and ignore files that a commit has written times of their own. They are written within one tick
 * of the file system's clock, and BuildKit up to 0.8 (Docker 20.10) takes a Dockerfile of another folder, or its
 * `.dockerignore`, for the one that it was sent before when size and time are the same:
 * https://github.com/moby/buildkit/issues/1368.
 */
export async function partTimes({ operations, target }: ChangePlan): Promise<void> {
  const written = operations.filter(({ kind, path }) => kind !== "delete" && isOfDockerfile(basename(path)));
  for (const [index, { path }] of written.entries()) {
    const file = join(target, path);
    const { mtimeMs, atime } = await stat(file);
    // Earlier, not later: tools such as make mind files from the future.
    await utimes(file, atime, new Date(Math.floor(mtimeMs) - index));
  }
}

function isOfDockerfile(name: string): boolean {
  return name === "Dockerfile" || name.endsWith(".dockerignore");
}
