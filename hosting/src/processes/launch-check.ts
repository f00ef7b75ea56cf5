import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { delimiter, resolve } from "node:path";

import { processError } from "./error-codes.ts";

/** What is about to be executed. */
export interface Launch {
  command: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
}

/** The longest `name=value` or argument in bytes that Linux takes: MAX_ARG_STRLEN without the closing NUL. */
export const longestArgument = 131_071;

/**
 * Refuses what the system would refuse with less to say, before anything is started.
 *
 * @returns the command's file, found on the PATH that the process is given
 * @throws DextError with a `DEXT_PROCESS_…` code
 */
export function checkLaunch(launch: Launch): string {
  checkDirectory(launch);
  checkEnvironment(launch);
  checkArguments(launch);
  return findCommand(launch);
}

function checkDirectory({ command, cwd }: Launch): void {
  const stats = statSync(cwd, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return;
  const current = stats === undefined ? "does not exist" : "is not a directory";
  throw processError(
    "DEXT_PROCESS_DIRECTORY_MISSING",
    `Cannot start "${command}": its working directory "${cwd}" ${current}, wanted a directory`,
    { hint: "Create the directory or correct the path in the AppHost.", details: { command, cwd } },
  );
}

function checkEnvironment({ command, env }: Launch): void {
  for (const [name, value] of Object.entries(env)) {
    const length = Buffer.byteLength(name) + 1 + Buffer.byteLength(value);
    if (length > longestArgument) {
      throw processError(
        "DEXT_PROCESS_ENVIRONMENT_TOO_LARGE",
        `Cannot start "${command}": the environment variable "${name}" has ${length} bytes with its name, wanted at most ${longestArgument}`,
        {
          hint: "Write the value to a file and pass the file's path.",
          details: { command, variable: name, length },
        },
      );
    }
    const fault = environmentFault(name, value);
    if (fault === undefined) continue;
    throw processError(
      "DEXT_PROCESS_ENVIRONMENT_INVALID",
      `Cannot start "${command}": the environment variable ${JSON.stringify(name)} ${fault}`,
      { hint: "Correct it where the AppHost sets it.", details: { command, variable: name } },
    );
  }
}

function environmentFault(name: string, value: string): string | undefined {
  if (name === "" || name.includes("=") || name.includes("\0")) {
    return 'has a name that the system does not take, wanted one without "=" and NUL';
  }
  return value.includes("\0") ? "holds a NUL byte, which ends a value" : undefined;
}

function checkArguments({ command, args }: Launch): void {
  for (const [index, argument] of [command, ...args].entries()) {
    const length = Buffer.byteLength(argument);
    if (length <= longestArgument && !argument.includes("\0")) continue;
    const fault =
      length > longestArgument
        ? `has ${length} bytes, wanted at most ${longestArgument}`
        : "holds a NUL byte";
    const shown = command.slice(0, 80).replaceAll("\0", "\\0");
    throw processError(
      "DEXT_PROCESS_ARGUMENT_INVALID",
      `Cannot start "${shown}": ${index === 0 ? "the command" : `its argument ${index}`} ${fault}`,
      { hint: "Write long values to a file and pass the file's path.", details: { command: shown, index } },
    );
  }
}

function findCommand({ command, cwd, env }: Launch): string {
  const candidates = command.includes("/")
    ? [resolve(cwd, command)]
    : (env["PATH"] ?? defaultPath).split(delimiter).map((folder) => resolve(cwd, folder, command));
  const files = command === "" ? [] : candidates.filter((file) => isFile(file));
  const executable = files.find((file) => isExecutable(file));
  if (executable !== undefined) return executable;
  const [file] = files;
  if (file !== undefined)
    throw notExecutable({ command, file, reason: "has no permission to be executed", hint: permissionHint });
  const where = command.includes("/")
    ? `the file "${candidates[0]}" does not exist`
    : "it is on no folder of PATH";
  throw processError("DEXT_PROCESS_COMMAND_NOT_FOUND", `Cannot start "${command}": ${where}`, {
    hint: command.includes("/")
      ? "Correct the path in the AppHost, or build the program first."
      : `Install "${command}" or add its folder to PATH.`,
    details: { command, path: env["PATH"] ?? defaultPath },
  });
}

/** What the system searches when a process has no PATH. */
const defaultPath = "/usr/local/bin:/usr/bin:/bin";

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function notExecutable(options: { command: string; file: string; reason: string; hint: string }): Error {
  const { command, file, reason, hint } = options;
  return processError(
    "DEXT_PROCESS_NOT_EXECUTABLE",
    `Cannot start "${command}": the file "${file}" ${reason}`,
    {
      hint,
      details: { command, file },
    },
  );
}

const permissionHint = "Run chmod +x on it, or name its interpreter as the command.";

/** The error for a start that the system refused although everything had been checked. */
export function refusedStart(launch: Launch, options: { file: string; cause: unknown }): Error {
  const { command } = launch;
  const { file, cause } = options;
  const code = (cause as { code?: unknown } | undefined)?.code;
  // The file is there, so it is the program of its first line that is missing: `#!/opt/node/bin/node`.
  if (code === "ENOENT") {
    return notExecutable({
      command,
      file,
      reason: `needs the interpreter "${readInterpreter(file)}", which is missing`,
      hint: "Install that program, or correct the first line of the file.",
    });
  }
  if (code === "EACCES")
    return notExecutable({ command, file, reason: "may not be executed", hint: permissionHint });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return processError(
    "DEXT_PROCESS_START_FAILED",
    `Cannot start "${command}": the system refused (${reason})`,
    {
      hint: remedies[String(code)] ?? "Try the command in a terminal, in the same folder.",
      cause,
      details: { command, file, ...(typeof code === "string" ? { code } : {}) },
    },
  );
}

const remedies: Readonly<Record<string, string>> = {
  E2BIG: "Its arguments and environment are too long together: pass long values in files.",
  EAGAIN: "The limit on processes is reached: end some, or raise it with ulimit -u.",
  EMFILE: "The limit on open files is reached: raise it with ulimit -n.",
  ENFILE: "The machine's limit on open files is reached: end some programs.",
  ENOMEM: "Memory is short: end some programs.",
};

function readInterpreter(file: string): string {
  try {
    const [line = ""] = readFileSync(file, "latin1").slice(0, 256).split("\n");
    return /^#!\s*(\S+)/.exec(line)?.[1] ?? "its loader";
  } catch {
    return "its loader";
  }
}
