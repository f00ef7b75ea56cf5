import { nearestName } from "@dext/core";
import type { DextError } from "@dext/core";
import type { PackageManager, ProjectDescription, ProjectWarning } from "./description.ts";
import { findPortPassing } from "./dev-server.ts";
import type { PortPassing } from "./dev-server.ts";
import { programFileOf } from "./program-file.ts";
import { projectError } from "./project-error.ts";
import { runScriptNames } from "./scripts.ts";
import type { ProjectScript, ProjectScripts } from "./scripts.ts";
import { invocationOf, splitCommands } from "./shell-command.ts";

/** An argument: text as it stands, or the place of the port, to be filled in when it is known. */
export type RunArgument = string | { readonly port: true };

/** How to run a project for development on this machine. */
export interface RunCommand {
  /** A program to be found on the PATH: `npm`, `node`, `deno` … */
  readonly command: string;
  readonly args: readonly RunArgument[];
  /** Where to run it: the project's folder, absolute. */
  readonly cwd: string;
  /** Why this one, for a person. */
  readonly because: string;
  /** The file that it rests on, relative to the project's folder. */
  readonly file?: string;
  readonly line?: number;
  /**
   * How the port travels: `arguments` when `args` has a place for it, else `environment`, the variable `PORT`.
   * Set `PORT` in both cases, since a program may read it as well.
   */
  readonly port: "arguments" | "environment";
  /** The script, when one is run. */
  readonly script?: string;
  /** The entry point, when a file is run. */
  readonly entryPoint?: string;
  readonly warnings: readonly ProjectWarning[];
}

export interface RunCommandOptions {
  /** The script or task to run, instead of `dev`, `start` or the entry point. */
  script?: string | undefined;
  /** The file to run, relative to the project's folder, instead of a script. */
  entryPoint?: string | undefined;
  /** Arguments for the program behind the script or for the entry point. */
  args?: readonly string[] | undefined;
}

/**
 * How to run a project for development: the script asked for, else `dev`, else `start`, else the entry point.
 *
 * Scripts go through the project's package manager. A script that runs Vite, or another server that ignores `PORT`,
 * gets its port as a flag, passed on in the manner of the package manager. Nothing is read or started.
 *
 * @throws DextError `DEXT_PROJECT_SCRIPT_UNKNOWN`, `DEXT_PROJECT_NO_ENTRY_POINT`.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { detectProject, planRunCommand } from "@dext/project";
 *
 * const folder = await mkdtemp(join(tmpdir(), "web-"));
 * await writeFile(join(folder, "package.json"), '{ "scripts": { "dev": "vite" } }');
 * const { command, args } = planRunCommand(await detectProject(folder));
 * const shown = [command, ...args.map((arg) => (typeof arg === "string" ? arg : "{port}"))].join(" ");
 * if (shown !== "npm run dev -- --port {port} --strictPort") throw new Error(shown);
 * ```
 */
export function planRunCommand(project: ProjectDescription, options: RunCommandOptions = {}): RunCommand {
  const { script: scriptName, entryPoint, args = [] } = options;
  const scripts = scriptsOf(project);
  if (scriptName !== undefined) {
    const script = scripts.get(scriptName);
    if (script === undefined) throw unknownScript(project, scriptName);
    return runScript(project, { script, scripts, args, because: `script "${scriptName}" was asked for` });
  }
  if (entryPoint !== undefined) {
    return runFile(project, { file: entryPoint, args, because: `"${entryPoint}" was asked for` });
  }
  const name = runScriptNames.find((candidate) => scripts.has(candidate));
  const script = name === undefined ? undefined : scripts.get(name);
  if (script !== undefined) {
    return runScript(project, {
      script,
      scripts,
      args,
      because: `${script.file} has a script "${script.name}"`,
    });
  }
  const found = project.entryPoint;
  if (found === undefined) throw noEntryPoint(project);
  const { value: file, because, file: origin, line } = found;
  return {
    ...runFile(project, { file, args, because: `"${file}" is the entry point: ${because}` }),
    ...(origin === undefined ? {} : { file: origin }),
    ...(line === undefined ? {} : { line }),
  };
}

function scriptsOf(project: ProjectDescription): ProjectScripts {
  const scripts = new Map<string, ProjectScript>();
  for (const [name, command] of Object.entries(project.scripts)) {
    const { file, line } = project.scriptOrigins[name] ?? { file: "package.json", line: 1 };
    const from = /(?:^|\/)deno\.jsonc?$/.test(file) ? "deno.json" : "package.json";
    scripts.set(name, { name, command, file, line, from });
  }
  return scripts;
}

function runScript(
  project: ProjectDescription,
  plan: { script: ProjectScript; scripts: ProjectScripts; args: readonly string[]; because: string },
): RunCommand {
  const { script, scripts, args, because } = plan;
  const manager = script.from === "deno.json" ? { name: "deno" as const } : managerOf(project);
  const passing = findPortPassing(scripts, script.name);
  const appended = [...portArguments(passing), ...args];
  const separator = appended.length > 0 && needsSeparator(manager) ? ["--"] : [];
  const takesPort = passing !== undefined && !("blocked" in passing);
  return {
    command: manager.name,
    args: [manager.name === "deno" ? "task" : "run", script.name, ...separator, ...appended],
    cwd: project.directory,
    because: takesPort
      ? `${because}; it runs ${passing.flags.server}, which takes its port as a flag`
      : because,
    file: script.file,
    line: script.line,
    port: takesPort ? "arguments" : "environment",
    script: script.name,
    warnings: passing !== undefined && "blocked" in passing ? [blockedPort(script, passing)] : [],
  };
}

function portArguments(passing: PortPassing | undefined): readonly RunArgument[] {
  if (passing === undefined || "blocked" in passing) return [];
  const { flag, more } = passing.flags;
  return [...passing.separators, flag, { port: true }, ...more];
}

function managerOf(project: ProjectDescription): PackageManager {
  const manager = project.packageManager?.value ?? { name: "npm" };
  // Whatever installs the dependencies of a Deno project, its scripts are run by Deno.
  return project.runtime.value === "deno" ? { name: "deno" } : manager;
}

/**
 * Tried with `run dev --port 1`: npm 11 takes flags for itself unless they stand behind `--`, and so did pnpm until
 * version 7; pnpm 10, Yarn 4 and Deno hand a `--` on to the script, where it hides the flags; Yarn 1 needs none.
 */
function needsSeparator({ name, version }: PackageManager): boolean {
  if (name === "npm") return true;
  const major = Number(/\d+/.exec(version ?? "")?.[0] ?? Number.NaN);
  return name === "pnpm" && major < 7;
}

function blockedPort(script: ProjectScript, passing: PortPassing & { blocked: string }): ProjectWarning {
  const { flags, blocked } = passing;
  return {
    code: "port-not-passed",
    message: `${blocked}, so "${flags.flag}" cannot be passed to it; it chooses its port itself`,
    file: script.file,
    line: script.line,
  };
}

function runFile(
  project: ProjectDescription,
  plan: { file: string; args: readonly string[]; because: string },
): RunCommand {
  const { file, args, because } = plan;
  const runtime = project.runtime.value;
  const flags = runtime === "deno" ? denoFlags(project, file) : runtime === "bun" ? ["run"] : [];
  // A file called -x.ts would be a flag.
  const path = file.startsWith("-") ? `./${file}` : file;
  return {
    command: runtime,
    args: [...flags, path, ...args],
    cwd: project.directory,
    because,
    port: "environment",
    entryPoint: file,
    warnings: [],
  };
}

/** The flags of a task that runs the same file, else the permissions of the configuration, else all of them. */
function denoFlags(project: ProjectDescription, file: string): readonly string[] {
  for (const task of Object.values(project.deno?.tasks ?? {})) {
    for (const command of splitCommands(task)) {
      const invocation = invocationOf(command);
      const program = invocation && programFileOf(invocation);
      if (invocation === undefined || program?.runtime !== "deno" || program.file !== file) continue;
      const subcommand = invocation.args[0] === "serve" ? "serve" : "run";
      return [subcommand, ...program.flags];
    }
  }
  return ["run", ...(project.deno?.permissions?.value ?? ["-A"])];
}

function unknownScript(project: ProjectDescription, wanted: string): DextError {
  const names = Object.keys(project.scripts);
  const nearest = nearestName(wanted, names);
  const existing =
    names.length === 0 ? "it has none" : `it has ${names.map((name) => `"${name}"`).join(", ")}`;
  return projectError(
    "DEXT_PROJECT_SCRIPT_UNKNOWN",
    `The project in "${project.directory}" has no script "${wanted}": ${existing}`,
    {
      hint: nearest === undefined ? "Choose one of its scripts, or add it." : `Did you mean "${nearest}"?`,
      details: { directory: project.directory, script: wanted, scripts: names },
    },
  );
}

function noEntryPoint(project: ProjectDescription): DextError {
  const wanted = 'a script "dev" or "start", "main" in package.json, or a file such as src/main.ts';
  return projectError(
    "DEXT_PROJECT_NO_ENTRY_POINT",
    `Nothing to run in "${project.directory}", wanted ${wanted}`,
    {
      hint: 'Add a script "dev", or name a script or an entry point where the project is added.',
      details: { directory: project.directory, scripts: Object.keys(project.scripts) },
    },
  );
}
