import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { processLauncher } from "../launchers/process-launcher.ts";
import type { Launcher } from "../model/launcher.ts";

/** `vault` of this machine, or `bao` (OpenBao), in development mode: unsealed, on loopback, its secrets in memory. */
export function vaultProcess(): Launcher {
  return processLauncher({
    program: ["vault", "bao"],
    version: ["version"],
    install:
      "Install Vault from https://developer.hashicorp.com/vault/install or OpenBao from https://openbao.org/docs/install",
    refuse: ({ resource }) =>
      Promise.resolve(
        resource.dataVolume === undefined && resource.initFiles === undefined
          ? undefined
          : {
              because: "a Vault in development mode keeps its secrets in memory and reads no files",
              remedy: "Take withDataVolume and withInitFiles away; withSecrets fills it at every start",
            },
      ),
    async command(context) {
      const folder = join(await context.dataDirectory(), "vault");
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const token = (await context.property("token")) ?? "";
      return {
        args: [
          "server",
          "-dev",
          // The token of the developer's own Vault stays in its file.
          "-dev-no-store-token",
          `-dev-listen-address=127.0.0.1:${context.port("http")}`,
        ],
        cwd: folder,
        // Arguments can be read by everybody on the machine.
        environment: { VAULT_DEV_ROOT_TOKEN_ID: token, BAO_DEV_ROOT_TOKEN_ID: token, HOME: folder },
      };
    },
  });
}
