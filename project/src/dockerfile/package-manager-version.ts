import { join } from "node:path";
import validRange from "semver/ranges/valid.js";
import valid from "semver/functions/valid.js";
import type { PackageManagerName, ProjectDescription } from "../description.ts";
import type { Inspection } from "../inspection.ts";
import { textAt } from "../json-access.ts";
import type { PackageManifest } from "../package-manifest.ts";
import { dockerfileError } from "./error-codes.ts";

/** What installs the dependencies in the image. */
export interface PackageManagerVersion {
  readonly name: PackageManagerName;
  readonly flavour: "classic" | "berry" | undefined;
  /** What npm is asked for, `9.15.0` or `^9`; absent for the one that the base image brings. */
  readonly version: string | undefined;
  /** Whether it is one version for ever. */
  readonly isExact: boolean;
  readonly because: string;
  /** Relative to the project's folder. */
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/**
 * The package manager and its version: as declared, else as the lock file tells, else as `engines` asks for.
 *
 * @throws DextError `DEXT_DOCKERFILE_PACKAGE_MANAGER_UNKNOWN`, `DEXT_DOCKERFILE_VERSION_UNKNOWN`
 */
export async function packageManagerVersion(
  inspection: Inspection,
  { project, rootManifest }: { project: ProjectDescription; rootManifest: PackageManifest | undefined },
): Promise<PackageManagerVersion> {
  const { packageManager, lockFile, directory } = project;
  if (packageManager === undefined) {
    throw dockerfileError(
      "DEXT_DOCKERFILE_PACKAGE_MANAGER_UNKNOWN",
      `Nothing in "${directory}" says what installs its dependencies: there is no package.json and no deno.json`,
      { hint: 'Add a package.json with "packageManager", or a deno.json.', details: { directory } },
    );
  }
  const { name, version, flavour } = packageManager.value;
  const { because, file, line } = packageManager;
  const found = { name, flavour, because, file, line };
  if (version !== undefined && name !== "deno") {
    checkVersion(version, { name, file, line });
    return { ...found, version, isExact: valid(version) !== null };
  }
  const path = lockFile?.value.path;
  const told = path === undefined ? undefined : await versionOfLock(inspection, { name, flavour, path });
  if (told !== undefined) {
    return {
      ...found,
      version: told,
      isExact: valid(told) !== null,
      because: "the form of its lock file tells",
      file: path,
      line: 1,
    };
  }
  const engine = textAt(rootManifest?.root, "engines", name);
  if (engine !== undefined && name !== "deno") {
    checkVersion(engine.value, { name, file: rootManifest?.file, line: engine.line });
    const reason = { because: `"engines.${name}" asks for it`, file: rootManifest?.file, line: engine.line };
    return { ...found, ...reason, version: engine.value, isExact: valid(engine.value) !== null };
  }
  return { ...found, version: undefined, isExact: false };
}

function checkVersion(
  version: string,
  { name, file, line }: { name: string; file: string | undefined; line: number | undefined },
): void {
  if (validRange(version) !== null || /^(?:latest|stable|berry|canary)$/.test(version)) return;
  const place = file === undefined ? "The project" : `"${file}:${line ?? 1}"`;
  throw dockerfileError(
    "DEXT_DOCKERFILE_VERSION_UNKNOWN",
    `${place} asks for ${name} "${version}", which is no version or range`,
    { hint: "Write an exact version, such as the one that you use.", details: { name, version } },
  );
}

/** What the first lines of a lock file tell about the package manager that wrote it. */
async function versionOfLock(
  inspection: Inspection,
  { name, flavour, path }: { name: PackageManagerName; flavour: string | undefined; path: string },
): Promise<string | undefined> {
  const text = (await inspection.readHelpfulText(join(inspection.directory, path))) ?? "";
  const head = text.slice(0, 2000);
  if (name === "pnpm") return pnpmVersions[/^lockfileVersion: '?([\d.]+)/m.exec(head)?.[1] ?? ""];
  if (name === "yarn" && flavour === "classic") return "1.22.22";
  if (name === "yarn") return berryVersions[/^\s+version: (\d+)/m.exec(head)?.[1] ?? ""] ?? "4";
  return name === "bun" ? "1" : undefined;
}

// lockfileVersion: '9.0'
const pnpmVersions: Readonly<Record<string, string>> = {
  "5.3": "6",
  "5.4": "7",
  "6.0": "8",
  "6.1": "8",
  "9.0": "10",
};

// __metadata:
//   version: 8
const berryVersions: Readonly<Record<string, string>> = { "6": "3", "7": "4", "8": "4" };
