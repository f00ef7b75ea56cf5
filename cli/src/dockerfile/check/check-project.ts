import { readFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import process from "node:process";
import { formatDuration, isDextError } from "@dext/core";
import { buildImage, engineWords } from "@dext/hosting/containers";
import type { ContainerEngine } from "@dext/hosting/containers";
import type { ProjectDescription } from "@dext/project";
import { lintDockerfile } from "@dext/project/lint";
import type { CheckSettings } from "./check-options.ts";
import { checkProgram } from "./check-program.ts";
import { skipped } from "./check-row.ts";
import type { CheckedProject, CheckRow } from "./check-row.ts";
import { developmentDependencies } from "./development-dependencies.ts";
import { ImageContent } from "./image-content.ts";
import { createStrictContainer, inspectImage, isRefused } from "./strict-container.ts";
import type { ImageDetails, StrictContainer } from "./strict-container.ts";

/** A project with the Dockerfile that is to be checked. */
export interface ProjectToCheck {
  readonly project: ProjectDescription;
  readonly name: string;
  /** Absolute. */
  readonly dockerfile: string;
  readonly text: string;
}

/** What {@link checkProject} takes. */
export interface CheckProjectOptions extends ProjectToCheck {
  settings: CheckSettings;
  /** What the image is called that is built, and what a name of a container begins with. */
  tag: string;
  container: string;
  labels: Readonly<Record<string, string>>;
  /** Told what is under way. */
  onProgress: (text: string) => void;
  signal: AbortSignal;
}

/** Builds the image of a project, looks into it, runs it, and tells what holds. */
export async function checkProject(
  engine: ContainerEngine,
  options: CheckProjectOptions,
): Promise<CheckedProject> {
  const { name, dockerfile } = options;
  const shown = { name, dockerfile: relative(process.cwd(), dockerfile) };
  const { built, image } = await build(engine, options);
  const lint = await lintRow(options);
  if (image === undefined) {
    const rest = skipped(["user", "secrets", "starts", "healthy", "stops"], "there is no image");
    return { ...shown, rows: [built, lint, ...rest] };
  }
  const container = await tryToCreate(engine, { options, image });
  const inside =
    "refused" in container
      ? refusedRows(container.refused)
      : [
          ...(await contentRows(container.created, { options, image })),
          ...(await programRows(container.created, { options, image })),
        ];
  return { ...shown, image: { size: image.Size }, rows: [built, lint, userRow(image), ...inside] };
}

interface WithImage {
  options: CheckProjectOptions;
  image: ImageDetails;
}

async function tryToCreate(
  engine: ContainerEngine,
  { options, image }: WithImage,
): Promise<{ created: StrictContainer } | { refused: string }> {
  const { container: name, settings } = options;
  try {
    const wanted = { ...options, ...settings, name, image: image.Id, details: image };
    return { created: await createStrictContainer(engine, wanted) };
  } catch (error) {
    if (!isRefused(error)) throw error;
    return { refused: engineWords(error) };
  }
}

function refusedRows(found: string): readonly CheckRow[] {
  const because = "no container can be made of it";
  return [
    ...skipped(["secrets"], because),
    { check: "starts", result: "failed", found },
    ...skipped(["healthy", "stops"], because),
  ];
}

async function contentRows(
  container: StrictContainer,
  { options: { project, onProgress }, image }: WithImage,
): Promise<readonly CheckRow[]> {
  onProgress("looking into it");
  const content = new ImageContent({
    project,
    developmentDependencies: await developmentDependencies(project),
    workingDirectory: image.Config.WorkingDir ?? "",
  });
  for await (const header of container.files({ wants: (each) => content.wants(each) })) content.see(header);
  return content.rows();
}

function programRows(
  container: StrictContainer,
  { options: { project, settings, onProgress }, image }: WithImage,
): Promise<readonly CheckRow[]> {
  onProgress("running it");
  return checkProgram(container, { project, details: image, stopWithin: settings.stopWithin });
}

const linesShown = 30;

async function build(
  engine: ContainerEngine,
  { project, name, settings, tag, labels, onProgress, signal }: CheckProjectOptions,
): Promise<{ built: CheckRow; image?: ImageDetails | undefined }> {
  const { image: given, buildArgs, buildNetwork } = settings;
  if (given !== undefined) {
    const image = await inspectImage(engine, given);
    if (image !== undefined)
      return { image, built: { check: "built", result: "ok", found: `"${given}", ${sizeOf(image)}` } };
    return { built: { check: "built", result: "failed", found: `${engine.name} has no image "${given}"` } };
  }
  const lines: string[] = [];
  const begin = performance.now();
  try {
    await buildImage(engine, {
      resource: name,
      context: project.directory,
      tag,
      args: buildArgs,
      labels,
      signal,
      ...(buildNetwork === undefined ? {} : { network: buildNetwork }),
      onProgress(line) {
        lines.push(line);
        if (lines.length > linesShown) lines.shift();
        if (isStep(line)) onProgress(line);
      },
    });
  } catch (error) {
    if (!isDextError(error) || !error.code.startsWith("DEXT_CONTAINER_BUILD_")) throw error;
    const found = engineWords(error).trim();
    return { built: { check: "built", result: "failed", found, lines, ...adviceFor(found) } };
  }
  const duration = performance.now() - begin;
  const image = await inspectImage(engine, tag);
  const found = `in ${formatDuration(duration)}${image === undefined ? "" : `, ${sizeOf(image)}`}`;
  return { image, built: { check: "built", result: "ok", found, duration } };
}

/** What the error itself advises is for an AppHost. */
function adviceFor(words: string): { hint?: string } {
  if (!/no active sessions?|secret .* not found/i.test(words)) return {};
  const hint =
    "Secrets, keys and logins come from a client: build it with docker build --secret …, and check that image with --image <image>.";
  return { hint };
}

/** `[build 2/3] RUN npm run build` of BuildKit, `Step 2/9 : RUN …` of the builder before it. */
function isStep(line: string): boolean {
  return /^(?:\[[^\]]*\d+\/\d+\] |Step \d+\/\d+ : |STEP \d+\/\d+: )/.test(line);
}

function sizeOf({ Size }: ImageDetails): string {
  return `${(Size / 1024 / 1024).toFixed(1)} MiB`;
}

async function lintRow({ text, dockerfile }: CheckProjectOptions): Promise<CheckRow> {
  const ignoreFile = await firstText([`${dockerfile}.dockerignore`, join(dockerfile, "../.dockerignore")]);
  const findings = lintDockerfile(text, {
    file: dockerfile,
    ...(ignoreFile === undefined ? {} : { ignoreFile }),
  });
  if (findings.length === 0) return { check: "lint", result: "ok", found: "none found" };
  const named = findings.slice(0, 3).map(({ rule, line }) => `${rule} in line ${line}`);
  const more = findings.length > 3 ? ` and ${findings.length - 3} more` : "";
  return {
    check: "lint",
    result: "failed",
    found: named.join(", ") + more,
    hint: `dext dockerfile --lint ${relative(process.cwd(), dockerfile)} tells more.`,
  };
}

async function firstText(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Without capabilities and ways to gain rights, the user that a program starts as is the one that it stays. */
function userRow({ Config: { User: user = "" } }: ImageDetails): CheckRow {
  const [name = ""] = user.split(":");
  const row = { check: "user", found: user === "" ? "root, since no USER is set" : user } as const;
  if (name !== "" && /^\d+$/.test(name) && Number(name) !== 0) return { ...row, result: "ok" };
  const isNamed = !["", "root", "0"].includes(name) && !/^0+$/.test(name);
  return {
    ...row,
    result: "failed",
    hint: isNamed
      ? `Write "${user}" as a number: Kubernetes cannot tell of a name that it is not root.`
      : "Write USER 1000:1000 before CMD.",
  };
}

/** The name of a project for people. */
export function nameOf({ name, directory }: ProjectDescription): string {
  return name ?? basename(directory);
}
