import type { Invocation } from "./shell-command.ts";
import type { Runtime } from "./description.ts";

/** The file that a command runs, and with what. */
export interface ProgramFile {
  readonly runtime: Runtime;
  /** As written, without a leading `./`. */
  readonly file: string;
  /** The flags before the file. */
  readonly flags: readonly string[];
}

/** Programs that run a file on Node, and the words of theirs that may stand before it. */
const nodeRunners: ReadonlyMap<string, readonly string[]> = new Map([
  ["node", []],
  ["nodejs", []],
  ["tsx", ["watch"]],
  ["ts-node", []],
  ["ts-node-esm", []],
  ["ts-node-dev", []],
  ["tsnd", []],
  ["nodemon", []],
  ["swc-node", []],
  ["vite-node", []],
  ["jiti", []],
  ["pm2-runtime", ["start"]],
]);

/** Flags of these programs whose value is the next word. */
const flagsWithValue: ReadonlySet<string> = new Set([
  "-r",
  "--require",
  "--import",
  "--loader",
  "--experimental-loader",
  "-C",
  "--conditions",
  "--env-file",
  "--env-file-if-exists",
  "--watch-path",
  "--title",
  "--tsconfig",
  "-P",
  "--project",
  "-w",
  "--watch-dir",
  "-e",
  "--ext",
  "-x",
  "--exec",
  "-i",
  "--ignore",
  "-d",
  "--delay",
  "-c",
  "--config",
  "--import-map",
  "--lock",
  "--preload",
  "--cwd",
  "--port",
  "--host",
  "--disable-warning",
  "--dns-result-order",
  "--unhandled-rejections",
  "--name",
  "--instances",
]);

const flagsOfDenoWithoutValue: ReadonlySet<string> = new Set([
  "-r",
  "-P",
  "-w",
  "-d",
  "-e",
  "-i",
  "--env-file",
  "--lock",
]);

/** Whether the value of a flag is the next word. */
export function takesNextWord(flag: string, runtime: Runtime): boolean {
  return flagsWithValue.has(flag) && !(runtime === "deno" && flagsOfDenoWithoutValue.has(flag));
}

/** The file that a command runs; nothing for programs that are given no file. */
export function programFileOf({ program, args }: Invocation): ProgramFile | undefined {
  if (program === "deno") return denoFile(args);
  if (program === "bun") return bunFile(args);
  const words = nodeRunners.get(program);
  if (words === undefined) return undefined;
  const start = args[0] !== undefined && words.includes(args[0]) ? 1 : 0;
  const evaluates =
    program === "node" && args.some((arg) => /^(?:-e|-p|--eval|--print|--run|--test)$/.test(arg));
  return evaluates ? undefined : firstFile(args.slice(start), { runtime: "node" });
}

/** What a command says about the runtime of the code that it runs. */
export function runtimeOf(invocation: Invocation): Runtime | undefined {
  if (invocation.program === "deno") return "deno";
  if (invocation.program === "bun") return bunFile(invocation.args)?.runtime;
  return nodeRunners.has(invocation.program) ? "node" : undefined;
}

function denoFile(args: readonly string[]): ProgramFile | undefined {
  const [command, ...rest] = args;
  if (command === "run" || command === "serve") return firstFile(rest, { runtime: "deno" });
  return command !== undefined && isSourceFile(command) ? firstFile(args, { runtime: "deno" }) : undefined;
}

function bunFile(args: readonly string[]): ProgramFile | undefined {
  const flags = args.findIndex((arg) => !arg.startsWith("-"));
  const rest = args[flags] === "run" ? args.filter((_, index) => index !== flags) : args;
  const found = firstFile(rest, { runtime: "bun" });
  return found !== undefined && isSourceFile(found.file) ? found : undefined;
}

function firstFile(args: readonly string[], { runtime }: { runtime: Runtime }): ProgramFile | undefined {
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? "";
    if (!arg.startsWith("-")) {
      if (/^(?:https?|jsr|npm|data):/.test(arg)) return undefined;
      return { runtime, file: arg.replace(/^(?:\.\/)+/, ""), flags: args.slice(0, index) };
    }
    if (takesNextWord(arg, runtime)) index += 1;
  }
  return undefined;
}

/** Whether a path ends like a file that a runtime runs. */
export function isSourceFile(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path);
}
