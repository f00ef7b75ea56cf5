import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { launcherError } from "../launchers/error-codes.ts";
import { closedFolderAbove, makeOwnedFolder } from "../launchers/owned-folder.ts";
import { processLauncher } from "../launchers/process-launcher.ts";
import type { FoundProgram, Refusal } from "../launchers/process-launcher.ts";
import { programBeside } from "../launchers/program-beside.ts";
import { serverUser } from "../launchers/server-user.ts";
import type { ServerUser } from "../launchers/server-user.ts";
import type { LaunchContext, Launcher, ProbeContext } from "../model/launcher.ts";
import { fillPostgres } from "./postgres-fill.ts";

const run = promisify(execFile);

/** Where distributions put the programs of PostgreSQL, of which `postgres` is not on the PATH of everybody. */
const folders = [
  "/usr/lib/postgresql/*/bin",
  "/usr/pgsql-*/bin",
  "/opt/homebrew/opt/postgresql@*/bin",
  "/usr/local/opt/postgresql@*/bin",
  "/usr/local/pgsql/bin",
];

/** PostgreSQL of this machine. */
export function postgresProcess(): Launcher {
  return processLauncher({
    program: "postgres",
    folders,
    version: ["--version"],
    install: "Install PostgreSQL, for example with: apt-get install postgresql",
    refuse,
    async command(context, program) {
      const user = await serverUser(["postgres", "nobody"]);
      const directory = await context.dataDirectory();
      const folder = join(directory, "postgres");
      await makeOwnedFolder(folder, {
        user,
        ours: [directory, dirname(directory), dirname(dirname(directory))],
      });
      const isFresh = await prepareData(context, { folder, user, program });
      const socketFolder = await makeSocketFolder({ directory, user });
      return {
        args: serverArguments(context, { folder, socketFolder }),
        cwd: folder,
        // The children of the server get these signals, too; SIGINT ends sessions, where SIGTERM waits for them.
        stopSignal: "SIGINT",
        ...(user === undefined ? {} : { user: { uid: user.uid, gid: user.gid } }),
        async afterHealthy() {
          await fillPostgres(context, { program, socketFolder, isFresh });
          // Its work is done; the server does not miss it.
          await rm(socketFolder, { recursive: true, force: true });
        },
      };
    },
  });
}

async function refuse(context: ProbeContext, { path }: FoundProgram): Promise<Refusal | undefined> {
  for (const program of ["initdb", "psql"]) {
    if ((await programBeside(path, { name: program, context })) !== undefined) continue;
    return { because: `${program} is neither beside ${path} nor on the PATH`, remedy: `Install ${program}` };
  }
  if (process.getuid?.() !== 0) return undefined;
  const user = await serverUser(["postgres", "nobody"]);
  if (user === undefined) {
    return {
      because: "it refuses to run as root and there is no user postgres or nobody",
      remedy: "Do not run as root",
    };
  }
  // Without a data volume its data is in the folder for temporary files.
  const closed =
    context.resource.dataVolume === undefined
      ? undefined
      : await closedFolderAbove(join(context.directory, ".dext"), { user });
  if (closed === undefined) return undefined;
  return {
    because: `it refuses to run as root, and ${user.name} cannot enter ${closed}, under which its data is to be`,
    remedy: `Let others pass (chmod o+x ${closed}) or do not run as root`,
  };
}

/** Makes the data folder when it is not there yet and tells whether it did. */
async function prepareData(
  context: LaunchContext,
  { folder, user, program }: { folder: string; user: ServerUser | undefined; program: FoundProgram },
): Promise<boolean> {
  const written = await readFile(join(folder, "PG_VERSION"), "utf8").catch(() => undefined);
  if (written !== undefined) {
    checkVersion(context, { folder, written: written.trim(), program });
    return false;
  }
  const initdb = await programBeside(program.path, { name: "initdb", context });
  if (initdb === undefined) throw preparationFailed(context, { program: "initdb", reason: "it is gone" });
  const args = [
    `--pgdata=${folder}`,
    "--username=postgres",
    "--encoding=UTF8",
    `--locale=${process.platform === "linux" ? "C.UTF-8" : "en_US.UTF-8"}`,
    "--no-sync",
    // The socket is in a folder of the server's own user, and over it the password is set; TCP always asks for it.
    "--auth-local=trust",
    "--auth-host=scram-sha-256",
  ];
  try {
    await run(initdb, args, { cwd: folder, signal: context.signal, ...identity(user) });
  } catch (error) {
    throw preparationFailed(context, { program: "initdb", reason: stderrOf(error), cause: error });
  }
  context.log(`made a data folder with ${initdb}`);
  return true;
}

function serverArguments(
  context: LaunchContext,
  { folder, socketFolder }: { folder: string; socketFolder: string },
): string[] {
  const isKept = context.resource.dataVolume !== undefined;
  const settings: Readonly<Record<string, string>> = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: "0700",
    // Data that ends with the run need not survive a power cut.
    ...(isKept ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  return [
    "-D",
    folder,
    "-p",
    String(context.port("tcp")),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

/** A socket's path has at most 107 characters, and a project's folder may have more. */
async function makeSocketFolder({
  directory,
  user,
}: {
  directory: string;
  user: ServerUser | undefined;
}): Promise<string> {
  const beside = join(directory, "socket");
  const path = beside.length < 85 ? beside : await mkdtemp(join(tmpdir(), "dext-pg-"));
  await makeOwnedFolder(path, { user, ours: foldersOfDext(directory) });
  return path;
}

/** The folders above data that Dext has made: `.dext/data/<name>` or `<folder of the run>/<name>`. */
function foldersOfDext(directory: string): string[] {
  const parent = dirname(directory);
  const above = dirname(parent);
  return [directory, parent, ...(basename(above) === ".dext" ? [above] : [])];
}

function checkVersion(
  context: LaunchContext,
  { folder, written, program }: { folder: string; written: string; program: FoundProgram },
): void {
  const { path, version } = program;
  if (version === undefined || version.split(".")[0] === written.split(".")[0]) return;
  throw launcherError(
    "DEXT_LAUNCH_DATA_VERSION",
    `The data of "${context.resource.name}" in "${folder}" was written by PostgreSQL ${written}, and ${path} is ${version}`,
    {
      hint: `Install PostgreSQL ${written}, or delete the folder and with it the data.`,
      details: { resource: context.resource.name, folder, written, installed: version },
    },
  );
}

function identity(user: ServerUser | undefined): { uid?: number; gid?: number } {
  return user === undefined ? {} : { uid: user.uid, gid: user.gid };
}

function preparationFailed(
  context: LaunchContext,
  { program, reason, cause }: { program: string; reason: string; cause?: unknown },
): Error {
  return launcherError(
    "DEXT_LAUNCH_PREPARATION_FAILED",
    `${program} could not prepare the data of "${context.resource.name}": ${reason}`,
    {
      hint: "Look at its message; the data folder is under .dext/data with a data volume.",
      details: { resource: context.resource.name, program },
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

function stderrOf(error: unknown): string {
  const { stderr, message } = error as Error & { stderr?: string };
  return stderr?.trim() || message;
}
