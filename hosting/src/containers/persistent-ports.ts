import { isContainerLauncher } from "../launchers/container-launcher.ts";
import type { Launcher } from "../model/launcher.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";
import { isPortFree } from "../orchestration/port-reservations.ts";
import { inspectContainer } from "./container-state.ts";
import { engineOfMachine } from "./find-engine.ts";
import type { EngineSearch } from "./find-engine.ts";
import { appId, containerName, labels } from "./labels.ts";

/**
 * The port of an endpoint that a container has from an earlier run, by the endpoint's name: one that outlives runs keeps
 * its ports, so a run must plan with these. Empty for every other container.
 */
export async function persistentPorts(
  resource: ResourceModel,
  {
    launcher,
    model,
    replica,
    findEngine = engineOfMachine,
  }: {
    launcher: Launcher;
    model: Pick<AppModel, "name" | "directory">;
    replica: number;
    findEngine?: () => Promise<EngineSearch>;
  },
): Promise<ReadonlyMap<string, number>> {
  if (!isContainerLauncher(launcher) || launcher.container.lifetime !== "persistent") return new Map();
  const { engine } = await findEngine();
  const container = containerName(appId(model), {
    resource: resource.name,
    replica,
    replicas: resource.replicas,
  });
  const details =
    engine === undefined ? undefined : await inspectContainer(engine, container).catch(() => undefined);
  const ports = parse(details?.Config.Labels?.[labels.ports]);
  // One that does not run has lost its ports to whoever took them.
  if (details?.State.Running === true) return ports;
  const free = await Promise.all(
    [...ports].map(async ([name, port]) => ({ name, port, isFree: await isPortFree(port) })),
  );
  return new Map(free.filter(({ isFree }) => isFree).map(({ name, port }) => [name, port]));
}

function parse(text: string | undefined): Map<string, number> {
  try {
    return new Map(Object.entries(JSON.parse(text ?? "{}") as Record<string, number>));
  } catch {
    return new Map();
  }
}
