import { join, resolve } from "node:path";
import { detectBuild } from "./build-step.ts";
import { describeDeno, readDenoConfiguration } from "./deno-configuration.ts";
import type { DenoConfiguration } from "./deno-configuration.ts";
import type {
  Finding,
  LockFile,
  Origin,
  ProjectDescription,
  Runtime,
  WorkspaceDescription,
} from "./description.ts";
import { describeWorkspace } from "./describe-workspace.ts";
import { commonEntryPoints, detectEntryPoints } from "./entry-point.ts";
import { detectFramework } from "./framework.ts";
import { warnAboutImageNeeds } from "./image-needs.ts";
import { Inspection } from "./inspection.ts";
import { findInstallScripts, findNativeAddons } from "./install-scripts.ts";
import { textAt } from "./json-access.ts";
import { findLockFiles } from "./lock-files.ts";
import type { FoundLockFile } from "./lock-files.ts";
import { declaredPackageManager, detectPackageManager } from "./package-manager.ts";
import { readPackageManifest } from "./package-manifest.ts";
import type { PackageManifest } from "./package-manifest.ts";
import { nothingFound, requireFolder } from "./project-folder.ts";
import { detectRuntime } from "./runtime.ts";
import { detectRuntimeVersion } from "./runtime-version.ts";
import { collectScripts } from "./scripts.ts";
import type { ProjectScripts } from "./scripts.ts";
import { findSourceHints } from "./source-hints.ts";
import { describeTypeScript } from "./typescript-configuration.ts";
import { findWorkspaceRoot, foldersOfRepository } from "./workspace-root.ts";
import type { WorkspaceRoot } from "./workspace-root.ts";

export interface DetectProjectOptions {
  /** Gives up, with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Finds out what a folder holds. Reads files only: nothing is run, installed or written.
 *
 * Odd contents become warnings of the description; an error means that nothing useful can be said.
 *
 * @param folder relative to the current one, or absolute.
 * @throws DextError `DEXT_PROJECT_FOLDER_MISSING`, `DEXT_PROJECT_FOLDER_NOT_DIRECTORY`, `DEXT_PROJECT_NOTHING_FOUND`,
 *   `DEXT_PROJECT_MANIFEST_INVALID`, `DEXT_PROJECT_FILE_UNREADABLE`.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { detectProject } from "@dext/project";
 *
 * const folder = await mkdtemp(join(tmpdir(), "api-"));
 * await writeFile(join(folder, "package.json"), '{\n  "packageManager": "pnpm@9.15.0",\n  "main": "server.js"\n}');
 * await writeFile(join(folder, "server.js"), "");
 * const { packageManager, entryPoint } = await detectProject(folder);
 * if (packageManager?.value.name !== "pnpm" || packageManager.line !== 2) throw new Error("wrong manager");
 * if (entryPoint?.value !== "server.js") throw new Error("wrong entry point");
 * ```
 */
export async function detectProject(
  folder: string,
  options: DetectProjectOptions = {},
): Promise<ProjectDescription> {
  options.signal?.throwIfAborted();
  const directory = resolve(folder);
  await requireFolder(directory);
  const inspection = new Inspection(directory, options);
  const manifest = await readPackageManifest(inspection, { directory });
  const deno = await readDenoConfiguration(inspection, { directory });
  const source = await readLooseSource(inspection, { manifest, deno });
  if (manifest === undefined && deno === undefined && source === undefined)
    throw await nothingFound(inspection);

  const scripts = collectScripts(manifest, deno);
  const root = await findWorkspaceRoot(inspection);
  const rootManifest = await readRootManifest(inspection, root);
  const lockFiles = await findProjectLockFiles(inspection, root);
  const declared = declaredPackageManager(inspection, [manifest, rootManifest]);
  const runtime = detectRuntime({ manifest, deno, scripts, lockFiles, declared, source });
  const packageManager = await detectPackageManager(inspection, {
    manifest,
    rootManifest,
    installDirectory: root?.directory ?? directory,
    lockFiles,
    runtime: runtime.value,
  });
  const runtimeVersion = await detectRuntimeVersion(inspection, {
    runtime: runtime.value,
    folders: await foldersOfRepository(inspection),
    manifests: [manifest, rootManifest],
  });
  const workspace =
    root && (await describeWorkspace(inspection, { root, packageManager: packageManager?.value }));
  const typescript = await describeTypeScript(inspection);
  const entryPoints = await detectEntryPoints(inspection, {
    manifest,
    deno,
    scripts,
    runtime: runtime.value,
    typescript,
  });
  const entryPoint = entryPoints.source;
  const framework = detectFramework(manifest, deno);
  const build = await detectBuild(inspection, {
    scripts,
    runtime: runtime.value,
    runtimeVersion,
    entryPoint,
    typescript,
  });
  await warnAboutImageNeeds(inspection, { manifest, framework });
  return {
    directory,
    name: manifest?.name?.value ?? deno?.name?.value,
    version: manifest?.version?.value ?? deno?.version?.value,
    runtime,
    packageManager,
    lockFile: chooseLockFile(lockFiles, packageManager?.value.name),
    runtimeVersion,
    moduleType: moduleTypeOf(manifest),
    workspace,
    ...scriptRecords(scripts),
    entryPoint,
    builtEntryPoint: entryPoints.built,
    framework,
    typescript,
    build,
    installScripts: await findInstallScripts(inspection, manifest),
    nativeAddons: findNativeAddons([manifest, ...(await readClosureManifests(inspection, workspace))]),
    ...(await findSourceHints(inspection, { entryPoint, scripts, manifest, framework })),
    deno: await describeDenoWhenUsed(inspection, { deno, runtime: runtime.value, lockFiles }),
    warnings: inspection.warnings,
  };
}

async function readRootManifest(
  inspection: Inspection,
  root: WorkspaceRoot | undefined,
): Promise<PackageManifest | undefined> {
  if (root === undefined || root.directory === inspection.directory) return undefined;
  const { directory } = root;
  return inspection.tolerate(() => readPackageManifest(inspection, { directory, quiet: true }));
}

/** The lock files of the workspace's root and the project's folder, else those of the nearest folder above. */
async function findProjectLockFiles(
  inspection: Inspection,
  root: WorkspaceRoot | undefined,
): Promise<readonly FoundLockFile[]> {
  const own = await findLockFiles(inspection, inspection.directory);
  if (root?.directory === inspection.directory) return own;
  if (root !== undefined) return [...(await findLockFiles(inspection, root.directory)), ...own];
  if (own.length > 0) return own;
  for (const directory of await foldersOfRepository(inspection)) {
    const found = await findLockFiles(inspection, directory);
    if (found.length > 0) return found;
  }
  return [];
}

async function readClosureManifests(
  inspection: Inspection,
  workspace: WorkspaceDescription | undefined,
): Promise<readonly (PackageManifest | undefined)[]> {
  if (workspace === undefined) return [];
  const folders = workspace.closure.map(({ path }) => join(workspace.root, path));
  return Promise.all(
    folders.map((directory) =>
      inspection.tolerate(() => readPackageManifest(inspection, { directory, quiet: true })),
    ),
  );
}

/** Code without any manifest: the file that starts it. */
async function readLooseSource(
  inspection: Inspection,
  manifests: { manifest: PackageManifest | undefined; deno: DenoConfiguration | undefined },
): Promise<{ file: string; text: string } | undefined> {
  if (manifests.manifest !== undefined || manifests.deno !== undefined) return undefined;
  // Bun's list has Node's and Deno's in it.
  const file = await inspection.firstFileAt(commonEntryPoints("bun"));
  if (file === undefined) return undefined;
  return { file, text: (await inspection.readHelpfulText(join(inspection.directory, file))) ?? "" };
}

function chooseLockFile(
  lockFiles: readonly FoundLockFile[],
  manager: string | undefined,
): Finding<LockFile> | undefined {
  const found = lockFiles.find(({ packageManager }) => packageManager === manager);
  if (found === undefined) return undefined;
  const { directory: _, ...value } = found;
  return { value, because: `it is the lock file of ${found.packageManager}`, file: found.path };
}

function moduleTypeOf(manifest: PackageManifest | undefined): ProjectDescription["moduleType"] {
  if (manifest === undefined) return undefined;
  const type = textAt(manifest.root, "type");
  const { file } = manifest;
  if (type === undefined) return { value: "commonjs", because: '"type" is absent', file };
  const value = type.value === "module" ? "module" : "commonjs";
  return { value, because: '"type" says so', file, line: type.line };
}

/** Objects without a prototype, so that a script called `constructor` is found only where there is one. */
function scriptRecords(scripts: ProjectScripts): Pick<ProjectDescription, "scripts" | "scriptOrigins"> {
  const commands = Object.create(null) as Record<string, string>;
  const origins = Object.create(null) as Record<string, Origin>;
  for (const [name, { command, file, line }] of scripts) {
    commands[name] = command;
    origins[name] = { file, line };
  }
  return { scripts: commands, scriptOrigins: origins };
}

async function describeDenoWhenUsed(
  inspection: Inspection,
  found: { deno: DenoConfiguration | undefined; runtime: Runtime; lockFiles: readonly FoundLockFile[] },
): Promise<ProjectDescription["deno"]> {
  if (found.deno === undefined && found.runtime !== "deno") return undefined;
  const lock = chooseLockFile(found.lockFiles, "deno");
  return describeDeno(inspection, {
    configuration: found.deno,
    lock: lock && { ...lock, value: lock.value.path },
  });
}
