import { consulHealthCheck } from "../health-checks/consul-health-check.ts";
import { containerLauncher } from "../launchers/container-launcher.ts";
import { externalLauncher } from "../launchers/external-launcher.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import { resolve } from "node:path";
import { BackingResourceBuilder } from "../model/backing-resource-builder.ts";
import { consulProcess } from "./consul-process.ts";
import { count, seedConsul } from "./consul-seed.ts";
import type { KeyValues } from "./consul-seed.ts";
import { httpConnection, parseHttpConnection } from "./http-connection.ts";
import { valuesIn } from "./seed-value.ts";

/** Options of {@link addConsul}. */
export interface ConsulOptions {
  /** The port of its HTTP API; a free one when absent. */
  port?: number;
}

/** A Consul while the AppHost describes it. */
export class ConsulBuilder extends BackingResourceBuilder {
  /**
   * Fills it with keys once it is healthy and before anything starts that waits for it. Keys that are there are left as
   * they are, so that what a person has changed stays changed.
   *
   * @param values by key: text, parameters and references as they are, objects and lists as JSON. Or the path of a folder
   * with a file for each key, or of a JSON file with an object of keys or what `consul kv export` prints.
   * @param options.overwrite writes keys that are there too, where they differ.
   *
   * @example
   * ```ts
   * import { createBuilder } from "@dext/hosting";
   *
   * const host = createBuilder({ directory: "." });
   * const key = host.addParameter("api-key", { secret: true, generate: true });
   * host.addConsul("settings").withKeyValues({ "shop/greeting": "hello", "shop/api": { key, retries: 3 } });
   * ```
   */
  withKeyValues(values: KeyValues | string, options: { overwrite?: boolean } = {}): this {
    const { overwrite = false } = options;
    const isPath = typeof values === "string";
    const source = isPath ? resolve(this.host.directory, values) : values;
    const name = isPath ? `the keys of ${values}` : count(Object.keys(values).length, "key");
    return this.withSeed(name, (context) => seedConsul(context, { source, overwrite }), {
      values: isPath ? [] : valuesIn(values),
    });
  }
}

/** Adds a Consul agent: one that is there, a container, or `consul`. */
export function addConsul(host: ModelBuilder, name: string, options: ConsulOptions = {}): ConsulBuilder {
  const { port } = options;
  return host
    .addBackingResource({
      name,
      kind: "consul",
      builder: ConsulBuilder,
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
