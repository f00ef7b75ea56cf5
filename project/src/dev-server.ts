import { splitCommands, invocationOf } from "./shell-command.ts";
import type { Invocation } from "./shell-command.ts";
import type { ProjectScripts } from "./scripts.ts";

/** How a development server that ignores `PORT` is told its port. */
interface PortFlags {
  /** The server: `vite`, `astro dev`. */
  readonly server: string;
  /** The flag that the port follows. */
  readonly flag: string;
  /** Flags after the port. */
  readonly more: readonly string[];
}

/** How a script takes a port: with flags that travel to its server, not at all, or (nothing) from the environment. */
export type PortPassing =
  | {
      readonly flags: PortFlags;
      /** Separators that runners in between swallow. */ readonly separators: readonly string[];
    }
  | { readonly flags: PortFlags; readonly blocked: string };

/** Servers whose port is a flag, by program and subcommand; a subcommand of `""` stands for none. */
const servers: readonly (readonly [program: string, subcommands: readonly string[], strict: boolean])[] = [
  ["vite", ["", "dev", "serve", "preview"], true],
  ["react-router", ["dev"], true],
  ["remix", ["vite:dev"], true],
  ["astro", ["dev", "preview"], false],
  ["ng", ["serve"], false],
  ["wrangler", ["dev"], false],
  ["parcel", ["", "serve"], false],
  ["webpack", ["serve"], false],
  ["webpack-dev-server", [""], false],
];

const scriptRunners: ReadonlySet<string> = new Set(["npm", "pnpm", "yarn", "bun", "deno"]);

/**
 * What must be appended to a script so that its development server gets a port.
 *
 * Package managers append arguments to the end of the script's text, so only the last command gets them, and a
 * script that runs another script hands them on: npm only what stands behind a `--` of its own.
 *
 * @returns nothing when no such server runs, so that `PORT` in the environment is all there is.
 */
export function findPortPassing(scripts: ProjectScripts, name: string): PortPassing | undefined {
  return passingOf(scripts, { name, seen: new Set() });
}

function passingOf(
  scripts: ProjectScripts,
  { name, seen }: { name: string; seen: ReadonlySet<string> },
): PortPassing | undefined {
  const script = scripts.get(name);
  if (script === undefined || seen.has(name)) return undefined;
  const commands = splitCommands(script.command);
  const last = commands.at(-1);
  for (const command of commands) {
    const passing = passingOfCommand(invocationOf(command), { scripts, seen: new Set([...seen, name]) });
    if (passing === undefined) continue;
    if (command === last) return passing;
    return {
      flags: passing.flags,
      blocked: `"${passing.flags.server}" is not the last command of script "${name}"`,
    };
  }
  return passingOfWrapper(
    commands.flatMap(({ words }) => words),
    { scripts, name, seen },
  );
}

function passingOfCommand(
  invocation: Invocation | undefined,
  context: { scripts: ProjectScripts; seen: ReadonlySet<string> },
): PortPassing | undefined {
  if (invocation === undefined) return undefined;
  const flags = serverFlags(invocation);
  if (flags !== undefined) return { flags, separators: [] };
  const nested = nestedScript(invocation);
  const passing = nested && passingOf(context.scripts, { name: nested.name, seen: context.seen });
  if (nested === undefined || passing === undefined || "blocked" in passing) return passing;
  return { ...passing, separators: [...nested.separators, ...passing.separators] };
}

function serverFlags({ program, args }: Invocation): PortFlags | undefined {
  const [name, rest] = programName(program, args);
  const [first = ""] = rest;
  const subcommand = first.startsWith("-") ? (rest.find((arg) => arg === "build") ?? "") : first;
  for (const [server, subcommands, strict] of servers) {
    if (server !== name) continue;
    // `vite ./web` names the root folder; `vite build` and other subcommands are no server.
    const isRoot = server === "vite" && /[./]/.test(subcommand);
    if (!isRoot && !subcommands.includes(subcommand)) return undefined;
    const shown = subcommand === "" || isRoot ? server : `${server} ${subcommand}`;
    return { server: shown, flag: "--port", more: strict ? ["--strictPort"] : [] };
  }
  return undefined;
}

// deno run -A npm:vite dev, node ./node_modules/vite/bin/vite.js and bun run vite are all vite.
function programName(program: string, args: readonly string[]): [string, readonly string[]] {
  if (program === "deno" || program === "node" || program === "bun") {
    const index = args.findIndex((arg) => !arg.startsWith("-") && arg !== "run" && arg !== "x");
    const target = args[index] ?? "";
    const match =
      /^npm:(?<name>(?:@[^/@]+\/)?[^/@]+)/.exec(target) ?? /node_modules\/(?<name>[^/.]+)\//.exec(target);
    const name = match?.groups?.["name"] ?? (program === "bun" ? target : undefined);
    if (name !== undefined) return [packagePrograms.get(name) ?? name, args.slice(index + 1)];
  }
  return [program.replace(/\.js$/, ""), args];
}

const packagePrograms: ReadonlyMap<string, string> = new Map([
  ["@react-router/dev", "react-router"],
  ["@remix-run/dev", "remix"],
  ["@angular/cli", "ng"],
]);

/** The script that a command runs, and what must stand before arguments so that it hands them on. */
function nestedScript({
  program,
  args,
}: Invocation): { name: string; separators: readonly string[] } | undefined {
  if (program === "node" && args[0] === "--run" && args[1] !== undefined) {
    return { name: args[1], separators: args.includes("--") ? [] : ["--"] };
  }
  const elsewhere = args.some((arg) =>
    /^(?:-w|-F|-C|--workspace|--filter|--prefix|--cwd|--dir)(?:=|$)/.test(arg),
  );
  if (!scriptRunners.has(program) || elsewhere) return undefined;
  const positional = args.filter((arg) => !arg.startsWith("-"));
  const [first, second] = positional;
  const name = first === "run" || first === "run-script" || first === "task" ? second : first;
  if (name === undefined) return undefined;
  return { name, separators: program === "npm" && !args.includes("--") ? ["--"] : [] };
}

/**
 * Programs that start several commands or scripts take arguments for themselves:
 * `concurrently "vite" "tsc -w"`, `concurrently npm:web npm:css`, `run-p web css`.
 */
function passingOfWrapper(
  words: readonly string[],
  context: { scripts: ProjectScripts; name: string; seen: ReadonlySet<string> },
): PortPassing | undefined {
  const { scripts, name } = context;
  const wrapper = words.find((word) =>
    /^(?:concurrently|conc|npm-run-all|run-p|run-s|turbo|nx|wireit)$/.test(word),
  );
  if (wrapper === undefined) return undefined;
  const seen = new Set([...context.seen, name]);
  for (const word of words) {
    const [command] = splitCommands(word);
    const passing =
      passingOf(scripts, { name: word.replace(/^(?:npm|pnpm|yarn|bun):/, ""), seen }) ??
      (command && passingOfCommand(invocationOf(command), { scripts, seen }));
    if (passing === undefined) continue;
    const { flags } = passing;
    return { flags, blocked: `"${flags.server}" is started by "${wrapper}" in script "${name}"` };
  }
  return undefined;
}
