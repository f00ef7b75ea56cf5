import { posix } from "node:path";

import type { Code } from "./code.ts";
import { value } from "./code.ts";
import { splitWords } from "./compose-values.ts";
import type { FoundProject } from "./find-projects.ts";

/** How a command line is run: by a project of the repository, or as any program. */
export type Launch =
  | {
      readonly kind: "project";
      readonly project: FoundProject;
      /** Options of `addProject`. */
      readonly options: readonly (readonly [string, Code])[];
      readonly environment: readonly (readonly [string, string])[];
    }
  | {
      readonly kind: "program";
      readonly command: string;
      readonly args: readonly string[];
      readonly folder: string;
      readonly environment: readonly (readonly [string, string])[];
    };

/** Understands a command line such as `cd web && npm run dev` or `bundle exec puma -p $PORT`. */
export function launchOf(
  line: string,
  { folder, projects }: { folder: string; projects: readonly FoundProject[] },
): Launch {
  // What only a shell finds, such as `cd $HOME && …`, is left to it.
  const moved = /^\s*cd\s+("[^"$`]+"|'[^']+'|[^\s;&|$`~*?]+)\s*(?:&&|;)\s*([\s\S]+)$/.exec(line);
  if (moved !== null) {
    const inner = posix.normalize(posix.join(folder, splitWords(moved[1] ?? "")[0] ?? "."));
    return launchOf(moved[2] ?? "", { folder: inner, projects });
  }
  const { environment, rest } = withoutAssignments(withoutTrimmings(line));
  const words = needsShell(rest) ? undefined : splitWords(rest);
  const project = words && projectLaunch(words, { folder, projects });
  if (project !== undefined) return { ...project, environment };
  const [command, ...args] = words ?? ["sh", "-c", asScript(rest)];
  return { kind: "program", command: command ?? "sh", args, folder, environment };
}

/** Options of a project that runs these words, when they are for it: `npm run worker`, `node worker.js`. */
export function projectOptions(
  words: readonly string[],
  project: FoundProject,
): readonly (readonly [string, Code])[] | undefined {
  const launch = projectLaunch(words, { folder: project.path, projects: [project] });
  return launch?.options;
}

interface ProjectCall {
  readonly script?: string;
  readonly entryPoint?: string;
  readonly args: readonly string[];
  /** The folder or package that is meant, where it is not the present one. */
  readonly other?: string;
}

function projectLaunch(
  words: readonly string[],
  { folder, projects }: { folder: string; projects: readonly FoundProject[] },
): Extract<Launch, { kind: "project" }> | undefined {
  const call = callOf(words);
  if (call === undefined) return undefined;
  const { script, entryPoint, args, other } = call;
  const path = other === undefined ? folder : posix.normalize(posix.join(folder, other));
  const project = projects.find((each) => each.path === path || each.name === other);
  if (
    project === undefined ||
    (script !== undefined && !Object.hasOwn(project.description.scripts, script))
  ) {
    return undefined;
  }
  const options: [string, Code][] = [];
  if (script !== undefined && script !== usualScript(project)) options.push(["script", value(script)]);
  if (entryPoint !== undefined) options.push(["entryPoint", value(entryPoint)]);
  if (args.length > 0) options.push(["args", value(args)]);
  return { kind: "project", project, options, environment: [] };
}

function usualScript({ description }: FoundProject): string | undefined {
  return ["dev", "start"].find((name) => Object.hasOwn(description.scripts, name));
}

// npm start   npm run dev -w web   pnpm --filter web dev   yarn workspace web start   node server.js   deno task dev
function callOf(words: readonly string[]): ProjectCall | undefined {
  const [program = "", ...rest] = words;
  if (program === "node" || program === "bun") {
    const file = program === "bun" && rest[0] === "run" ? rest.slice(1) : rest;
    const [first = "", ...args] = file;
    if (/^[^-].*\.[cm]?[jt]sx?$/.test(first)) return { entryPoint: posix.normalize(first), args };
  }
  if (!["npm", "pnpm", "yarn", "bun", "deno"].includes(program)) return undefined;
  const { own, other } = takeFlags(rest, { isNpm: program === "npm" });
  if (own === undefined) return undefined;
  const [first = "", ...more] = own;
  const isRun = runWords.includes(first);
  if (program === "deno" && first !== "task") return undefined;
  const [script, ...args] = isRun ? more : own;
  if (script === undefined || script.startsWith("-") || (!isRun && isBuiltIn(program, script)))
    return undefined;
  return { script, args: args[0] === "--" ? args.slice(1) : args, ...(other === undefined ? {} : { other }) };
}

function isBuiltIn(program: string, word: string): boolean {
  return program === "npm"
    ? !["start", "test"].includes(word)
    : ["install", "exec", "dlx", "x", "add"].includes(word);
}

/** Flags that say where to run a script: in another folder or package. */
const placeFlag = /^(-w|--workspace|--prefix|-C|--dir|--cwd|--filter|-F)(?:=(.*))?$/;

/** Takes the flags out that say where to run it; gives no words where there are flags that mean something else. */
function takeFlags(
  words: readonly string[],
  { isNpm }: { isNpm: boolean },
): { own: readonly string[] | undefined; other?: string } {
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  const own: string[] = [];
  let other: string | undefined;
  for (let at = 0; at < end; at += 1) {
    const word = words[at] ?? "";
    const isScriptKnown = own.some((each) => !runWords.includes(each));
    // Behind the script's name flags are the script's, but for npm, which takes them everywhere.
    const flag = isScriptKnown && !isNpm ? null : placeFlag.exec(word);
    if (flag !== null) other = flag[2] ?? words[(at += 1)];
    else if (word === "workspace" && own.length === 0) other = words[(at += 1)];
    else if (isScriptKnown || !word.startsWith("-")) own.push(word);
    else if (!["--silent", "-s"].includes(word)) return { own: undefined };
  }
  return { own: [...own, ...words.slice(end)], ...(other === undefined ? {} : { other }) };
}

const runWords: readonly string[] = ["run", "run-script", "task"];

/** Whether only a shell makes of a line what is meant. */
function needsShell(line: string): boolean {
  return /[|&;<>`$(){}*?[\n]|(?:^|\s)[#~]|^\w+=/.test(line.replaceAll(/'[^']*'/g, ""));
}

/** A simple command takes the place of its shell; before its variables `exec` needs `env`. */
function asScript(line: string): string {
  if (/[;&|(]/.test(line)) return line;
  return /^\w+=/.test(line) ? `exec env ${line}` : `exec ${line}`;
}

// exec npm start # the web
function withoutTrimmings(line: string): string {
  return line
    .replace(/^([^'"]*?)\s#.*$/, "$1")
    .trim()
    .replace(/^exec\s+(?!-)/, "");
}

// NODE_ENV=production PORT=3000 node server.js
function withoutAssignments(line: string): { environment: [string, string][]; rest: string } {
  const environment: [string, string][] = [];
  let rest = line;
  for (;;) {
    const match = /^(?:env\s+)?([A-Za-z_]\w*)=("[^"$`]*"|'[^']*'|[^\s"'$`]*)\s+([\s\S]+)$/.exec(rest);
    if (match === null) return { environment, rest };
    const [, name = "", text = "", more = ""] = match;
    environment.push([name, splitWords(text)[0] ?? ""]);
    rest = more;
  }
}
