import { join } from "node:path";
import type { Finding, Framework, ProjectDescription } from "../description.ts";
import { programFileOf } from "../program-file.ts";
import { invocationOf, splitCommands } from "../shell-command.ts";
import type { Invocation } from "../shell-command.ts";
import { dockerfileError } from "./error-codes.ts";
import type { ImageProject } from "./image-project.ts";

/** How the image starts the project. */
export interface StartCommand {
  readonly words: readonly string[];
  /** The file that it runs, relative to the project's folder; absent for a program of a package. */
  readonly file: string | undefined;
  /** Whether a build makes that file, or what the program serves. */
  readonly isBuilt: boolean;
  /** Other files of the project that the command names, such as the value of `--import`. */
  readonly otherFiles: readonly string[];
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
    return { words: ["node", "server.js"], file: "server.js", isBuilt: true, otherFiles: [], reason };
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

/** `start` of package.json or a task `start`; a script that only calls another one is followed. */
async function commandOfScript(image: ImageProject): Promise<StartCommand | undefined> {
  const { project } = image;
  let name = "start";
  for (let step = 0; step < 5; step += 1) {
    const script = project.scripts[name];
    const origin = project.scriptOrigins[name];
    if (script === undefined) return undefined;
    const reason: Finding<string> = { value: script, because: `script "${name}" runs it`, ...origin };
    const invocations = splitCommands(script)
      .map((command) => invocationOf(command))
      .filter((invocation) => invocation !== undefined);
    const last = invocations.at(-1);
    if (last === undefined) return undefined;
    const other = scriptCalled(last);
    if (other !== undefined) {
      name = other;
      continue;
    }
    warnAboutShell(image, { script, count: invocations.length, reason });
    return commandOfInvocation(image, { invocation: last, reason });
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

function warnAboutShell(
  image: ImageProject,
  { script, count, reason }: { script: string; count: number; reason: Finding<string> },
): void {
  const isMore = count > 1 || /(?:^|\s)[A-Za-z_]\w*=|[$|<>`]/.test(script);
  if (!isMore) return;
  image.warnings.push({
    code: "needs-attention",
    message: `Script "${script}" does more than start one program; the image runs the last command alone, without a shell`,
    ...(reason.file === undefined ? {} : { file: reason.file }),
    ...(reason.line === undefined ? {} : { line: reason.line }),
    onlyFor: "image",
  });
}

async function commandOfInvocation(
  image: ImageProject,
  { invocation, reason }: { invocation: Invocation; reason: Finding<string> },
): Promise<StartCommand> {
  const program = programFileOf(invocation);
  if (program === undefined) return commandOfProgram(image, { invocation, reason });
  const position = invocation.args.findIndex((arg) => arg.replace(/^(?:\.\/)+/, "") === program.file);
  const args = invocation.args.slice(position + 1);
  const isPlain = ["node", "nodejs", "deno", "bun"].includes(invocation.program);
  const flags = isPlain
    ? program.flags.filter((flag) => !/^(?:run|serve|--watch.*|--inspect.*|--env-file.*)$/.test(flag))
    : [];
  const isServe = invocation.program === "deno" && invocation.args[0] === "serve";
  return commandOfFile(image, { file: program.file, flags, args, reason, isServe });
}

/** A program of a package, such as `next start`. */
async function commandOfProgram(
  { project, self }: ImageProject,
  { invocation, reason }: { invocation: Invocation; reason: Finding<string> },
): Promise<StartCommand> {
  const isBuilt = self.buildScript !== undefined;
  const words = [`node_modules/.bin/${invocation.program}`, ...invocation.args];
  if (project.framework?.value.kind === "site" && !isBuilt) throw buildScriptMissing(project, reason);
  return { words, file: undefined, isBuilt, otherFiles: [], reason };
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
  const isOutput = self.outputs.some((folder) => command.file.startsWith(`${folder}/`));
  const isNamedOutput =
    project.builtEntryPoint?.value === command.file || /^(?:dist|build|out)\//.test(command.file);
  const file = await existingName(command.file, exists);
  const isBuilt = isOutput || (isNamedOutput && file === undefined);
  if (isBuilt && self.buildScript === undefined && !isTaskBuilt(project))
    throw buildScriptMissing(project, reason);
  if (!isBuilt && file === undefined) {
    throw entryPointMissing(project, {
      message: `"${command.file}" does not exist, though ${reason.because}`,
      ...placeOf(reason),
    });
  }
  const program = isBuilt ? command.file : (file ?? command.file);
  const otherFiles: string[] = [];
  for (const flag of flags) {
    const path = flag.replace(/^--[\w-]+=/, "").replace(/^(?:\.\/)+/, "");
    if (await exists(path)) otherFiles.push(path);
  }
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
  return { words, file: program, isBuilt, otherFiles, reason };
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
  const isAllowed = flags.some((flag) => /^(?:-A|--allow-.*|-[NERWSI]|-P.*|--permission-set.*)$/.test(flag));
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

function entryPointMissing(
  { directory }: ProjectDescription,
  found: { message: string; file?: string; line?: number } | undefined,
): Error {
  const place = found?.file === undefined ? "" : `${found.file}:${found.line ?? 1}: `;
  const what =
    found === undefined
      ? 'neither a script "start", nor "main", nor a file of a usual name is there'
      : found.message;
  return dockerfileError(
    "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
    `An image of "${directory}" would have nothing to start: ${place}${what}`,
    {
      hint: 'Correct the name, or add a script "start" that runs the program.',
      details: { directory, ...found },
    },
  );
}

/** The entry point of a site is for browsers. */
function siteUnserved({ directory }: ProjectDescription, { value, ...place }: Finding<Framework>): Error {
  return dockerfileError(
    "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
    `An image of "${directory}" would have nothing to start: it is a site of ${value.name} without a script "start"`,
    {
      hint: 'Add a script "start" that serves what the build makes; files alone need no image of their own, another service or a file host can serve them.',
      details: { directory, framework: value.name, ...placeOf({ value, ...place }) },
    },
  );
}

function buildScriptMissing({ directory }: ProjectDescription, reason: Finding<string>): Error {
  const place = reason.file === undefined ? "" : `${reason.file}:${reason.line ?? 1}: `;
  return dockerfileError(
    "DEXT_DOCKERFILE_BUILD_SCRIPT_MISSING",
    `${place}"${reason.value}" needs what a build makes, and the project in "${directory}" has no script "build"`,
    { hint: 'Add a script "build", or start the source file.', details: { directory, ...placeOf(reason) } },
  );
}

function placeOf({ file, line }: Finding<unknown>): { file?: string; line?: number } {
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}
