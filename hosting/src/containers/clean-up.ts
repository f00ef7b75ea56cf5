import { sleep } from "@dext/core";
import type { ContainerEngine } from "./container-engine.ts";
import { removeContainer } from "./container-state.ts";
import { isOwnerGone, labels } from "./labels.ts";
import { removeNetwork } from "./run-network.ts";
import { removeVolume } from "./run-volumes.ts";

/** What a clean-up removed, by name. */
export interface ContainerCleanUp {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  /** Only those that were made for the run alone. */
  readonly volumes: readonly string[];
}

/** What {@link cleanUpRunContainers} takes. */
export interface CleanUpContainersOptions {
  /**
   * So many looks in a row must find nothing; 1 when absent. A killed AppHost may have asked for a container that the
   * engine is still making: 2 looks, with a pause between them, find that one too.
   */
  looks?: number;
  /** Between two looks, in milliseconds. */
  pause?: number;
  /** For each call of the engine, in milliseconds. */
  timeout?: number;
}

/** After so many looks something comes back again and again that is not ours to fight. */
const mostLooks = 20;

/** Removes the containers of a run with their anonymous volumes, its network and its own volumes. What outlives runs is left. */
export async function cleanUpRunContainers(
  engine: ContainerEngine,
  runId: string,
  { looks = 1, pause = 300, timeout = 10_000 }: CleanUpContainersOptions = {},
): Promise<ContainerCleanUp> {
  const containers = new Set<string>();
  const networks = new Set<string>();
  const volumes = new Set<string>();
  let quiet = 0;
  for (let look = 0; look < mostLooks; look += 1) {
    const found = await findLabelled(engine, { label: `${labels.run}=${runId}`, timeout });
    await Promise.all(found.containers.map(({ id }) => removeContainer(engine, id, { timeout })));
    // Only an empty network can be removed.
    await Promise.all(found.networks.map(({ id }) => removeNetwork(engine, id, { timeout })));
    await Promise.all(found.volumes.map(({ id }) => removeVolume(engine, id, { timeout })));
    for (const { name } of found.containers) containers.add(name);
    for (const { name } of found.networks) networks.add(name);
    for (const { name } of found.volumes) volumes.add(name);
    const isClean = found.containers.length + found.networks.length + found.volumes.length === 0;
    quiet = isClean ? quiet + 1 : 0;
    if (quiet >= looks || (looks === 1 && quiet === 0 && look > 0)) break;
    if (looks > 1) await sleep(pause);
  }
  return { containers: [...containers], networks: [...networks], volumes: [...volumes] };
}

/** What a run left in an engine whose AppHost is gone. */
export interface StaleRun {
  readonly run: string;
  /** Names of containers. */
  readonly containers: readonly string[];
  /** Names of networks. */
  readonly networks: readonly string[];
  /** Names of volumes that were made for the run alone. */
  readonly volumes: readonly string[];
}

/** Runs whose AppHost is gone, told by pid and start time, and that still have something in the engine. */
export async function findStaleRuns(
  engine: ContainerEngine,
  { timeout }: Pick<CleanUpContainersOptions, "timeout"> = {},
): Promise<StaleRun[]> {
  const found = await findLabelled(engine, {
    label: labels.run,
    ...(timeout === undefined ? {} : { timeout }),
  });
  const runs = new Map<
    string,
    { run: string; containers: string[]; networks: string[]; volumes: string[] }
  >();
  for (const kind of ["containers", "networks", "volumes"] as const) {
    for (const { name, marks } of found[kind]) {
      const run = marks[labels.run];
      if (run === undefined || !isOwnerGone(marks)) continue;
      const stale = runs.get(run) ?? { run, containers: [], networks: [], volumes: [] };
      stale[kind].push(name);
      runs.set(run, stale);
    }
  }
  return [...runs.values()];
}

/** Removes what runs left whose AppHost is gone. */
export async function cleanUpStaleRuns(engine: ContainerEngine): Promise<StaleRun[]> {
  const stale = await findStaleRuns(engine);
  await Promise.all(stale.map(({ run }) => cleanUpRunContainers(engine, run)));
  return stale;
}

interface Labelled {
  id: string;
  name: string;
  marks: Readonly<Record<string, string | undefined>>;
}

async function findLabelled(
  engine: ContainerEngine,
  { label, timeout }: { label: string; timeout?: number },
): Promise<{ containers: Labelled[]; networks: Labelled[]; volumes: Labelled[] }> {
  const filters = { label: [label] };
  const limit = timeout === undefined ? {} : { timeout };
  const [containers, networks, volumes] = await Promise.all([
    engine.json<{ Id: string; Names?: readonly string[] | null; Labels?: Record<string, string> | null }[]>({
      path: "/containers/json",
      query: { all: true, filters },
      ...limit,
    }),
    engine.json<{ Id: string; Name: string; Labels?: Record<string, string> | null }[]>({
      path: "/networks",
      query: { filters },
      ...limit,
    }),
    engine.json<{ Volumes?: { Name: string; Labels?: Record<string, string> | null }[] | null }>({
      path: "/volumes",
      query: { filters },
      ...limit,
    }),
  ]);
  return {
    containers: containers.map(({ Id, Names, Labels }) => ({
      id: Id,
      name: Names?.[0]?.replace(/^\//, "") ?? Id,
      marks: Labels ?? {},
    })),
    networks: networks.map(({ Id, Name, Labels }) => ({ id: Id, name: Name, marks: Labels ?? {} })),
    volumes: (volumes.Volumes ?? []).map(({ Name, Labels }) => ({
      id: Name,
      name: Name,
      marks: Labels ?? {},
    })),
  };
}
