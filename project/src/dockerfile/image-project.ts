import { dirname, join, resolve } from "node:path";
import type { Finding, FrameworkName, Origin, ProjectDescription, ProjectWarning } from "../description.ts";
import { findNextOutput } from "../image-needs.ts";
import { Inspection } from "../inspection.ts";
import { readPackageManifest } from "../package-manifest.ts";
import type { PackageManifest } from "../package-manifest.ts";
import { programFileOf } from "../program-file.ts";
import { findSourceHints } from "../source-hints.ts";
import { scriptWithCalled } from "./called-scripts.ts";
import { sortFolder } from "./context-entries.ts";
import { memberPath, readImageMember } from "./image-member.ts";
import type { ImageMember, MemberSource } from "./image-member.ts";
import type { BuildSecret, DockerfileFinding } from "./dockerfile-plan.ts";
import { findInstallFiles } from "./install-files.ts";
import type { InstallFiles } from "./install-files.ts";
import { findInstallTimePackages } from "./install-time-packages.ts";
import type { InstallTimePackages } from "./install-time-packages.ts";
import { followScript } from "./start-script.ts";
import { packageManagerVersion } from "./package-manager-version.ts";
import type { PackageManagerVersion } from "./package-manager-version.ts";

/** All that a Dockerfile is made from. */
export interface ImageProject {
  /** Its lock file is that of the context, or none. */
  readonly project: ProjectDescription;
  /** A lock file of another folder, relative to the project's. */
  readonly otherLockFile: string | undefined;
  readonly inspection: Inspection;
  /** The absolute path of the build's context. */
  readonly context: string;
  /** Dependencies before their dependents, the project itself last. */
  readonly members: readonly ImageMember[];
  readonly self: ImageMember;
  /** Files at the root of a workspace that builds of its members may go by: `tsconfig.base.json`. */
  readonly rootBuildFiles: readonly string[];
  readonly rootManifest: PackageManifest | undefined;
  readonly manager: PackageManagerVersion;
  readonly install: InstallFiles;
  /** Where Next is told to put a server and all that it needs into one folder. */
  readonly standalone: Origin | undefined;
  /** Whether there is anything to install, and anything to run with. */
  readonly hasDependencies: boolean;
  readonly hasProductionDependencies: boolean;
  /** Scripts of the members themselves that an install would run before their sources are there. */
  readonly ownScripts: readonly Finding<string>[];
  readonly installTime: InstallTimePackages;
  /** Where the program listens when nobody tells it; what only the script for developing says does not count. */
  readonly port: Finding<number> | undefined;
  readonly findings: DockerfileFinding[];
  readonly warnings: ProjectWarning[];
  readonly secrets: BuildSecret[];
}

/** Reads what a Dockerfile needs to know beyond the description of a project. */
export async function readImageProject(
  described: ProjectDescription,
  { signal }: { signal?: AbortSignal | undefined },
): Promise<ImageProject> {
  const { directory, workspace, lockFile } = described;
  const context = workspace?.root ?? directory;
  const isOwn = lockFile !== undefined && dirname(resolve(directory, lockFile.value.path)) === context;
  const project = isOwn ? described : { ...described, lockFile: undefined };
  const inspection = new Inspection(directory, { signal });
  const members = await Promise.all(
    sourcesOf(project).map((source) => readImageMember(inspection, { context, source })),
  );
  const rootManifest = await inspection.tolerate(() =>
    readPackageManifest(inspection, { directory: context, quiet: true }),
  );
  const manager = await packageManagerVersion(inspection, { project, rootManifest });
  const manifests = [...new Set([rootManifest, ...members.map(({ manifest }) => manifest)])];
  const install = await findInstallFiles(inspection, { project, context, manager, members });
  const trimmed = members.map((member) => withoutInstalled(member, install));
  const isWorkspace = workspace !== undefined;
  return {
    project,
    otherLockFile: isOwn ? undefined : lockFile?.value.path,
    inspection,
    context,
    members: trimmed,
    self: trimmed.at(-1) as ImageMember,
    rootBuildFiles: await rootBuildFiles(inspection, { context, members }),
    rootManifest,
    manager,
    install,
    standalone: await standaloneOf(inspection, project),
    hasDependencies: isWorkspace || manifests.some((manifest) => dependsOn(manifest, isAny)),
    hasProductionDependencies: manifests.some((manifest) =>
      manifest !== rootManifest || !isWorkspace || members.at(-1)?.path === "."
        ? dependsOn(manifest, (kind) => kind !== "devDependencies")
        : false,
    ),
    ownScripts: ownScripts(manifests),
    installTime: await findInstallTimePackages(inspection, { project, manifests, context }),
    port: await productionPort(inspection, { project, manifest: members.at(-1)?.manifest }),
    findings: [],
    warnings: [],
    secrets: [...install.secrets],
  };
}

async function productionPort(
  inspection: Inspection,
  { project, manifest }: { project: ProjectDescription; manifest: PackageManifest | undefined },
): Promise<Finding<number> | undefined> {
  const { port, entryPoint, framework } = project;
  if (port?.because !== 'script "dev" gives it') return port;
  return (await findSourceHints(inspection, { entryPoint, framework, manifest, scripts: new Map() })).port;
}

async function standaloneOf(
  inspection: Inspection,
  { framework }: ProjectDescription,
): Promise<Origin | undefined> {
  const output = framework?.value.name === "next" ? await findNextOutput(inspection) : undefined;
  return output?.value === "standalone" ? { file: output.file, line: output.line } : undefined;
}

/** Folders that only the install needs, such as one with tarballs, are no sources. */
function withoutInstalled(member: ImageMember, { folders }: InstallFiles): ImageMember {
  const isInstalled = (name: string): boolean =>
    folders.some(({ path }) => path === memberPath(member, name));
  if (!member.entries.folders.some((name) => isInstalled(name))) return member;
  const sources = member.entries.folders.filter((name) => !isInstalled(name));
  return { ...member, entries: { ...member.entries, folders: sources } };
}

async function rootBuildFiles(
  inspection: Inspection,
  { context, members }: { context: string; members: readonly ImageMember[] },
): Promise<readonly string[]> {
  const isOwn = members.some(({ path }) => path === ".");
  if (isOwn || members.every(({ buildScript }) => buildScript === undefined)) return [];
  const { buildFiles } = sortFolder(await inspection.list(context), {});
  const solution = (await inspection.readHelpfulText(join(context, "tsconfig.json"))) ?? "";
  // { "files": [], "references": [{ "path": "core" }, …] } names members that are not in the image, which bundlers mind.
  const isSolution = /"files"\s*:\s*\[\s*\]/.test(solution) && solution.includes('"references"');
  return buildFiles.filter((name) => name !== "tsconfig.json" || !isSolution);
}

function sourcesOf(project: ProjectDescription): readonly MemberSource[] {
  const { workspace } = project;
  const all = workspace?.members.map(({ path }) => path) ?? [];
  const othersThan = (path: string): readonly string[] => all.filter((each) => each !== path);
  const needed = (workspace?.closure ?? []).map(({ name, path, manifests, needed: kind }): MemberSource => ({
    name,
    path,
    manifests,
    isProject: false,
    isProduction: kind === "production",
    knownOutputs: [],
    others: othersThan(path),
  }));
  const path = relativePath(project);
  const self = workspace?.members.find((member) => member.path === path);
  const manifests = self?.manifests ?? ownManifests(project, path);
  const name = project.name ?? path;
  const knownOutputs = knownOutputsOf(project);
  return [
    ...needed,
    {
      name,
      path,
      manifests,
      isProject: true,
      isProduction: true,
      knownOutputs,
      buildTask: buildTaskOf(project),
      frameworkOutput: project.framework && frameworkOutputs[project.framework.value.name],
      others: othersThan(path),
    },
  ];
}

/** `deno task build`, where Deno installs what it runs. */
function buildTaskOf({ build, deno, packageManager }: ProjectDescription): Finding<string> | undefined {
  if (build?.value.kind !== "script" || packageManager?.value.name !== "deno") return undefined;
  return deno?.tasks[build.value.script] === undefined ? undefined : { ...build, value: build.value.command };
}

function relativePath({ directory, workspace }: ProjectDescription): string {
  if (workspace === undefined || workspace.isRoot) return ".";
  return directory.slice(join(workspace.root, "/").length).replaceAll("\\", "/");
}

function ownManifests({ moduleType, deno }: ProjectDescription, path: string): readonly string[] {
  const names = [
    ...(moduleType === undefined ? [] : ["package.json"]),
    ...(deno?.config === undefined ? [] : [deno.config]),
  ];
  return path === "." ? names : names.map((name) => `${path}/${name}`);
}

/** The folder that the build of a framework writes. */
const frameworkOutputs: Readonly<Partial<Record<FrameworkName, string>>> = {
  angular: "dist",
  astro: "dist",
  fresh: "_fresh",
  next: ".next",
  nitro: ".output",
  nuxt: ".output",
  "react-router": "build",
  remix: "build",
  "solid-start": ".output",
  sveltekit: "build",
  "tanstack-start": ".output",
  vite: "dist",
};

/** Where `tsconfig.json`, the framework and the start script say that the build writes to. */
function knownOutputsOf(project: ProjectDescription): readonly string[] {
  const { typescript, builtEntryPoint, framework } = project;
  const made = framework && frameworkOutputs[framework.value.name];
  const built = builtEntryPoint?.value.includes("/") === true ? topFolder(builtEntryPoint.value) : undefined;
  const started = startedOutput(project) ?? built;
  const compiled = topFolder(typescript?.outDir?.value);
  const isCompiled = started === undefined || started === compiled || usesCompiler(project);
  const tops = [isCompiled ? compiled : undefined, started, topFolder(made)];
  return [
    ...new Set(tops.filter((top) => top !== undefined && top !== "" && top !== "." && top !== "..")),
  ] as string[];
}

function topFolder(path: string | undefined): string | undefined {
  return path?.replace(/^(?:\.\/)+/, "").split("/")[0];
}

/** `dist` of a script `start` that runs `node dist/main.js`. */
function startedOutput(project: ProjectDescription): string | undefined {
  const found = followScript(project, "start");
  const file = found && programFileOf(found.invocation)?.file;
  return /^(?:dist|build|out|_fresh)(?=\/)/.exec(file ?? "")?.[0];
}

/** Bundlers read `tsconfig.json`, and write nothing to its `outDir`. */
function usesCompiler({ scripts }: ProjectDescription): boolean {
  const text = scriptWithCalled("build", new Map(Object.entries(scripts)));
  const bundles = /\b(?:tsup|tsdown|esbuild|rollup|rolldown|unbuild|vite|ncc|webpack|bun)\b/.test(text);
  return !bundles || /\b(?:tsc|nest|swc)\b(?!.*--noEmit)/.test(text);
}

function dependsOn(manifest: PackageManifest | undefined, counts: (kind: string) => boolean): boolean {
  return [...(manifest?.dependencies.values() ?? [])].some(({ kind }) => counts(kind));
}

function isAny(): boolean {
  return true;
}

const lifecycle: readonly string[] = [
  "preinstall",
  "install",
  "postinstall",
  "preprepare",
  "prepare",
  "postprepare",
];

function ownScripts(manifests: readonly (PackageManifest | undefined)[]): readonly Finding<string>[] {
  const found: Finding<string>[] = [];
  for (const manifest of manifests) {
    for (const name of lifecycle) {
      const script = manifest?.scripts.get(name);
      if (manifest === undefined || script === undefined) continue;
      found.push({
        value: name,
        because: `"${script.value}" would run`,
        file: manifest.file,
        line: script.line,
      });
    }
  }
  return found;
}
