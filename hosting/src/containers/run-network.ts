import type { ContainerEngine } from "./container-engine.ts";
import { containerError, engineWords, isRefusal } from "./error-codes.ts";
import { canListenOn } from "./host-forwards.ts";
import type { ForwardPlace } from "./host-forwards.ts";

/** The network that the containers of a run are in. */
export interface RunNetwork {
  readonly name: string;
  /**
   * How its containers reach this machine: through forwarders on the bridge's gateway; through the engine's own tunnel,
   * where it runs in a virtual machine; or not at all, and why.
   */
  readonly host:
    | ({ readonly by: "forwarders" } & ForwardPlace)
    | { readonly by: "engine" }
    | { readonly by: "nothing"; readonly because: string };
}

/** The name that this machine has in containers. */
export const hostName = "host.docker.internal";

/**
 * Makes a network, or takes the one of that name.
 *
 * @throws DextError `DEXT_CONTAINER_ENGINE_…`
 */
export async function ensureNetwork(
  engine: ContainerEngine,
  { name, labels }: { name: string; labels: Readonly<Record<string, string>> },
): Promise<RunNetwork> {
  const known = await inspectNetwork(engine, name);
  if (known === undefined) await createNetwork(engine, { name, labels });
  const network = known ?? (await inspectNetwork(engine, name));
  return { name, host: await reachHost(engine, network) };
}

/** Removes a network; containers that are still in it, such as those that outlive the run, are taken out of it first. */
export async function removeNetwork(
  engine: ContainerEngine,
  nameOrId: string,
  { timeout }: { timeout?: number } = {},
): Promise<void> {
  const limit = timeout === undefined ? {} : { timeout };
  try {
    const network = await inspectNetwork(engine, nameOrId);
    if (network === undefined) return;
    for (const id of Object.keys(network.Containers ?? {})) {
      await engine
        .json({
          method: "POST",
          path: `/networks/${network.Id}/disconnect`,
          json: { Container: id, Force: true },
          ...limit,
        })
        .catch(() => undefined);
    }
    await engine.json({ method: "DELETE", path: `/networks/${network.Id}`, ...limit });
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
  }
}

interface NetworkDetails {
  Id: string;
  IPAM?: { Config?: readonly { Subnet?: string; Gateway?: string }[] | null };
  Containers?: Readonly<Record<string, unknown>> | null;
}

async function inspectNetwork(engine: ContainerEngine, name: string): Promise<NetworkDetails | undefined> {
  try {
    return await engine.json<NetworkDetails>({ path: `/networks/${name}` });
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}

async function createNetwork(
  engine: ContainerEngine,
  { name, labels }: { name: string; labels: Readonly<Record<string, string>> },
): Promise<void> {
  try {
    await engine.json({
      method: "POST",
      path: "/networks/create",
      json: { Name: name, Driver: "bridge", CheckDuplicate: true, Labels: labels },
    });
  } catch (error) {
    // Made by another start at the same time.
    if (isRefusal(error, 409)) return;
    const words = engineWords(error);
    if (!/address pool|subnet/i.test(words)) throw error;
    throw containerError(
      "DEXT_CONTAINER_ENGINE_REFUSED",
      `${engine.name} could not make the network "${name}": ${words}`,
      {
        hint: "Remove networks that nobody uses: docker network prune.",
        cause: error,
        details: { engine: words, network: name },
      },
    );
  }
}

async function reachHost(
  engine: ContainerEngine,
  network: NetworkDetails | undefined,
): Promise<RunNetwork["host"]> {
  const config = (network?.IPAM?.Config ?? []).find(({ Subnet = "" }) => Subnet.includes("."));
  const subnet = config?.Subnet;
  const gateway = (config?.Gateway ?? firstAddress(subnet)).split("/")[0] ?? "";
  if (await engine.isRemote()) return { by: "engine" };
  if (subnet !== undefined && (await canListenOn(gateway))) return { by: "forwarders", gateway, subnet };
  if (await engine.isRootless())
    return { by: "nothing", because: `${engine.name} runs without root, in a network of its own` };
  // Podman makes the bridge when the first container comes.
  if (subnet !== undefined && engine.name === "Podman")
    return { by: "forwarders", gateway, subnet, comesLater: true };
  return { by: "nothing", because: `the gateway ${gateway} of its network is not on this machine` };
}

/** `172.19.0.0/16` → `172.19.0.1`, which engines take when they are not told otherwise. */
function firstAddress(subnet: string = ""): string {
  const parts = (subnet.split("/")[0] ?? "").split(".").map(Number);
  return [...parts.slice(0, 3), (parts[3] ?? 0) + 1].join(".");
}
