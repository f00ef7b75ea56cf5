import type { Closable } from "./closers.ts";
import { checkFixedPorts } from "./fixed-ports.ts";
import { startFrontProxy } from "./front-proxy.ts";
import type { Orchestrator } from "./orchestrator.ts";

/** Gives every fixed port of a resource with several replicas to a proxy in front of them. */
export async function startFrontProxies(orchestrator: Orchestrator): Promise<Closable> {
  const proxies: Closable[] = [];
  const { resources, addresses, hub } = orchestrator.context;
  for (const resource of resources.values()) {
    if (resource.replicas === 1) continue;
    for (const { name: endpoint, port } of resource.endpoints) {
      if (port === undefined) continue;
      const targets = (): ReturnType<typeof addresses.find>[] =>
        orchestrator
          .replicas()
          .filter((replica) => replica.resource === resource && replica.state === "Running")
          .map(({ index }) => addresses.find(resource.name, { endpoint, replica: index }));
      try {
        await checkFixedPorts(resource);
        proxies.push(await startFrontProxy(port, () => targets().filter((target) => target !== undefined)));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        hub.emit({
          type: "notice",
          data: { level: "error", resource: resource.name, message, code: "DEXT_RUN_PORT_TAKEN" },
        });
      }
    }
  }
  return { close: () => Promise.all(proxies.map((proxy) => proxy.close())) };
}
