import type { Finding, ProjectDescription } from "../description.ts";
import { invocationOf, splitCommands, variablesOf } from "../shell-command.ts";
import type { Invocation } from "../shell-command.ts";

/** What a script runs in the end. */
export interface FoundScript {
  readonly invocation: Invocation;
  readonly environment: ReadonlyMap<string, string>;
  /** Whether it needs a shell, or runs something else before. */
  readonly isMore: boolean;
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
    const other = scriptCalled(invocation);
    if (other !== undefined) {
      name = other;
      continue;
    }
    return { invocation, environment, isMore: commands.length > 1 || /[$|<>`]/.test(script), reason };
  }
  return undefined;
}

// npm run serve, pnpm serve, deno task serve
function scriptCalled({ program, args }: Invocation): string | undefined {
  if (!["npm", "pnpm", "yarn", "bun", "deno"].includes(program)) return undefined;
  const [first, second] = args;
  return (first === "run" && program !== "deno" && program !== "bun") || first === "task"
    ? second
    : undefined;
}
