import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launcherError } from "../launchers/error-codes.ts";
import { findFreePorts } from "../launchers/free-ports.ts";
import { processLauncher } from "../launchers/process-launcher.ts";
import type { LaunchContext, Launcher } from "../model/launcher.ts";

/** `consul` of this machine: one server that is its own leader, on loopback. */
export function consulProcess(): Launcher {
  return processLauncher({
    program: "consul",
    version: ["version"],
    install: "Install Consul from https://developer.hashicorp.com/consul/install",
    async command(context, { version = "" }) {
      refuseInitFiles(context);
      const folder = join(await context.dataDirectory(), "consul");
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const [server, gossip] = await findFreePorts(2);
      return {
        args: [
          "agent",
          "-server",
          "-bootstrap-expect=1",
          "-node=dext",
          `-data-dir=${folder}`,
          "-bind=127.0.0.1",
          "-client=127.0.0.1",
          `-http-port=${context.port("http")}`,
          `-server-port=${server}`,
          `-serf-lan-port=${gossip}`,
          "-serf-wan-port=-1",
          "-dns-port=-1",
          // Without other servers there is nobody to wait for: elections within milliseconds.
          "-hcl=performance { raft_multiplier = 1 }",
          "-hcl=leave_on_terminate = false",
          "-hcl=disable_update_check = true",
          ...portsOf(version),
        ],
        cwd: folder,
      };
    },
  });
}

/**
 * From 1.14 on, every server listens on port 8503 for gRPC unless it is told not to, so that a second one on this machine
 * would not start; those before do not know the setting. https://github.com/hashicorp/consul/pull/15302
 */
function portsOf(version: string): readonly string[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 1 || minor >= 14 ? ["-hcl=ports { grpc_tls = -1 }"] : [];
}

function refuseInitFiles({ resource }: LaunchContext): void {
  if (resource.initFiles === undefined) return;
  throw launcherError(
    "DEXT_LAUNCH_INIT_FILES_INVALID",
    `"${resource.name}" is to be filled from "${resource.initFiles}", and Consul takes no such files`,
    {
      hint: "Take withInitFiles away and fill it by withKeyValues, which reads folders and files too.",
      details: { resource: resource.name },
    },
  );
}
