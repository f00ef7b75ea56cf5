import type { Finding, ProjectDescription } from "../description.ts";
import { invocationOf, splitCommands, variablesOf } from "../shell-command.ts";
import type { Invocation } from "../shell-command.ts";

/** What a script runs in the end. */
export interface FoundScript {
  readonly invocation: Invocation;
  readonly environment: ReadonlyMap<string, string>;
  /** Whether it needs a shell, or runs something else before. */
  readonly isMore: boolean;
  /** Whether it goes to another folder first. */
  readonly changesFolder: boolean;
  readonly reason: Finding<string>;
}

/** Reads a script; one that only calls another one is followed. */
export function followScript(project: ProjectDescription, first: string): FoundScript | undefined {
  let name = first;
  const environment = new Map<string, string>();
  for (let step = 0; step < 5; step += 1) {
    const script = project.scripts[name];
    const origin = project.scriptOrigins[name];
    if (script === undefined) return undefined;
    const reason: Finding<string> = { value: script, because: `script "${name}" runs it`, ...origin };
    const commands = splitCommands(script).filter((command) => invocationOf(command) !== undefined);
    const last = commands.at(-1);
    const invocation = last && invocationOf(last);
    if (last === undefined || invocation === undefined) return undefined;
    for (const [variable, value] of variablesOf(last)) environment.set(variable, value);
    const other = scriptCalled(invocation, project);
    if (other !== undefined) {
      name = other;
      continue;
    }
    const changesFolder = commands.slice(0, -1).some((command) => invocationOf(command)?.program === "cd");
    const isMore = commands.length > 1 || /[$|<>`]/.test(script);
    return { invocation, environment, isMore, changesFolder, reason };
  }
  return undefined;
}

// npm run serve, pnpm serve, bun run serve, deno task serve
function scriptCalled({ program, args }: Invocation, { scripts }: ProjectDescription): string | undefined {
  if (!["npm", "pnpm", "yarn", "bun", "deno"].includes(program)) return undefined;
  const [first = "", second = ""] = args;
  if ((first === "run" && program !== "deno" && program !== "bun") || first === "task") return second;
  // What Bun runs may be a file, and what Yarn and pnpm run the program of a package.
  if (program === "bun") return first === "run" && second in scripts ? second : undefined;
  return (program === "yarn" || program === "pnpm") && first in scripts ? first : undefined;
}

const shells: ReadonlySet<string> = new Set(["sh", "bash", "dash", "zsh"]);
const packageManagers: ReadonlySet<string> = new Set(["npm", "pnpm", "yarn"]);

/** Why the last command of a script is nothing for an image. */
export function obstacleOf({
  invocation: { program, args },
  changesFolder,
}: FoundScript): string | undefined {
  if (changesFolder) return "goes to another folder first; name the file as seen from the project's folder";
  if (shells.has(program) || program.endsWith(".sh"))
    return "runs a shell, which passes no stop signal on; name the program itself";
  if (program === "pm2" && args[0] === "start")
    return 'leaves its program running in the background, where a container ends; name the program itself, or use "pm2-runtime"';
  if (packageManagers.has(program))
    return `needs ${program}, which is not in the image; name the program itself`;
  return undefined;
}
