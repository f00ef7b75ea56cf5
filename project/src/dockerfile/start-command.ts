import { join } from "node:path";
import type { Finding, ProjectDescription } from "../description.ts";
import { textAt } from "../json-access.ts";
import { programFileOf } from "../program-file.ts";
import type { ProgramFile } from "../program-file.ts";
import type { Invocation } from "../shell-command.ts";
import { namesSecret } from "../secret-names.ts";
import { developmentTool } from "./development-tool.ts";
import type { ImageProject } from "./image-project.ts";
import {
  buildScriptMissing,
  entryPointMissing,
  runnerMissing,
  siteUnserved,
  toolMissing,
  unstartable,
} from "./start-refusals.ts";
import { keptFlags } from "./start-flags.ts";
import { followScript, obstacleOf } from "./start-script.ts";
import type { FoundScript } from "./start-script.ts";
import { whyNotStripped } from "./type-stripping.ts";

/** How the image starts the project. */
export interface StartCommand {
  readonly words: readonly string[];
  /** The file that it runs, relative to the project's folder; absent for a program of a package. */
  readonly file: string | undefined;
  /** Whether a build makes that file, or what the program serves. */
  readonly isBuilt: boolean;
  /** Whether a build makes what the program, which runs as it stands, hands out or reads. */
  readonly readsBuilt?: boolean;
  /** Other files of the project that the command names, such as the value of `--import`. */
  readonly otherFiles: readonly string[];
  /** Variables that the script sets. */
  readonly environment: ReadonlyMap<string, string>;
  /** Whether it is a program of a package, which is found by the `PATH` where packages may lie above the project. */
  readonly isOfPackage: boolean;
  readonly reason: Finding<string>;
}

/**
 * The command of production, without a shell and without the package manager: what the script `start` runs, else the
 * built entry point, else the entry point.
 *
 * @throws DextError `DEXT_DOCKERFILE_ENTRY_POINT_MISSING`, `DEXT_DOCKERFILE_BUILD_SCRIPT_MISSING`
 */
export async function startCommand(image: ImageProject): Promise<StartCommand> {
  const { project, standalone, self } = image;
  if (standalone !== undefined) {
    const reason: Finding<string> = {
      value: "server.js",
      because: "Next puts a server there",
      ...standalone,
    };
    if (self.buildScript === undefined) throw buildScriptMissing(project, reason);
    return {
      words: ["node", "server.js"],
      file: "server.js",
      isBuilt: true,
      otherFiles: [],
      environment: new Map(),
      isOfPackage: false,
      reason,
    };
  }
  const fromScript = await commandOfScript(image);
  if (fromScript !== undefined) return fromScript;
  const { framework } = project;
  if (framework?.value.kind === "site" && project.builtEntryPoint === undefined)
    throw siteUnserved(project, framework);
  const found = project.builtEntryPoint ?? project.entryPoint;
  const missing = project.warnings.find(({ code }) => code === "entry-point-missing");
  const named = project.builtEntryPoint?.value === found?.value ? undefined : missing;
  if (found === undefined || (named !== undefined && found.file === found.value)) {
    throw entryPointMissing(project, named ?? missing);
  }
  return commandOfFile(image, { file: found.value, flags: [], args: [], reason: found });
}

/** Scripts that start what was built, where `start` is for developing: those of Nest. */
const productionScripts: readonly string[] = ["start:prod", "start:production"];

/** `start` of package.json or a task `start`; a script that only calls another one is followed. */
async function commandOfScript(image: ImageProject): Promise<StartCommand | undefined> {
  const found = followScript(image.project, "start");
  if (found === undefined) return undefined;
  const { invocation, reason } = found;
  const tool =
    programFileOf(invocation) === undefined ? developmentTool(invocation.program, image) : undefined;
  if (tool === undefined) return commandOfFound(image, found);
  for (const name of productionScripts) {
    const other = followScript(image.project, name);
    if (other !== undefined) return commandOfFound(image, other);
  }
  throw toolMissing(image.project, { tool, reason });
}

async function commandOfFound(image: ImageProject, found: FoundScript): Promise<StartCommand> {
  const { invocation, reason } = found;
  const obstacle = obstacleOf(found);
  if (obstacle !== undefined) throw unstartable(image.project, { reason, obstacle });
  warnAboutRest(image, found);
  const environment = keptVariables(image, found);
  // For the program only: the health check is one of Node, too.
  const options =
    environment
      .get("NODE_OPTIONS")
      ?.split(/\s+/)
      .filter((word) => word !== "") ?? [];
  const command = await commandOfInvocation(image, { invocation, reason, options });
  if (command.words[0] === "node") environment.delete("NODE_OPTIONS");
  return { ...command, environment: new Map([...command.environment, ...environment]) };
}

/** The variables of a script that go into the image: no secrets, and none that only a shell could work out. */
function keptVariables(image: ImageProject, { environment, reason }: FoundScript): Map<string, string> {
  const kept = new Map<string, string>();
  for (const [name, value] of environment) {
    // postgres://user:password@host
    const isSecret = namesSecret(name) || /:\/\/[^/@\s]*:[^/@\s]+@/.test(value);
    if (isSecret) {
      image.warnings.push({
        code: "needs-attention",
        message: `"${name}" of the start script holds a secret, so the image does not have it; give it to the container when it starts`,
        ...placeOf(reason),
        onlyFor: "image",
      });
    } else if (!/[$`]/.test(value)) kept.set(name, value);
  }
  return kept;
}

/** What a shell or a package manager would do besides. */
function warnAboutRest(image: ImageProject, { reason, invocation, isMore, before }: FoundScript): void {
  const warn = (message: string, place: Finding<string>): void => {
    image.warnings.push({ code: "needs-attention", message, ...placeOf(place), onlyFor: "image" });
  };
  if (isMore) {
    const main = [invocation.program, ...invocation.args].join(" ");
    warn(
      `Script "${reason.value}" does more than start one program; the image runs "${main}" alone, without a shell. What comes before it belongs into "build", or into a job of its own`,
      reason,
    );
  }
  if (before !== undefined) {
    warn(
      `The image does not run "${before.value}", though a package manager would; it belongs into "build", or into a job of its own`,
      before,
    );
  }
}

interface InvocationCommand {
  readonly invocation: Invocation;
  readonly reason: Finding<string>;
  /** Flags for Node that the script gives by a variable. */
  readonly options: readonly string[];
}

async function commandOfInvocation(
  image: ImageProject,
  { invocation, reason, options }: InvocationCommand,
): Promise<StartCommand> {
  const { project } = image;
  const program = namedFile(programFileOf(invocation), image);
  if (program === undefined) return commandOfProgram(image, { invocation, reason, options });
  if (runsTypeScript(invocation) && /\.[cm]?tsx?$/.test(program.file)) {
    const tool = developmentTool(invocation.program, image);
    const isKept = tool === undefined && !isWatcher(invocation);
    if (isKept) return commandOfRunner(image, { invocation, reason, options, program });
    const why = await whyNotStripped(image);
    if (why !== undefined) {
      throw runnerMissing(project, { runner: tool?.package ?? invocation.program, why, reason });
    }
  }
  const args = argumentsOf(invocation);
  const own = passesFlags(invocation) ? program.flags : [];
  const given = program.runtime === "node" ? [...options, ...own] : own;
  const flags = await keptFlags(image, { flags: given, program, reason });
  const isServe = invocation.program === "deno" && invocation.args[0] === "serve";
  return commandOfFile(image, { file: program.file, flags, args, reason, isServe });
}

/** What stands behind the file; of `pm2-runtime` only what it hands on. */
function argumentsOf(invocation: Invocation): readonly string[] {
  const { program, args } = invocation;
  const file = programFileOf(invocation)?.file;
  const rest = args.slice(args.findIndex((arg) => arg.replace(/^(?:\.\/)+/, "") === file) + 1);
  if (program !== "pm2-runtime") return rest;
  return rest.includes("--") ? rest.slice(rest.indexOf("--") + 1) : [];
}

/** Whether flags before the file are those of the runtime. */
function passesFlags({ program }: Invocation): boolean {
  return ["node", "nodejs", "deno", "bun", "tsx"].includes(program);
}

/** `node .` runs what "main" names. */
function namedFile(program: ProgramFile | undefined, { self }: ImageProject): ProgramFile | undefined {
  if (program?.file !== "." && program?.file !== "") return program;
  const main = textAt(self.manifest?.root, "main")?.value ?? "index.js";
  return { ...program, file: main.replace(/^(?:\.\/)+/, "") };
}

/** Whether a program runs TypeScript that Node may not run by itself. */
function runsTypeScript(invocation: Invocation): boolean {
  const runners = ["tsx", "ts-node", "ts-node-esm", "swc-node", "vite-node", "jiti"];
  return runners.includes(invocation.program) || isWatcher(invocation);
}

/** Whether a program starts its file anew when it changes, which nobody wants of an image. */
function isWatcher({ program, args }: Invocation): boolean {
  return ["nodemon", "ts-node-dev", "tsnd"].includes(program) || (program === "tsx" && args[0] === "watch");
}

/** A runner that production has; `tsx` in the process of the program itself, so that a stop signal reaches it. */
async function commandOfRunner(
  image: ImageProject,
  { invocation, reason, options, program }: InvocationCommand & { program: ProgramFile },
): Promise<StartCommand> {
  const { file } = program;
  const command = await commandOfFile(image, { file, flags: [], args: [], reason });
  if (invocation.program !== "tsx") {
    const environment = new Map(options.length === 0 ? [] : [["NODE_OPTIONS", options.join(" ")]]);
    return { ...command, ...programOfPackage(image, invocation), environment };
  }
  const flags = await keptFlags(image, { flags: [...options, ...program.flags], program, reason });
  const words = ["node", ...flags, "--import", "tsx", file, ...argumentsOf(invocation)];
  // It would write to the temporary folder what it has compiled, and fails where it cannot.
  return { ...command, words, environment: new Map([["TSX_DISABLE_CACHE", "1"]]) };
}

/** A program of a package, such as `next start`, or a runtime that is given no file. */
async function commandOfProgram(
  image: ImageProject,
  { invocation, reason, options }: InvocationCommand,
): Promise<StartCommand> {
  const { project, self } = image;
  const isBuilt = self.buildScript !== undefined;
  if (project.framework?.value.kind === "site" && !isBuilt) throw buildScriptMissing(project, reason);
  const isRuntime = ["node", "deno", "bun"].includes(invocation.program);
  const command = isRuntime
    ? { words: [invocation.program, ...options, ...invocation.args], isOfPackage: false }
    : programOfPackage(image, invocation);
  const environment = new Map(isRuntime || options.length === 0 ? [] : [["NODE_OPTIONS", options.join(" ")]]);
  return { ...command, file: undefined, isBuilt, otherFiles: siteSettings(image), environment, reason };
}

/** Package managers put the programs of a member's packages beside it or above it. */
function programOfPackage(
  { self }: ImageProject,
  { program, args }: Invocation,
): Pick<StartCommand, "words" | "isOfPackage"> {
  const path = self.path === "." ? `node_modules/.bin/${program}` : program;
  return { words: [path, ...args], isOfPackage: true };
}

interface FileCommand {
  file: string;
  flags: readonly string[];
  args: readonly string[];
  reason: Finding<string>;
  isServe?: boolean;
}

async function commandOfFile(image: ImageProject, command: FileCommand): Promise<StartCommand> {
  const { project, inspection, self } = image;
  const { flags, args, reason, isServe = false } = command;
  const runtime = project.runtime.value;
  const exists = async (path: string): Promise<boolean> => inspection.hasFile(join(project.directory, path));
  const isOutput = self.outputs.some((folder) => `${command.file}/`.startsWith(`${folder}/`));
  const isNamedOutput =
    project.builtEntryPoint?.value === command.file || /^(?:dist|build|out)\//.test(command.file);
  const isIgnored = self.ignored.has(command.file.split("/")[0] ?? "");
  const file = isIgnored ? undefined : await existingName(command.file, exists);
  const isBuilt = isOutput || (isNamedOutput && file === undefined);
  if (isBuilt && self.buildScript === undefined && !isTaskBuilt(project))
    throw buildScriptMissing(project, reason);
  if (!isBuilt && file === undefined) {
    throw entryPointMissing(project, {
      message: isIgnored
        ? `"${command.file}" is not in the repository, since git is told to leave it out, though ${reason.because}`
        : `"${command.file}" does not exist, though ${reason.because}`,
      ...placeOf(reason),
    });
  }
  const program = isBuilt ? command.file : (file ?? command.file);
  const otherFiles: string[] = [];
  for (const flag of flags) {
    const path = flag.replace(/^--[\w-]+=/, "").replace(/^(?:\.\/)+/, "");
    if (await exists(path)) otherFiles.push(path);
  }
  if (!isBuilt) warnAboutBuild(image);
  otherFiles.push(...siteSettings(image));
  const words =
    runtime === "deno"
      ? [
          "deno",
          isServe ? "serve" : "run",
          "--cached-only",
          "--frozen",
          ...modulesFlag(image, flags),
          ...permitted(image, flags),
          program,
          ...args,
        ]
      : [runtime, ...flags, program, ...args];
  const readsBuilt = !isBuilt && self.siteOutput !== undefined;
  const found = { words, file: program, isBuilt, readsBuilt, otherFiles, reason };
  return { ...found, environment: new Map(), isOfPackage: false };
}

/** Next reads its settings when it runs, too. */
function siteSettings({ self, project: { framework } }: ImageProject): readonly string[] {
  return framework?.value.name === "next"
    ? self.entries.buildFiles.filter((name) => name.startsWith("next.config."))
    : [];
}

/** A build that checks or makes what is published is none of the program's business; any other may be missed. */
function warnAboutBuild({ self, warnings }: ImageProject): void {
  const { buildScript, siteOutput } = self;
  const isMissed = buildScript !== undefined && !/^(?:\S+ )?(?:tsc|tsup|tsdown)\b/.test(buildScript.value);
  if (!isMissed || siteOutput !== undefined) return;
  const message =
    'The start script runs a file that is no result of "build", so the image does not run "build"; what it makes is not in the image';
  warnings.push({ code: "needs-attention", message, ...placeOf(buildScript), onlyFor: "image" });
}

/** Modules that another package manager has installed lie in `node_modules`, which Deno is told where it does not know. */
function modulesFlag({ manager, project }: ImageProject, flags: readonly string[]): readonly string[] {
  const isTold =
    project.deno?.nodeModulesDir?.value === "manual" ||
    flags.some((flag) => flag.startsWith("--node-modules-dir"));
  return manager.name === "deno" || isTold ? [] : ["--node-modules-dir=manual"];
}

/** The flags of the task, else the permissions of `deno.json`, else those that a server cannot do without. */
function permitted({ project, warnings }: ImageProject, flags: readonly string[]): readonly string[] {
  const isAllowed = flags.some((flag) => /^(?:-[a-z]*[ANERWSIP]|--allow-|--permission-set)/.test(flag));
  if (isAllowed) {
    if (flags.some((flag) => flag === "-A" || flag === "--allow-all")) {
      warnings.push({
        code: "needs-attention",
        message:
          "The start task allows everything; narrow permissions, such as --allow-net --allow-env, suit an image better",
        onlyFor: "image",
      });
    }
    return flags;
  }
  const { permissions } = project.deno ?? {};
  if (permissions !== undefined) return [...flags, ...permissions.value];
  warnings.push({
    code: "needs-attention",
    message:
      "The project names no permissions; the image allows net and env only. Add a permission set to deno.json",
    onlyFor: "image",
  });
  return [...flags, "--allow-net", "--allow-env"];
}

function isTaskBuilt({ build }: ProjectDescription): boolean {
  return build?.value.kind === "script";
}

/** `server` may stand for `server.js`, as it does for Node. */
async function existingName(
  path: string,
  exists: (path: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const ending of ["", ".js", ".cjs", "/index.js"])
    if (await exists(path + ending)) return path + ending;
  return undefined;
}

function placeOf({ file, line }: Finding<unknown>): { file?: string; line?: number } {
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}
