import { readFile } from "node:fs/promises";
import { launcherError } from "../launchers/error-codes.ts";
import { initFiles } from "../launchers/init-files.ts";
import type { ContainerPlan, LaunchContext } from "../model/launcher.ts";
import { databaseNameOf } from "./postgres-database.ts";

type RunningContainer = Parameters<NonNullable<ContainerPlan["afterHealthy"]>>[0];

/**
 * Makes the databases that are not there yet in a container of PostgreSQL, and fills each one that it made from its own
 * `withInitFiles`. The files of the server itself are run by the image.
 */
export async function fillPostgresContainer(
  context: LaunchContext,
  container: RunningContainer,
): Promise<void> {
  const wanted = [...new Map(context.children.map((child) => [databaseNameOf(child), child]))];
  if (wanted.length === 0) return;
  const psql = (sql: string, options: { database?: string; source?: string } = {}): Promise<string> =>
    runPsql(sql, { context, container, ...options });
  const known = (await psql("SELECT datname FROM pg_database;")).split("\n");
  for (const [name, child] of wanted) {
    if (known.includes(name)) continue;
    await psql(`CREATE DATABASE "${name.replaceAll('"', '""')}";`);
    context.log(`made ${JSON.stringify(name)}`);
    for (const file of await initFiles({ ...context, resource: child }, { extensions: [".sql"] })) {
      await psql(await readFile(file, "utf8"), { database: name, source: file });
    }
  }
}

/** Linux takes 128 KiB as one argument. */
const argumentLimit = 100_000;

/** Runs SQL over the server's own socket, ends at the first error, and gives what it printed. */
async function runPsql(
  sql: string,
  {
    context,
    container,
    database = "postgres",
    source = "the setup of its databases",
  }: { context: LaunchContext; container: RunningContainer; database?: string; source?: string },
): Promise<string> {
  // The password is in the container's environment already and need not stand in a command line.
  const script = `database=$1; shift; for part; do printf %s "$part"; done | PGPASSWORD=$POSTGRES_PASSWORD psql --no-psqlrc --no-password --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --username postgres --dbname "$database"`;
  const { exitCode, stdout, stderr } = await container.exec(
    ["/bin/sh", "-c", script, "sh", database, ...partsOf(sql)],
    { signal: context.signal },
  );
  if (exitCode === 0) return stdout;
  throw launcherError(
    "DEXT_LAUNCH_SEED_FAILED",
    `"${context.resource.name}" could not be filled from ${source}: ${stderr.trim()}`,
    {
      hint: "What ran before it stays: correct it and remove the resource's volume, so that it is filled anew.",
      details: { resource: context.resource.name, source },
    },
  );
}

/** Characters take up to three bytes for each of their units. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  for (const character of text) {
    part += character;
    if (part.length * 3 < argumentLimit) continue;
    parts.push(part);
    part = "";
  }
  return [...parts, part];
}
