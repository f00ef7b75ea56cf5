import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { embeddedLauncher, siblingProgram } from "../launchers/embedded-launcher.ts";
import type { Launcher } from "../model/launcher.ts";
import { redisSeed } from "./redis-seed.ts";

/** The Redis server that comes with this package. */
export function redisEmbedded(): Launcher {
  return embeddedLauncher({
    module: siblingProgram("../embedded/redis/main", import.meta.url),
    extras: { fengari: "scripts (EVAL) are refused" },
    because: "Dext's own Redis server serves, which has the commands listed in its docs",
    async command(context) {
      const folder = join(await context.dataDirectory(), "embedded");
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const password = (await context.property("password")) ?? "";
      const data = context.resource.dataVolume === undefined ? [] : ["--data", folder];
      return {
        args: ["--port", String(context.port("tcp")), "--host", "127.0.0.1", ...data],
        environment: password === "" ? {} : { DEXT_REDIS_PASSWORD: password },
        ...(await redisSeed(context, { folder })),
      };
    },
  });
}
