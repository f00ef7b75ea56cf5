import type { ProjectDescription } from "./description.ts";
import { runScriptNames } from "./scripts.ts";
import { invocationOf, splitCommands } from "./shell-command.ts";
import type { Invocation } from "./shell-command.ts";

/** What a project does when it is run for development. */
export type ProjectRole =
  /** It runs a program of its own. */
  | "service"
  /** It only builds, tests or checks: a library. */
  | "build"
  /** It runs other projects: the script of a workspace's root. */
  | "orchestrator"
  /** No script would run it. */
  | "none";

/**
 * What a project does, by the script `dev` or `start` that would run it. Nothing is read.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { detectProject, findRole } from "@dext/project";
 *
 * const folder = await mkdtemp(join(tmpdir(), "library-"));
 * await writeFile(join(folder, "package.json"), '{ "scripts": { "dev": "rimraf dist && tsc --watch" } }');
 * const role = findRole(await detectProject(folder));
 * if (role !== "build") throw new Error(role);
 * ```
 */
export function findRole(project: ProjectDescription): ProjectRole {
  const script = runScriptNames.find((name) => Object.hasOwn(project.scripts, name));
  if (script === undefined) return "none";
  const roles = rolesOf(project, { script, seen: new Set() });
  if (roles.has("orchestrator")) return "orchestrator";
  if (roles.has("service")) return "service";
  return roles.has("build") ? "build" : "none";
}

/** The roles of all commands that a script runs, in the scripts that it runs as well. */
function rolesOf(
  project: ProjectDescription,
  { script, seen }: { script: string; seen: ReadonlySet<string> },
): Set<ProjectRole> {
  const roles = new Set<ProjectRole>();
  if (seen.has(script)) return roles;
  for (const command of splitCommands(project.scripts[script] ?? "")) {
    const invocation = invocationOf(command);
    if (invocation === undefined) continue;
    const called = calledScript(invocation, project);
    const inner =
      called === undefined
        ? rolesOfProgram(invocation)
        : rolesOf(project, { script: called, seen: new Set([...seen, script]) });
    for (const role of inner) roles.add(role);
    const behind = called === undefined || inner.size > 0 ? undefined : appendedTo(called, invocation);
    if (behind !== undefined) roles.add(roleOfProgram(behind));
  }
  return roles;
}

const scriptRunners: ReadonlySet<string> = new Set(["npm", "pnpm", "yarn", "bun", "deno"]);

// npm run dev:server    yarn dev:server    pnpm run --silent dev:server    deno task dev
function calledScript({ program, args }: Invocation, project: ProjectDescription): string | undefined {
  if (!scriptRunners.has(program) || isForOthers(args)) return undefined;
  return args.slice(0, 3).find((arg) => !arg.startsWith("-") && Object.hasOwn(project.scripts, arg));
}

/** `npm run with-env -- next dev`, `pnpm with-env next dev`: a script that runs what stands behind it. */
function appendedTo(script: string, { args }: Invocation): Invocation | undefined {
  const words = args.slice(args.indexOf(script) + 1);
  return invocationOf({ words: words[0] === "--" ? words.slice(1) : words });
}

/** `pnpm -r dev`, `npm run dev -w api`, `yarn workspaces foreach run dev`. */
function isForOthers(args: readonly string[]): boolean {
  const own = args.slice(0, args.includes("--") ? args.indexOf("--") : args.length);
  return own.some((arg) =>
    /^(?:-r|-w|-F|-C|--recursive|--parallel|--filter|--workspaces?|--cwd|--prefix|--dir|workspaces?)(?:=|$)/.test(
      arg,
    ),
  );
}

const orchestrators: ReadonlySet<string> = new Set(
  "turbo nx lerna lage rush moon wireit concurrently conc npm-run-all npm-run-all2 run-p run-s foreman nf overmind hivemind docker docker-compose podman podman-compose make just task mprocs".split(
    " ",
  ),
);

const builders: ReadonlySet<string> = new Set(
  "tsc vue-tsc svelte-tsc tsup tsdown rollup rolldown swc babel esbuild unbuild obuild mkdist microbundle bunchee parcel-watch preconstruct pkgroll zshy chokidar storybook start-storybook eslint oxlint oxfmt biome prettier jest vitest mocha ava tap playwright cypress tailwindcss postcss sass prisma drizzle-kit graphql-codegen typedoc svelte-package stencil typegen changeset email".split(
    " ",
  ),
);

/** Programs that serve nobody; an AppHost that ran `dext run` would run itself. */
const tidiers: ReadonlySet<string> = new Set(
  "rimraf rm mkdir cp mv echo sleep export set cd true test wait-on kill-port open husky patch-package touch cat printf dext".split(
    " ",
  ),
);

/** `concurrently "tsc --watch" "vite build --watch"` does what its commands do, as far as they stand there. */
function rolesOfProgram(invocation: Invocation): ReadonlySet<ProjectRole> {
  const { program, args } = invocation;
  const commands = ["concurrently", "conc"].includes(program) ? args.filter((arg) => /\s/.test(arg)) : [];
  const inner = commands
    .flatMap(splitCommands)
    .map(invocationOf)
    .filter((each) => each !== undefined);
  return new Set((inner.length === 0 ? [invocation] : inner).map(roleOfProgram));
}

function roleOfProgram({ program, args }: Invocation): ProjectRole {
  const [first = ""] = args;
  if (tidiers.has(program)) return "none";
  if (orchestrators.has(program) || (scriptRunners.has(program) && isForOthers(args))) return "orchestrator";
  if (builders.has(program))
    return args.some((arg) => /^--(?:serve|onSuccess|on-success)/.test(arg)) ? "service" : "build";
  if (["vite", "webpack", "ng", "next", "astro", "nuxt", "parcel"].includes(program)) {
    return /^(?:build|watch|typegen|sync|prepare|check|lint|test)$/.test(first) ||
      (program === "webpack" && first !== "serve")
      ? "build"
      : "service";
  }
  if (scriptRunners.has(program))
    return /^(?:run|serve|start|watch|x|dlx|exec)$|\.[cm]?[jt]sx?$/.test(first) || first.startsWith("-")
      ? "service"
      : "build";
  return "service";
}
