import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { embeddedLauncher, siblingProgram } from "../launchers/embedded-launcher.ts";
import { initFiles } from "../launchers/init-files.ts";
import type { Refusal } from "../launchers/process-launcher.ts";
import type { Launcher, ProbeContext } from "../model/launcher.ts";
import { databaseNameOf } from "./postgres-database.ts";

/** PGlite, PostgreSQL compiled to WebAssembly, behind a socket. */
export function postgresEmbedded(): Launcher {
  return embeddedLauncher({
    module: siblingProgram("../embedded/postgres/main", import.meta.url),
    peers: ["@electric-sql/pglite", "@electric-sql/pglite-socket"],
    because:
      "PGlite serves, about 450 MB of memory: at most 20 clients, an open transaction of one blocks the others, NOTIFY does not arrive, and the password is not checked",
    refuse,
    async command(context) {
      const files = await Promise.all(
        [context.resource, ...context.children].map((resource) =>
          initFiles({ ...context, resource }, { extensions: [".sql"] }),
        ),
      );
      const folder = join(await context.dataDirectory(), "pglite");
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const data = context.resource.dataVolume === undefined ? [] : ["--data", folder];
      const init = files.flat().flatMap((file) => ["--init", file]);
      return { args: ["--port", String(context.port("tcp")), "--host", "127.0.0.1", ...data, ...init] };
    },
  });
}

async function refuse({ children }: ProbeContext): Promise<Refusal | undefined> {
  const names = [...new Set(children.map(databaseNameOf))];
  if (names.length < 2) return undefined;
  return {
    because: `PGlite serves one database, and ${names.length} are wanted: ${names.join(", ")}`,
    remedy: "Install PostgreSQL, or use one database with several schemas",
  };
}
