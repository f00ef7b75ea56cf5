import { vaultHealthCheck } from "../health-checks/vault-health-check.ts";
import { containerLauncher } from "../launchers/container-launcher.ts";
import { externalLauncher } from "../launchers/external-launcher.ts";
import { encoded, expression } from "../model/expression.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { ParameterBuilder } from "../model/parameter-builder.ts";
import { BackingResourceBuilder } from "../model/backing-resource-builder.ts";
import { count } from "./consul-seed.ts";
import { httpConnection, parseHttpConnection } from "./http-connection.ts";
import { ownProperty, passwordParameter } from "./implicit-password.ts";
import { valuesIn } from "./seed-value.ts";
import { vaultProcess } from "./vault-process.ts";
import { seedVault } from "./vault-seed.ts";
import type { VaultSecrets } from "./vault-seed.ts";

/** Options of {@link addVault}. */
export interface VaultOptions {
  /** A free port when absent. */
  port?: number;
  /** The parameter with the root token; one that is generated and kept, `<name>-token`, when absent. */
  token?: ParameterBuilder;
}

/** A Vault while the AppHost describes it. */
export class VaultBuilder extends BackingResourceBuilder {
  /**
   * Fills it with secrets once it is healthy and before anything starts that waits for it. Secrets that are there are left
   * as they are. In a Vault that Dext has started, an engine that is not there is mounted, KV version 2.
   *
   * @param secrets fields by path: `"secret/shop/api"` is `shop/api` in the engine at `secret`. Values are text, numbers,
   * parameters and references, also within lists and objects.
   * @param options.mount the path of the engine where it has several parts and is not there yet: `team/kv`.
   * @param options.overwrite writes secrets that are there too, where they differ.
   *
   * @example
   * ```ts
   * import { createBuilder } from "@dext/hosting";
   *
   * const host = createBuilder({ directory: "." });
   * const password = host.addParameter("db-password", { secret: true, generate: true });
   * host.addVault("vault").withSecrets({ "secret/shop/api": { password } });
   * ```
   */
  withSecrets(secrets: VaultSecrets, options: { mount?: string; overwrite?: boolean } = {}): this {
    const { mount, overwrite = false } = options;
    return this.withSeed(
      count(Object.keys(secrets).length, "secret"),
      (context) => seedVault(context, { secrets, mount: mount?.replace(/^\/|\/$/g, ""), overwrite }),
      { values: valuesIn(secrets) },
    );
  }
}

/**
 * Adds a Vault: one that is there, a container, `vault` or `bao`; all but the first in development mode, which keeps its
 * secrets in memory.
 *
 * One that is there is configured as `ConnectionStrings:<name>`, a URL or `Endpoint=http://vault:8200;Token=…`.
 */
export function addVault(host: ModelBuilder, name: string, options: VaultOptions = {}): VaultBuilder {
  const { port, token } = options;
  return host
    .addBackingResource({
      name,
      kind: "vault",
      builder: VaultBuilder,
      endpoints: [
        { name: "http", scheme: "http", ...(port === undefined ? {} : { port }), targetPort: 8200 },
      ],
      launchers: [
        externalLauncher({ parse: parseHttpConnection }),
        containerLauncher({
          image: "hashicorp/vault",
          tag: "1.20",
          args: ["server", "-dev"],
          environment: {
            VAULT_DEV_ROOT_TOKEN_ID: ownProperty(host, { name, property: "token" }),
            VAULT_DEV_LISTEN_ADDRESS: "0.0.0.0:8200",
          },
          targetPorts: { http: 8200 },
          capabilities: ["IPC_LOCK"],
        }),
        vaultProcess(),
      ],
      connection: (self) => {
        const { properties } = httpConnection(self);
        const parameter = passwordParameter(host, { name, given: token, suffix: "token" });
        return {
          // Without its token nothing can be read.
          connectionString: expression`Endpoint=${self.endpoint("http")};Token=${encoded(parameter, "keyValue")}`,
          properties: { ...properties, token: expression`${parameter}` },
        };
      },
    })
    .withHealthCheck("vault", vaultHealthCheck({ endpoint: "http" }));
}
