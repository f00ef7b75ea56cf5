import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { findFreePorts } from "../launchers/free-ports.ts";
import { initFiles } from "../launchers/init-files.ts";
import { processLauncher } from "../launchers/process-launcher.ts";
import type { LaunchContext, Launcher } from "../model/launcher.ts";

/** Debian's program on the PATH changes to a user of its own and writes into /var; this is the one behind it. */
const behindWrapper = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/**
 * Erlang nodes find each other through a daemon, epmd, that whoever is first starts and nobody stops. This node has one of
 * its own, in its process group, so that it ends with the node.
 */
const script = 'epmd=$1; shift; "$epmd" -address 127.0.0.1 -port "$ERL_EPMD_PORT" & exec "$@"';

/** `rabbitmq-server` of this machine. */
export function rabbitmqProcess(): Launcher {
  return processLauncher({
    program: "rabbitmq-server",
    folders: ["/usr/lib/rabbitmq/bin", "/opt/homebrew/sbin", "/usr/local/sbin"],
    install: "Install RabbitMQ, for example with: apt-get install rabbitmq-server",
    async refuse(context) {
      if ((await context.findProgram("epmd")) !== undefined) return undefined;
      return { because: "epmd of Erlang, which it needs, is not on the PATH", remedy: "Install Erlang" };
    },
    async command(context, { path }) {
      const folder = join(await context.dataDirectory(), "rabbitmq-server");
      const [distribution = 0, names = 0] = await findFreePorts(2);
      await prepare(context, folder);
      const server = existsSync(behindWrapper) ? behindWrapper : path;
      return {
        command: "/bin/sh",
        args: ["-c", script, "rabbitmq", (await context.findProgram("epmd")) ?? "epmd", server],
        cwd: folder,
        environment: serverEnvironment({ folder, distribution, names }),
      };
    },
  });
}

/** Its name is the folder's: data of one node cannot be read by a node of another name. */
function serverEnvironment({
  folder,
  distribution,
  names,
}: {
  folder: string;
  distribution: number;
  names: number;
}): Record<string, string> {
  return {
    // The cookie by which nodes know each other is written there.
    HOME: folder,
    ERL_EPMD_PORT: String(names),
    ERL_CRASH_DUMP_SECONDS: "0",
    RABBITMQ_NODENAME: "dext@localhost",
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, "none.config"),
    RABBITMQ_CONF_ENV_FILE: "/dev/null",
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
    RABBITMQ_MNESIA_BASE: join(folder, "data"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_LOGS: "-",
    RABBITMQ_SCHEMA_DIR: join(folder, "schema"),
    RABBITMQ_GENERATED_CONFIG_DIR: join(folder, "generated"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1}",
  };
}

async function prepare(context: LaunchContext, folder: string): Promise<void> {
  const definitions = join(folder, "definitions");
  const isFresh = !existsSync(join(folder, "data"));
  await rm(definitions, { recursive: true, force: true });
  await mkdir(definitions, { recursive: true, mode: 0o700 });
  const configuration = [
    `listeners.tcp.1 = 127.0.0.1:${context.port("tcp")}`,
    `load_definitions = ${definitions}`,
    "loopback_users = none",
    "",
  ];
  await writeFile(join(folder, "rabbitmq.conf"), configuration.join("\n"), { mode: 0o600 });
  await writeFile(join(folder, "enabled_plugins"), "[].\n");
  const own = JSON.stringify(userDefinitions((await context.property("password")) ?? ""));
  await writeFile(join(definitions, "0-dext.json"), own, { mode: 0o600 });
  const files = await initFiles(context, { extensions: [".json"] });
  if (!isFresh) return;
  for (const [index, file] of files.entries()) {
    await copyFile(file, join(definitions, `${String(index + 1).padStart(4, "0")}-${basename(file)}`));
  }
}

/** The user that consumers log in as. Read at every start, so that a changed password counts for data that is kept, too. */
function userDefinitions(password: string): object {
  return {
    users: [
      {
        name: "guest",
        password_hash: hash(password),
        hashing_algorithm: "rabbit_password_hashing_sha256",
        tags: "administrator",
      },
    ],
    vhosts: [{ name: "/" }],
    permissions: [{ user: "guest", vhost: "/", configure: ".*", write: ".*", read: ".*" }],
  };
}

/** Four bytes of salt, then SHA-256 over salt and password: https://www.rabbitmq.com/docs/passwords */
function hash(password: string): string {
  const salt = randomBytes(4);
  const digest = createHash("sha256").update(salt).update(password).digest();
  return Buffer.concat([salt, digest]).toString("base64");
}
