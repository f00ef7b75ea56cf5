import { basename } from "node:path";
import { cleanUpStaleRuns, findEngine, findStaleRuns } from "@dext/hosting/containers";
import type { EngineSearch, StaleRun } from "@dext/hosting/containers";
import { findStaleProcesses, inspectRuns, isRunId, removeStale, runPaths } from "@dext/hosting/control";
import type { NamedProcess, RunListing } from "@dext/hosting/control";

/** What is left of runs whose AppHost is gone, and where it was looked for. */
export interface DeadRuns {
  /** The folder of runs: what lives, and the files that others have left. */
  readonly listing: RunListing;
  /** Processes of dead runs that are still there. */
  readonly processes: readonly NamedProcess[];
  /** The engine that was looked into, if there is one. */
  readonly engine: EngineSearch;
  /** What is left in the engine, run by run. */
  readonly containers: readonly StaleRun[];
  /** Why the engine could not be looked into. */
  readonly engineFailure?: string;
}

/** So long an engine may take for each answer, in milliseconds: somebody waits. */
const timeout = 5000;

/** Looks for what dead runs have left, and changes nothing. */
export async function inspectDeadRuns(directory: string): Promise<DeadRuns> {
  const [listing, engine] = await Promise.all([inspectRuns(directory), findEngine({ timeout })]);
  const [processes, inEngine] = await Promise.all([processesOf(listing, directory), lookInto(engine)]);
  return { listing, processes, engine, ...inEngine };
}

/**
 * Ends and removes what {@link inspectDeadRuns} has found.
 *
 * @throws DextError `DEXT_CONTAINER_ENGINE_…` when the engine does not remove what it should
 */
export async function removeDeadRuns(dead: DeadRuns): Promise<DeadRuns> {
  await removeStale(dead.listing.stale);
  const { engine } = dead.engine;
  if (engine === undefined || dead.containers.length === 0) return dead;
  return { ...dead, containers: await cleanUpStaleRuns(engine) };
}

/** One line for each thing that is left: `container dext-k3x9a2b1-api`. */
export function describeLeft({ processes, containers }: DeadRuns): string[] {
  return [
    ...processes.map(({ name, pid }) => `process ${pid} (${name})`),
    ...containers.flatMap((run) => [
      ...run.containers.map((name) => `container ${name}`),
      ...run.networks.map((name) => `network ${name}`),
      ...run.volumes.map((name) => `volume ${name}`),
    ]),
  ];
}

async function processesOf({ stale }: RunListing, directory: string): Promise<NamedProcess[]> {
  const runs = stale.filter((file) => file.endsWith(".json")).map((file) => basename(file, ".json"));
  const found = await Promise.all(
    runs.filter(isRunId).map((run) => findStaleProcesses(run, { ledger: runPaths(directory, run).ledger })),
  );
  return found.flat();
}

async function lookInto({ engine }: EngineSearch): Promise<Pick<DeadRuns, "containers" | "engineFailure">> {
  if (engine === undefined) return { containers: [] };
  try {
    return { containers: await findStaleRuns(engine, { timeout }) };
  } catch (error) {
    return { containers: [], engineFailure: (error as Error).message };
  }
}
