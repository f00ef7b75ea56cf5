import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { launcherError } from "../launchers/error-codes.ts";
import { initFiles } from "../launchers/init-files.ts";
import type { FoundProgram } from "../launchers/process-launcher.ts";
import { programBeside } from "../launchers/program-beside.ts";
import type { LaunchContext } from "../model/launcher.ts";
import { databaseNameOf } from "./postgres-database.ts";

interface Filling {
  readonly program: FoundProgram;
  readonly socketFolder: string;
  /** Whether the data folder was made for this start. */
  readonly isFresh: boolean;
}

/**
 * Sets the password, makes the databases that are not there yet and runs the files of `withInitFiles`: those of the server
 * in a fresh data folder, those of a database when it was made.
 */
export async function fillPostgres(context: LaunchContext, filling: Filling): Promise<void> {
  const names = context.children.map(databaseNameOf);
  const password = (await context.property("password")) ?? "";
  await psql(context, { ...filling, input: `ALTER ROLE CURRENT_USER PASSWORD ${literal(password)};` });
  const made = await makeDatabases(context, { ...filling, names });
  if (filling.isFresh) {
    const database = serverDatabase(names);
    for (const file of await initFiles(context, { extensions: [".sql"] })) {
      await psql(context, { ...filling, database, file });
    }
  }
  for (const child of context.children.filter((database) => made.includes(databaseNameOf(database)))) {
    const database = databaseNameOf(child);
    for (const file of await initFiles({ ...context, resource: child }, { extensions: [".sql"] })) {
      await psql(context, { ...filling, database, file });
    }
  }
}

/** The database that the server's own init files run in: the only one, or `postgres`. */
export function serverDatabase(names: readonly string[]): string {
  return names.length === 1 && names[0] !== undefined ? names[0] : "postgres";
}

async function makeDatabases(
  context: LaunchContext,
  { names, ...filling }: Filling & { names: readonly string[] },
): Promise<readonly string[]> {
  const output = await psql(context, { ...filling, input: "SELECT datname FROM pg_database;" });
  const known = output.split("\n");
  const missing = [...new Set(names)].filter((name) => !known.includes(name));
  if (missing.length === 0) return [];
  await psql(context, {
    ...filling,
    input: missing.map((name) => `CREATE DATABASE ${identifier(name)};`).join("\n"),
  });
  context.log(`made ${missing.map((name) => JSON.stringify(name)).join(", ")}`);
  return missing;
}

/** Runs SQL from a text or a file over the server's socket, ends at the first error, and gives what it printed. */
async function psql(
  context: LaunchContext,
  {
    program,
    socketFolder,
    database = "postgres",
    ...source
  }: Filling & { database?: string; input?: string; file?: string },
): Promise<string> {
  const command = (await programBeside(program.path, { name: "psql", context })) ?? "psql";
  const connection = [
    "--host",
    socketFolder,
    "--port",
    String(context.port("tcp")),
    "--username",
    "postgres",
  ];
  const manner = [
    "--no-psqlrc",
    "--no-password",
    "--quiet",
    "--tuples-only",
    "--no-align",
    "--set",
    "ON_ERROR_STOP=1",
  ];
  const script = source.file === undefined ? [] : ["--file", source.file];
  const child = spawn(command, [...connection, ...manner, "--dbname", database, ...script], {
    cwd: context.directory,
    signal: context.signal,
    // Our own PG* variables are about other servers.
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], LANG: process.env["LANG"] ?? "C.UTF-8" },
  });
  child.stdin.on("error", () => {});
  child.stdin.end(source.input ?? "");
  const closed = once(child, "close");
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await closed) as [number | null];
  if (code === 0) return output;
  throw seedFailed(context, { source: source.file ?? "the setup of its databases", reason: errors.trim() });
}

function seedFailed(context: LaunchContext, { source, reason }: { source: string; reason: string }): Error {
  return launcherError(
    "DEXT_LAUNCH_SEED_FAILED",
    `"${context.resource.name}" could not be filled from ${source}: ${reason}`,
    {
      hint: "What ran before it stays: correct it and delete the resource's data folder, so that it is filled anew.",
      details: { resource: context.resource.name, source },
    },
  );
}

function literal(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return value.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
