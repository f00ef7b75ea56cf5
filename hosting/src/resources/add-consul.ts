import { consulHealthCheck } from "../health-checks/consul-health-check.ts";
import { containerLauncher } from "../launchers/container-launcher.ts";
import { externalLauncher } from "../launchers/external-launcher.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { BackingResourceBuilder } from "../model/resource-builder.ts";
import { consulProcess } from "./consul-process.ts";
import { httpConnection, parseHttpConnection } from "./http-connection.ts";

/** Options of {@link addConsul}. */
export interface ConsulOptions {
  /** The port of its HTTP API; a free one when absent. */
  port?: number;
}

/** Adds a Consul agent: one that is there, a container, or `consul`. */
export function addConsul(
  host: ModelBuilder,
  name: string,
  options: ConsulOptions = {},
): BackingResourceBuilder {
  const { port } = options;
  return host
    .addBackingResource({
      name,
      kind: "consul",
      endpoints: [
        { name: "http", scheme: "http", ...(port === undefined ? {} : { port }), targetPort: 8500 },
      ],
      launchers: [
        externalLauncher({ parse: parseHttpConnection }),
        containerLauncher({
          image: "hashicorp/consul",
          tag: "1.21",
          args: ["agent", "-server", "-bootstrap-expect=1", "-client=0.0.0.0", "-bind=127.0.0.1"],
          targetPorts: { http: 8500 },
          dataPath: "/consul/data",
        }),
        consulProcess(),
      ],
      connection: httpConnection,
    })
    .withHealthCheck("consul", consulHealthCheck({ endpoint: "http" }));
}
