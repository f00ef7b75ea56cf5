import type { ContainerEngine } from "./container-engine.ts";
import type { ContainerRequestOptions } from "./container-request.ts";
import { isRefusal } from "./error-codes.ts";

/**
 * Makes the volumes that a container is going to have. The engine would make them too, but not every one would label
 * them, and those of a run are found by their labels.
 */
export async function createVolumes(
  engine: ContainerEngine,
  { mounts, volumeLabels }: Pick<ContainerRequestOptions, "mounts" | "volumeLabels">,
): Promise<void> {
  const names = mounts.flatMap(({ type, source }) => (type === "volume" ? [source] : []));
  for (const name of new Set(names)) {
    await engine.json({
      method: "POST",
      path: "/volumes/create",
      json: { Name: name, Labels: volumeLabels },
    });
  }
}

/** Removes a volume that no container uses any more. */
export async function removeVolume(
  engine: ContainerEngine,
  name: string,
  { timeout }: { timeout?: number } = {},
): Promise<void> {
  try {
    await engine.json({
      method: "DELETE",
      path: `/volumes/${encodeURIComponent(name)}`,
      ...(timeout === undefined ? {} : { timeout }),
    });
  } catch (error) {
    // 409: a container that is being removed still has it; the next look takes it.
    if (!isRefusal(error, 404, 409)) throw error;
  }
}
