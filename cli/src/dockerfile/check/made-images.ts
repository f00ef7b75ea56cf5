import {
  cleanUpRunContainers,
  cleanUpStaleRuns,
  isOwnerGone,
  isRefusal,
  labels,
} from "@dext/hosting/containers";
import type { ContainerEngine } from "@dext/hosting/containers";

/** The names of what is made to check one project. */
export function checkedImage(run: string, index: number): { tag: string; container: string } {
  return { tag: `dext/check:${run}-${index}`, container: `dext-check-${run}-${index}` };
}

/** Removes the containers and images of a check; the cache of the builds stays with the engine. */
export async function removeMade(engine: ContainerEngine, { run }: { run: string }): Promise<void> {
  await cleanUpRunContainers(engine, run);
  await removeImages(engine, await findImages(engine, `${labels.run}=${run}`));
}

/** Removes what checks that were killed have left. */
export async function removeStale(engine: ContainerEngine): Promise<void> {
  await cleanUpStaleRuns(engine);
  const marked = await findImages(engine, labels.run);
  await removeImages(
    engine,
    marked.filter(({ Labels }) => isOwnerGone(Labels ?? {})),
  );
}

interface MarkedImage {
  readonly Id: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

function findImages(engine: ContainerEngine, label: string): Promise<readonly MarkedImage[]> {
  return engine.json<readonly MarkedImage[]>({
    path: "/images/json",
    query: { filters: { label: [label] } },
  });
}

async function removeImages(engine: ContainerEngine, images: readonly MarkedImage[]): Promise<void> {
  for (const { Id } of images) {
    try {
      await engine.json({ method: "DELETE", path: `/images/${Id}`, query: { force: true } });
    } catch (error) {
      // 409: somebody has made a container of it, and wants it.
      if (!isRefusal(error, 404, 409)) throw error;
    }
  }
}
