import { join } from "node:path";
import type { Finding, PackageManager, PackageManagerName, Runtime } from "./description.ts";
import { itemsOf, nodeAt, textAt } from "./json-access.ts";
import type { Inspection } from "./inspection.ts";
import type { FoundLockFile } from "./lock-files.ts";
import type { PackageManifest } from "./package-manifest.ts";

/** What the package manager is found from. */
export interface PackageManagerEvidence {
  readonly manifest: PackageManifest | undefined;
  /** The manifest of the workspace's root, when that is another folder. */
  readonly rootManifest: PackageManifest | undefined;
  /** The folder where installing happens: the workspace's root or the project's own. */
  readonly installDirectory: string;
  readonly lockFiles: readonly FoundLockFile[];
  readonly runtime: Runtime;
}

const names: readonly PackageManagerName[] = ["npm", "pnpm", "yarn", "bun", "deno"];

/** The package manager that a manifest declares: `packageManager`, then `devEngines.packageManager`. */
export function declaredPackageManager(
  inspection: Inspection,
  manifests: readonly (PackageManifest | undefined)[],
): Finding<PackageManager> | undefined {
  for (const manifest of manifests) {
    const declared = manifest && (packageManagerField(manifest, inspection) ?? developmentEngine(manifest));
    if (declared !== undefined) return declared;
  }
  return undefined;
}

/** The package manager: declared, else by lock file, else by configuration files and engines, else npm. */
export async function detectPackageManager(
  inspection: Inspection,
  evidence: PackageManagerEvidence,
): Promise<Finding<PackageManager> | undefined> {
  const { manifest, rootManifest, lockFiles, runtime } = evidence;
  const declared = declaredPackageManager(inspection, [manifest, rootManifest]);
  warnAboutLockFiles(inspection, { declared, lockFiles });
  if (declared !== undefined) return withFlavour(declared, lockFiles);
  const ownsLock = lockFiles.some((lockFile) => lockFile.packageManager === "deno");
  // A lock file of another manager above a folder without package.json is another project's.
  if (runtime === "deno" && (ownsLock || lockFiles.length === 0 || manifest === undefined)) {
    return { value: { name: "deno" }, because: "Deno installs what it runs" };
  }
  return (
    fromLockFile(lockFiles) ??
    (await fromConfigurationFile(inspection, evidence.installDirectory)) ??
    fromEngines([manifest, rootManifest]) ??
    fallback(evidence)
  );
}

// "packageManager": "pnpm@9.15.0+sha512.0123abcd"
function packageManagerField(
  manifest: PackageManifest,
  inspection: Inspection,
): Finding<PackageManager> | undefined {
  const field = nodeAt(manifest.root, "packageManager");
  if (field === undefined) return undefined;
  const { file } = manifest;
  const match = typeof field.value === "string" ? /^([a-z]+)@([^+\s]+)(?:\+\S+)?$/.exec(field.value) : null;
  const name = names.find((candidate) => candidate === (match?.[1] ?? field.value));
  if (name === undefined) {
    inspection.warn({
      code: "package-manager-invalid",
      message: `"packageManager" is ${JSON.stringify(field.value)}, wanted name@version with one of ${names.join(", ")}; it is ignored`,
      file,
      line: field.line,
    });
    return undefined;
  }
  const because = '"packageManager" says so';
  return { value: managerWith(name, match?.[2]), because, file, line: field.line };
}

// "devEngines": { "packageManager": { "name": "pnpm", "version": "^9" } }, or a list of such
function developmentEngine(manifest: PackageManifest): Finding<PackageManager> | undefined {
  const field = nodeAt(manifest.root, "devEngines", "packageManager");
  const engine = itemsOf(field)?.[0] ?? field;
  const name = names.find((candidate) => candidate === textAt(engine, "name")?.value);
  if (engine === undefined || name === undefined) return undefined;
  const because = '"devEngines.packageManager" says so';
  const value = managerWith(name, textAt(engine, "version")?.value);
  return { value, because, file: manifest.file, line: engine.line };
}

function fromLockFile(lockFiles: readonly FoundLockFile[]): Finding<PackageManager> | undefined {
  const [lockFile] = lockFiles;
  if (lockFile === undefined) return undefined;
  const { packageManager: name, path, flavour } = lockFile;
  const value: PackageManager = flavour === undefined ? { name } : { name, flavour };
  return { value, because: "its lock file is there", file: path };
}

async function fromConfigurationFile(
  inspection: Inspection,
  directory: string,
): Promise<Finding<PackageManager> | undefined> {
  const byFile: readonly (readonly [string, PackageManager])[] = [
    ["pnpm-workspace.yaml", { name: "pnpm" }],
    [".yarnrc.yml", { name: "yarn", flavour: "berry" }],
    [".yarnrc", { name: "yarn", flavour: "classic" }],
    ["bunfig.toml", { name: "bun" }],
  ];
  for (const [fileName, value] of byFile) {
    const path = join(directory, fileName);
    if (await inspection.hasFile(path)) {
      return { value, because: "its configuration file is there", file: inspection.show(path) };
    }
  }
  return undefined;
}

function fromEngines(
  manifests: readonly (PackageManifest | undefined)[],
): Finding<PackageManager> | undefined {
  for (const manifest of manifests) {
    for (const name of ["pnpm", "yarn", "bun"] as const) {
      const engine = textAt(manifest?.root, "engines", name);
      if (manifest === undefined || engine === undefined) continue;
      const because = `"engines.${name}" asks for it`;
      return { value: managerWith(name, engine.value), because, file: manifest.file, line: engine.line };
    }
  }
  return undefined;
}

function fallback({ manifest, runtime }: PackageManagerEvidence): Finding<PackageManager> | undefined {
  if (runtime === "bun") return { value: { name: "bun" }, because: "Bun installs what it runs" };
  if (manifest === undefined) return undefined;
  return { value: { name: "npm" }, because: "nothing names another one", file: manifest.file };
}

function managerWith(name: PackageManagerName, version: string | undefined): PackageManager {
  if (version === undefined) return { name };
  if (name !== "yarn") return { name, version };
  const major = Number(/\d+/.exec(version)?.[0] ?? Number.NaN);
  if (/^(?:berry|stable|canary)$/.test(version)) return { name, version, flavour: "berry" };
  return Number.isNaN(major)
    ? { name, version }
    : { name, version, flavour: major < 2 ? "classic" : "berry" };
}

function withFlavour(
  declared: Finding<PackageManager>,
  lockFiles: readonly FoundLockFile[],
): Finding<PackageManager> {
  if (declared.value.name !== "yarn" || declared.value.flavour !== undefined) return declared;
  const flavour = lockFiles.find(({ packageManager: name }) => name === "yarn")?.flavour;
  return flavour === undefined ? declared : { ...declared, value: { ...declared.value, flavour } };
}

function warnAboutLockFiles(
  inspection: Inspection,
  found: { declared: Finding<PackageManager> | undefined; lockFiles: readonly FoundLockFile[] },
): void {
  const { declared } = found;
  // Node and Deno projects may share a repository, each with its own lock file.
  const lockFiles = found.lockFiles.filter(({ packageManager: name }) => name !== "deno");
  const owners = new Set(lockFiles.map(({ packageManager: name }) => name));
  const paths = lockFiles.map(({ path }) => `"${path}"`).join(", ");
  const [first] = lockFiles;
  if (first === undefined) return;
  const code = "lock-files-disagree";
  if (declared !== undefined && !owners.has(declared.value.name)) {
    const message = `${declared.value.name} is declared, and there is no lock file of it but ${paths}`;
    inspection.warn({ code, message, file: first.path });
  } else if (owners.size > 1) {
    const taken = declared?.value.name ?? first.packageManager;
    const message = `There are lock files of ${owners.size} package managers: ${paths}; ${taken} is taken`;
    inspection.warn({ code, message, file: first.path });
  }
}
