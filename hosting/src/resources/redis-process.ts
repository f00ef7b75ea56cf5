import { mkdir, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { processLauncher } from "../launchers/process-launcher.ts";
import type { Launcher } from "../model/launcher.ts";
import { redisSeed } from "./redis-seed.ts";

/** `redis-server` of this machine. */
export function redisProcess(): Launcher {
  return processLauncher({
    program: "redis-server",
    version: ["--version"],
    install: "Install redis-server, for example with: apt-get install redis-server",
    async command(context) {
      const folder = join(await context.dataDirectory(), "redis-server");
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const configuration = join(folder, "redis.conf");
      const text = redisConfiguration({
        folder,
        port: context.port("tcp"),
        password: (await context.property("password")) ?? "",
        persistent: context.resource.dataVolume !== undefined,
      });
      // In a file for this user only: arguments can be read by everybody on the machine.
      await writeFile(configuration, text, { mode: 0o600 });
      return { args: [configuration], cwd: folder, ...(await redisSeed(context, { folder })) };
    },
  });
}

/** Without a data volume nothing is written; with one every change is in the append-only file within a second. */
function redisConfiguration({
  folder,
  port,
  password,
  persistent,
}: {
  folder: string;
  port: number;
  password: string;
  persistent: boolean;
}): string {
  return [
    `bind ${loopbacks().join(" ")}`,
    `port ${port}`,
    `dir ${quote(folder)}`,
    "daemonize no",
    'save ""',
    `appendonly ${persistent ? "yes" : "no"}`,
    ...(password === "" ? [] : [`requirepass ${quote(password)}`]),
    "",
  ].join("\n");
}

/** Redis does not start when it is to bind an address that the machine does not have. */
function loopbacks(): string[] {
  const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === "::1"),
  );
  return hasIpv6 ? ["127.0.0.1", "::1"] : ["127.0.0.1"];
}

/** `a"b` → `"a\x22b"`: the configuration file knows hexadecimal escapes for bytes. */
function quote(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[\w./-]/.test(character) ? character : String.raw`\x${byte.toString(16).padStart(2, "0")}`;
  });
  return `"${bytes.join("")}"`;
}
