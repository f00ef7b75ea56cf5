import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { LaunchContext, Launcher, ProbeContext, ProcessPlan } from "../model/launcher.ts";
import { launcherError } from "./error-codes.ts";

const run = promisify(execFile);

/** A program that was found on this machine. */
export interface FoundProgram {
  /** The name that it was found by. */
  readonly name: string;
  readonly path: string;
  /** `7.0.15`, when it was asked for its version and told one. */
  readonly version?: string;
}

/** Options of {@link processLauncher}. */
export interface ProcessLauncherOptions {
  /** The name of the program; of several the first that is there. */
  program: string | readonly string[];
  /** Where to look besides the PATH; one `*` stands for a version. */
  folders?: readonly string[];
  /** The arguments that make it print its version; it is not asked when absent. */
  version?: readonly string[];
  /** How to get it, as a sentence without the full stop. */
  install?: string;
  /** Says why it does not work here although the program is there; nothing when it does. */
  refuse?: (context: ProbeContext, program: FoundProgram) => Promise<Refusal | undefined>;
  /** Prepares the data and says what to start; without `command` the program itself is. */
  command: (
    context: LaunchContext,
    program: FoundProgram,
  ) => Promise<Omit<ProcessPlan, "type" | "command"> & { command?: string }>;
}

/** Why a way to have a resource does not work, and what would make it work. */
export interface Refusal {
  readonly because: string;
  readonly remedy?: string;
}

/** A resource as a program of this machine, with data, port and configuration of its own. */
export function processLauncher(options: ProcessLauncherOptions): Launcher {
  const { program, refuse, command } = options;
  const names = typeof program === "string" ? [program] : program;
  const wanted = names.join(" or ");
  const { install = `Install ${wanted}` } = options;
  return {
    type: "process",
    async probe(context) {
      const found = await find(context, options);
      if (found === undefined)
        return { works: false, because: `${wanted} is not on the PATH`, remedy: install };
      const refusal = await refuse?.(context, found);
      if (refusal !== undefined) return { works: false, ...refusal };
      return { works: true, because: describe(found) };
    },
    async plan(context) {
      const found = await find(context, options);
      if (found === undefined) throw programMissing(context.resource.name, wanted);
      return { type: "process", command: found.path, ...(await command(context, found)) };
    },
  };
}

async function find(
  context: ProbeContext,
  { program, folders, version }: ProcessLauncherOptions,
): Promise<FoundProgram | undefined> {
  for (const name of typeof program === "string" ? [program] : program) {
    const path = await context.findProgram(name, folders === undefined ? {} : { folders });
    if (path === undefined) continue;
    const number =
      version === undefined ? undefined : await versionOf(path, { args: version, signal: context.signal });
    return { name, path, ...(number === undefined ? {} : { version: number }) };
  }
  return undefined;
}

/** The version is for people; a program that does not tell it is still used. */
async function versionOf(
  path: string,
  { args, signal }: { args: readonly string[]; signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(path, args, { signal, timeout: 5000 });
    return /\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0];
  } catch {
    return undefined;
  }
}

function describe({ name, path, version }: FoundProgram): string {
  return version === undefined ? `${name} is at ${path}` : `${name} ${version} is at ${path}`;
}

function programMissing(resource: string, program: string): Error {
  return launcherError(
    "DEXT_LAUNCH_PROGRAM_MISSING",
    `${program} for "${resource}" is not on the PATH any more`,
    {
      hint: `Install ${program}, or choose another way with .withLauncher(…).`,
      details: { resource, program },
    },
  );
}
