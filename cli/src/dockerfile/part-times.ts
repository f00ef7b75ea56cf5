import { stat, utimes } from "node:fs/promises";

/**
 * Gives files that were just written times of their own. They are written within one tick of the file system's clock, and
 * BuildKit up to 0.8 (Docker 20.10) takes a Dockerfile of another folder, or its `.dockerignore`, for the one that it was
 * sent before when size and time are the same: https://github.com/moby/buildkit/issues/1368.
 */
export async function partTimes(paths: readonly string[]): Promise<void> {
  for (const [index, path] of paths.entries()) {
    const { mtimeMs, atime } = await stat(path);
    // Earlier, not later: tools such as make mind files from the future.
    await utimes(path, atime, new Date(Math.floor(mtimeMs) - index));
  }
}
