/**
 * PGlite as a process of its own: `main.js --port <number> [--host <address>] [--data <folder>] [--init <file>]…`.
 *
 * Without a folder its data is in memory. The files run in order when there is no data yet.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { importPeer } from "../import-peer.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    host: { type: "string", default: "127.0.0.1" },
    data: { type: "string" },
    init: { type: "string", multiple: true, default: [] },
  },
});

const { PGlite } = (await importPeer("@electric-sql/pglite")) as typeof import("@electric-sql/pglite");
const { PGLiteSocketServer } = (await importPeer(
  "@electric-sql/pglite-socket",
)) as typeof import("@electric-sql/pglite-socket");

const isFresh = values.data === undefined || !existsSync(join(values.data, "PG_VERSION"));
const db = await PGlite.create(values.data === undefined ? {} : { dataDir: values.data });
if (isFresh) for (const file of values.init) await fill(file);

const server = new PGLiteSocketServer({
  db,
  host: values.host,
  port: Number(values.port ?? 5432),
  maxConnections: 20,
});
await server.start();
process.stdout.write(`listening on ${values.host}:${values.port ?? 5432}\n`);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    void stop();
  });
}

async function fill(file: string): Promise<void> {
  try {
    await db.exec(await readFile(file, "utf8"));
    process.stdout.write(`filled from ${file}\n`);
  } catch (error) {
    process.stderr.write(`${file} could not be run: ${(error as Error).message}\n`);
    process.exit(1);
  }
}

/** The data is on disk when the database is closed. */
async function stop(): Promise<void> {
  await server.stop();
  await db.close();
  process.exit(0);
}
