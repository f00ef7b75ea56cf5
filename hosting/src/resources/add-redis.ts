import { redisHealthCheck } from "../health-checks/redis-health-check.ts";
import { containerLauncher } from "../launchers/container-launcher.ts";
import { externalLauncher } from "../launchers/external-launcher.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { ParameterBuilder } from "../model/parameter-builder.ts";
import type { BackingResourceBuilder } from "../model/backing-resource-builder.ts";
import { ownProperty, passwordParameter } from "./implicit-password.ts";
import { parseRedisConnection, redisConnection } from "./redis-connection.ts";
import { redisEmbedded } from "./redis-embedded.ts";
import { redisProcess } from "./redis-process.ts";

/** Options of {@link addRedis}. */
export interface RedisOptions {
  /** A free port when absent. */
  port?: number;
  /** The parameter with its password; one that is generated and kept when absent. */
  password?: ParameterBuilder;
}

/**
 * Adds a Redis: one that is there, a container, `redis-server`, or the server that comes with Dext.
 *
 * @example
 * ```ts
 * import { addRedis, createBuilder } from "@dext/hosting";
 *
 * const host = createBuilder({ directory: "." });
 * const cache = addRedis(host, "cache").withDataVolume();
 * host.addNodeApp("api", "api.js").withReference(cache).waitFor(cache);
 * ```
 */
export function addRedis(
  host: ModelBuilder,
  name: string,
  options: RedisOptions = {},
): BackingResourceBuilder {
  const { port, password } = options;
  const ownPassword = ownProperty(host, { name, property: "password" });
  return host
    .addBackingResource({
      name,
      kind: "redis",
      endpoints: [{ name: "tcp", ...(port === undefined ? {} : { port }), targetPort: 6379 }],
      launchers: [
        externalLauncher({ parse: parseRedisConnection }),
        containerLauncher({
          image: "redis",
          tag: "8.2",
          entrypoint: ["/bin/sh", "-c"],
          args: ['redis-server --requirepass "$REDIS_PASSWORD" --save 60 1'],
          environment: { REDIS_PASSWORD: ownPassword },
          targetPorts: { tcp: 6379 },
          dataPath: "/data",
        }),
        redisProcess(),
        redisEmbedded(),
      ],
      connection: (self) =>
        redisConnection(self, { password: passwordParameter(host, { name, given: password }) }),
    })
    .withHealthCheck("redis", redisHealthCheck({ endpoint: "tcp" }));
}
