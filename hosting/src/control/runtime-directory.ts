import { Buffer } from "node:buffer";
import { lstat, mkdir, stat } from "node:fs/promises";
import { createHash, randomInt } from "node:crypto";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import process from "node:process";
import { controlError } from "./error-codes.ts";

/** What {@link openRuntimeDirectory} takes. */
export interface RuntimeDirectoryOptions {
  /** Where `DEXT_RUNTIME_DIRECTORY` and `XDG_RUNTIME_DIR` are read from; the process's own when absent. */
  environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * The folder that holds the sockets and records of this user's runs; it is made when it is not there.
 *
 * `DEXT_RUNTIME_DIRECTORY`, else `$XDG_RUNTIME_DIR/dext`, else `<tmp>/dext-<uid>`. Whoever can write into it can
 * pose as a run, so it must be a real folder that belongs to this user and that nobody else can open.
 *
 * @throws DextError `DEXT_CONTROL_DIRECTORY_UNSAFE`, `DEXT_CONTROL_DIRECTORY_UNUSABLE`
 */
export async function openRuntimeDirectory({
  environment = process.env,
}: RuntimeDirectoryOptions = {}): Promise<string> {
  const directory = await chooseDirectory(environment);
  // What stands there already, a file or a link to nothing, is told apart by the check.
  const failure = await mkdir(directory, { recursive: true, mode: 0o700 }).then(noFailure, asFailure);
  await checkDirectory(directory, failure);
  return directory;
}

/** Where the files of one run stand. */
export interface RunPaths {
  record: string;
  socket: string;
  /** What the guardian of the run has written down about its processes. */
  ledger: string;
  /** What the AppHost writes for whoever started it: how it went, in one document. */
  result: string;
  /** What a detached AppHost prints itself. */
  output: string;
  /** Data of the run that does not outlive it; outside the private folder, since servers may run as another user. */
  temporary: string;
}

/**
 * The paths of a run's record and socket.
 *
 * @throws DextError `DEXT_CONTROL_RUN_ID_INVALID`, `DEXT_CONTROL_SOCKET_PATH_TOO_LONG`
 */
export function runPaths(directory: string, run: string): RunPaths {
  if (!isRunId(run)) {
    throw controlError("DEXT_CONTROL_RUN_ID_INVALID", `Not the id of a run: ${JSON.stringify(run)}`, {
      hint: "An id is 1 to 32 lower-case letters and digits; dext doctor lists the runs.",
      details: { run },
    });
  }
  const socket = join(directory, `${run}.sock`);
  const length = Buffer.byteLength(socket);
  if (length > longestSocketPath) {
    throw controlError(
      "DEXT_CONTROL_SOCKET_PATH_TOO_LONG",
      `The control socket's path has ${length} bytes, at most ${longestSocketPath} are possible: "${socket}"`,
      { hint: "Set DEXT_RUNTIME_DIRECTORY to a folder with a shorter path.", details: { socket } },
    );
  }
  return {
    record: join(directory, `${run}.json`),
    socket,
    ledger: join(directory, `${run}.processes`),
    result: join(directory, `${run}.result`),
    output: join(directory, `${run}.output`),
    temporary: join(tmpdir(), `dext-run-${run}`),
  };
}

/** The lock that an AppHost has while a run of it goes on, for there is one at a time in a folder of runs. */
export function appHostLockPath(directory: string, appHost: string): string {
  return join(directory, `${createHash("sha256").update(appHost).digest("hex").slice(0, 16)}.lock`);
}

/** Whether a text can be the id of a run. */
export function isRunId(text: string): boolean {
  return /^[a-z0-9]{1,32}$/.test(text);
}

/** A new id: eight lower-case letters and digits. */
export function newRunId(): string {
  return Array.from({ length: 8 }, () => idAlphabet[randomInt(idAlphabet.length)]).join("");
}

const idAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, with the 0 at the end. */
const longestSocketPath = 103;

async function chooseDirectory(environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const wanted = environment["DEXT_RUNTIME_DIRECTORY"];
  if (wanted !== undefined && wanted !== "") return resolve(wanted);
  const session = environment["XDG_RUNTIME_DIR"];
  if (session !== undefined && isAbsolute(session) && (await isOwnDirectory(session))) {
    return join(session, "dext");
  }
  return join(tmpdir(), `dext-${ownUserId() ?? "user"}`);
}

/** After `su` the variable still names the folder of the first user: it is of no use then. */
async function isOwnDirectory(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    const user = ownUserId();
    return found.isDirectory() && (user === undefined || found.uid === user);
  } catch {
    return false;
  }
}

const noFailure = (): undefined => undefined;
const asFailure = (cause: unknown): unknown => cause;

async function checkDirectory(directory: string, failure: unknown): Promise<void> {
  const found = await lstat(directory).catch((cause: unknown) => {
    throw unusable(directory, failure ?? cause);
  });
  const user = ownUserId();
  if (found.isSymbolicLink()) throw unsafe(directory, "it is a symbolic link, wanted: a folder");
  if (!found.isDirectory()) throw unsafe(directory, "it is no folder");
  // Windows has neither: its temporary folder is private to the user already.
  if (user === undefined) return;
  if (found.uid !== user) {
    throw unsafe(directory, `it belongs to the user with the id ${found.uid}, wanted: ${user}`);
  }
  const mode = found.mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw unsafe(directory, `its mode is ${mode.toString(8)}, wanted: 700`, `Run: chmod 700 '${directory}'`);
  }
}

function ownUserId(): number | undefined {
  return process.geteuid?.();
}

function unsafe(directory: string, because: string, hint?: string): Error {
  return controlError(
    "DEXT_CONTROL_DIRECTORY_UNSAFE",
    `The folder of runs "${directory}" is unsafe: ${because}`,
    {
      hint: hint ?? "Remove it, or set DEXT_RUNTIME_DIRECTORY to a folder of your own.",
      details: { directory },
    },
  );
}

function unusable(directory: string, cause: unknown): Error {
  return controlError(
    "DEXT_CONTROL_DIRECTORY_UNUSABLE",
    `The folder of runs "${directory}" cannot be used: ${(cause as Error).message}`,
    { hint: "Set DEXT_RUNTIME_DIRECTORY to a folder of your own.", cause, details: { directory } },
  );
}
