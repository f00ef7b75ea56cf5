import type { Finding } from "../description.ts";
import { takesNextWord } from "../program-file.ts";
import type { ProgramFile } from "../program-file.ts";
import { developmentTool } from "./development-tool.ts";
import type { ImageProject } from "./image-project.ts";
import { preloadMissing, runnerMissing } from "./start-refusals.ts";
import { whyNotStripped } from "./type-stripping.ts";

/** What watches, debugs, or reads a file that no image has; the words `run` and `serve`; and what only tsx takes. */
const idleFlags =
  /^(?:run|serve|watch|--watch.*|--inspect.*|--env-file.*|--tsconfig|--no-cache|--clear-screen.*|--include|--exclude)$/;
const preloadFlags = /^(?:-r|--require|--import|--loader|--experimental-loader)$/;
/** Packages that make TypeScript run. */
const runners =
  /^(?:tsx|ts-node|@swc-node\/register|@oxc-node\/core|esbuild-register|@esbuild-kit\/.+|jiti|tsimp|sucrase)$/;

interface GivenFlags {
  flags: readonly string[];
  program: ProgramFile;
  reason: Finding<string>;
}

/**
 * The flags of the start script that the image keeps. A runner of TypeScript that is for developing is left out where
 * Node does without it.
 *
 * @throws DextError `DEXT_DOCKERFILE_ENTRY_POINT_MISSING` when one names a package that is for developing
 */
export async function keptFlags(
  image: ImageProject,
  { flags, program, reason }: GivenFlags,
): Promise<readonly string[]> {
  const kept: string[] = [];
  for (let index = 0; index < flags.length; index += 1) {
    const flag = flags[index] ?? "";
    const words = takesNextWord(flag, program.runtime) ? flags.slice(index, index + 2) : [flag];
    index += words.length - 1;
    const [name = "", ...inline] = flag.split("=");
    if (idleFlags.test(name)) continue;
    const value = words[1] ?? inline.join("=");
    if (preloadFlags.test(name) && (await isIdle(image, { value, program, reason }))) continue;
    kept.push(...words);
  }
  return kept;
}

/** Whether the program does without a module that is loaded before it. */
async function isIdle(
  image: ImageProject,
  { value, program, reason }: { value: string; program: ProgramFile; reason: Finding<string> },
): Promise<boolean> {
  const name = /^(?![./]|[a-z]+:)(?:@[^/]+\/)?[^/]+/.exec(value)?.[0];
  const tool = name === undefined ? undefined : developmentTool(name, image);
  if (tool === undefined) return false;
  if (!runners.test(tool.package)) throw preloadMissing(image.project, { tool, reason });
  const why = /\.[cm]?tsx?$/.test(program.file) ? await whyNotStripped(image) : undefined;
  if (why !== undefined) throw runnerMissing(image.project, { runner: tool.package, why, reason });
  return true;
}
