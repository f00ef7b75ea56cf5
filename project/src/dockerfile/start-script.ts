import type { Finding, ProjectDescription } from "../description.ts";
import { isSourceFile, programFileOf } from "../program-file.ts";
import { invocationOf, splitCommands, variablesOf } from "../shell-command.ts";
import type { Invocation, ShellCommand } from "../shell-command.ts";

/** What a script runs in the end. */
export interface FoundScript {
  readonly invocation: Invocation;
  readonly environment: ReadonlyMap<string, string>;
  /** Whether it needs a shell, or runs something else before. */
  readonly isMore: boolean;
  /** Whether it goes to another folder first. */
  readonly changesFolder: boolean;
  /** The script that a package manager runs before it. */
  readonly before: Finding<string> | undefined;
  readonly reason: Finding<string>;
}

/** Reads a script; one that only calls another one is followed. */
export function followScript(project: ProjectDescription, first: string): FoundScript | undefined {
  let name = first;
  const environment = new Map<string, string>();
  let appended: readonly string[] = [];
  let before: Finding<string> | undefined;
  for (let step = 0; step < 5; step += 1) {
    const script = project.scripts[name];
    const origin = project.scriptOrigins[name];
    if (script === undefined) return undefined;
    before ??= scriptBefore(name, project);
    const reason: Finding<string> = { value: script, because: `script "${name}" runs it`, ...origin };
    const commands = splitCommands(script).filter((command) => invocationOf(command) !== undefined);
    const main = mainCommand(commands);
    const invocation = main && invocationOf(main);
    if (main === undefined || invocation === undefined) return undefined;
    for (const [variable, value] of variablesOf(main)) environment.set(variable, value);
    const called = scriptCalled(invocation, project);
    if (called !== undefined) {
      name = called.name;
      appended = [...called.args, ...appended];
      continue;
    }
    const changesFolder = commands.slice(0, -1).some((command) => invocationOf(command)?.program === "cd");
    const isMore = commands.length > 1 || /[$|<>`]/.test(script);
    const complete = { ...invocation, args: [...invocation.args, ...appended] };
    return { invocation: complete, environment, isMore, changesFolder, before, reason };
  }
  return undefined;
}

/** The last command; of `node main.js | pino-pretty` the one whose output the others only format. */
function mainCommand(commands: readonly ShellCommand[]): ShellCommand | undefined {
  let index = commands.length - 1;
  while (commands[index - 1]?.isPiped === true) index -= 1;
  return commands[index];
}

/** `prestart`, unless it builds, which the image has done already. */
function scriptBefore(
  name: string,
  { scripts, scriptOrigins }: ProjectDescription,
): Finding<string> | undefined {
  const value = scripts[`pre${name}`];
  const isBuild =
    value !== undefined && (value === scripts["build"] || /^\w+ (?:run )?build$/.test(value.trim()));
  if (value === undefined || isBuild) return undefined;
  return { value: `pre${name}`, because: `"${value}" would run`, ...scriptOrigins[`pre${name}`] };
}

// npm run serve -- --port 80, pnpm serve, bun run serve, deno task serve, node --run serve
function scriptCalled(
  { program, args }: Invocation,
  { scripts }: ProjectDescription,
): { name: string; args: readonly string[] } | undefined {
  const isRunner = ["npm", "pnpm", "yarn", "bun", "deno"].includes(program);
  const isNodes = program === "node" && args[0] === "--run";
  if ((!isRunner && !isNodes) || isForOthers(args)) return undefined;
  const at = args.findIndex((arg) => !arg.startsWith("-"));
  const first = args[at] ?? "";
  const isRun = first === "run" || first === "run-script" || first === "task";
  const next = isRun ? args.findIndex((arg, index) => index > at && !arg.startsWith("-")) : at;
  const name = args[next] ?? "";
  // What Bun runs may be a file, and what Yarn and pnpm run the program of a package.
  const mayBeProgram = !isRun || program === "bun" || program === "yarn";
  const isBareScript =
    isNodes || program === "yarn" || program === "pnpm" || ["start", "test"].includes(name);
  if ((mayBeProgram && !(name in scripts)) || (!isRun && !isBareScript)) return undefined;
  if (program === "deno" && first !== "task") return undefined;
  const rest = args.slice(next + 1);
  return { name, args: rest[0] === "--" ? rest.slice(1) : rest };
}

/** `npm run start -w api` and `pnpm --filter api start` run the script of another package. */
function isForOthers(args: readonly string[]): boolean {
  return args.some((arg) => /^(?:-w|-F|-C|-r|--workspaces?|--filter|--prefix|--cwd|--dir)(?:=|$)/.test(arg));
}

const shells: ReadonlySet<string> = new Set(["sh", "bash", "dash", "zsh"]);
const packageManagers: ReadonlySet<string> = new Set(["npm", "pnpm", "yarn"]);

/** Why the last command of a script is nothing for an image. */
export function obstacleOf({ invocation, changesFolder }: FoundScript): string | undefined {
  const { program, args } = invocation;
  if (changesFolder) return "goes to another folder first; name the file as seen from the project's folder";
  if (shells.has(program) || program.endsWith(".sh"))
    return "runs a shell, which passes no stop signal on; name the program itself";
  if (program === "pm2" && args[0] === "start")
    return 'leaves its program running in the background, where a container ends; name the program itself, or use "pm2-runtime"';
  if (
    program === "pm2-runtime" &&
    /\.config\.[cm]?js$|\.json$|\.ya?ml$/.test(programFileOf(invocation)?.file ?? "")
  )
    return "starts what its configuration lists; name the program itself";
  if (program === "deno" && programFileOf(invocation) === undefined && args[0] !== "eval")
    return "is no file that could be fetched beforehand; name a file that imports it";
  if (isSourceFile(program)) return `runs a file by itself; name what runs it, such as "node", before it`;
  if (packageManagers.has(program))
    return `needs ${program}, which is not in the image; name the program itself`;
  return undefined;
}
