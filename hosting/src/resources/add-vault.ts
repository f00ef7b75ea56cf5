import { vaultHealthCheck } from "../health-checks/vault-health-check.ts";
import { containerLauncher } from "../launchers/container-launcher.ts";
import { externalLauncher } from "../launchers/external-launcher.ts";
import { expression } from "../model/expression.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { ParameterBuilder } from "../model/parameter-builder.ts";
import type { BackingResourceBuilder } from "../model/resource-builder.ts";
import { httpConnection, parseHttpConnection } from "./http-connection.ts";
import { ownProperty, passwordParameter } from "./implicit-password.ts";

/** Options of {@link addVault}. */
export interface VaultOptions {
  /** A free port when absent. */
  port?: number;
  /** The parameter with the root token; one that is generated and kept, `<name>-token`, when absent. */
  token?: ParameterBuilder;
}

/**
 * Adds a Vault: one that is there, or a container in development mode, which keeps its secrets in memory.
 *
 * One that is there is configured as `ConnectionStrings:<name>`, a URL or `Endpoint=http://vault:8200;Token=…`.
 */
export function addVault(
  host: ModelBuilder,
  name: string,
  options: VaultOptions = {},
): BackingResourceBuilder {
  const { port, token } = options;
  return host
    .addBackingResource({
      name,
      kind: "vault",
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
      ],
      connection: (self) => {
        const connection = httpConnection(self);
        const parameter = passwordParameter(host, { name, given: token, suffix: "token" });
        return { ...connection, properties: { ...connection.properties, token: expression`${parameter}` } };
      },
    })
    .withHealthCheck("vault", vaultHealthCheck({ endpoint: "http" }));
}
