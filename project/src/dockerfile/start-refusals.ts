import type { Finding, Framework, ProjectDescription } from "../description.ts";
import type { DevelopmentTool } from "./development-tool.ts";
import { dockerfileError } from "./error-codes.ts";

/** Nothing is found that an image could start. */
export function entryPointMissing(
  { directory }: ProjectDescription,
  found: { message: string; file?: string; line?: number } | undefined,
): Error {
  const place = placePrefix(found);
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
export function siteUnserved(
  { directory }: ProjectDescription,
  { value, ...place }: Finding<Framework>,
): Error {
  return dockerfileError(
    "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
    `An image of "${directory}" would have nothing to start: it is a site of ${value.name} without a script "start"`,
    {
      hint: 'Add a script "start" that serves what the build makes; files alone need no image of their own, another service or a file host can serve them.',
      details: { directory, framework: value.name, ...placeOf({ value, ...place }) },
    },
  );
}

export function unstartable(
  { directory }: ProjectDescription,
  { reason, obstacle }: { reason: Finding<string>; obstacle: string },
): Error {
  const [what = "", hint = ""] = obstacle.split("; ");
  const place = placePrefix(reason);
  return dockerfileError(
    "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
    `An image of "${directory}" would have nothing to start: ${place}"${reason.value}" ${what}`,
    { hint: `${hint.charAt(0).toUpperCase()}${hint.slice(1)}.`, details: { directory, ...placeOf(reason) } },
  );
}

export function toolMissing(project: ProjectDescription, needed: NeededTool): Error {
  return onlyForDeveloping(project, needed, {
    fault: "would have nothing to start",
    verb: "needs",
    hint: 'Add a script "start:prod" that runs what the build makes, such as "node dist/main.js".',
  });
}

export function preloadMissing(project: ProjectDescription, needed: NeededTool): Error {
  return onlyForDeveloping(project, needed, {
    fault: "would not start",
    verb: "loads",
    hint: `Move "${needed.tool.package}" to "dependencies", or add a script "start:prod" that does without it.`,
  });
}

interface NeededTool {
  tool: DevelopmentTool;
  reason: Finding<string>;
}

function onlyForDeveloping(
  { directory }: ProjectDescription,
  { tool, reason }: NeededTool,
  { fault, verb, hint }: { fault: string; verb: string; hint: string },
): Error {
  return dockerfileError(
    "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
    `An image of "${directory}" ${fault}: ${placePrefix(reason)}"${reason.value}" ${verb} "${tool.package}" (${tool.file}:${tool.line}), which is for developing and not in the image`,
    { hint, details: { directory, package: tool.package, ...placeOf(reason) } },
  );
}

export function runnerMissing(
  { directory }: ProjectDescription,
  { runner, why, reason }: { runner: string; why: Finding<string>; reason: Finding<string> },
): Error {
  const place = why.file === undefined ? "" : ` (${why.file}:${why.line ?? 1})`;
  return dockerfileError(
    "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
    `An image of "${directory}" would not start: "${reason.value}" needs "${runner}", which is for developing and not in the image, and without it ${why.value}${place}`,
    {
      hint: `Move "${runner}" to "dependencies", or add a script "build" and start what it makes.`,
      details: { directory, package: runner, ...placeOf(reason) },
    },
  );
}

export function buildScriptMissing({ directory }: ProjectDescription, reason: Finding<string>): Error {
  const place = placePrefix(reason);
  return dockerfileError(
    "DEXT_DOCKERFILE_BUILD_SCRIPT_MISSING",
    `${place}"${reason.value}" needs what a build makes, and the project in "${directory}" has no script "build"`,
    { hint: 'Add a script "build", or start the source file.', details: { directory, ...placeOf(reason) } },
  );
}

function placePrefix({ file, line = 1 }: { file?: string; line?: number } = {}): string {
  return file === undefined ? "" : `${file}:${line}: `;
}

function placeOf({ file, line }: Finding<unknown>): { file?: string; line?: number } {
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}
