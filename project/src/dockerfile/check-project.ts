import type { ProjectDescription } from "../description.ts";
import { findImports } from "../source-imports.ts";
import { dockerfileError } from "./error-codes.ts";
import type { ImageProject } from "./image-project.ts";

/**
 * Refuses what no image can be built from twice alike.
 *
 * @throws DextError `DEXT_DOCKERFILE_BUILD_SCRIPT_MISSING` for a package of the workspace,
 *   `DEXT_DOCKERFILE_LOCK_FILES_DISAGREE`, `DEXT_DOCKERFILE_LOCK_FILE_MISSING`, `DEXT_DOCKERFILE_PLUGIN_MISSING`,
 *   `DEXT_DOCKERFILE_WORKSPACE_CYCLE`
 */
export async function checkProject(image: ImageProject): Promise<void> {
  const { project } = image;
  checkCycles(image);
  checkMembers(image);
  checkYarn(image);
  checkLockFiles(project);
  if (project.lockFile === undefined && (await needsLockFile(image))) throw lockFileMissing(image);
}

/** A circle that only testing closes is none where at most one of its packages is built: none has to come first. */
function checkCycles({ project: { workspace, directory }, members }: ImageProject): void {
  const byName = new Map(members.map((member) => [member.name, member]));
  const isForDeveloping = (name: string, index: number, cycle: readonly string[]): boolean =>
    byName.get(name)?.manifest?.dependencies.get(cycle[index + 1] ?? "")?.kind === "devDependencies";
  const cycle = workspace?.cycles.find((names) => {
    const built = new Set(names.filter((name) => byName.get(name)?.buildScript !== undefined));
    return built.size > 1 || !names.some((name, index) => isForDeveloping(name, index, names));
  });
  if (cycle === undefined) return;
  throw dockerfileError(
    "DEXT_DOCKERFILE_WORKSPACE_CYCLE",
    `Packages that "${directory}" needs of its workspace need each other in a circle: ${cycle.join(" → ")}`,
    {
      hint: "Move what they share into a package that needs neither of them.",
      details: { directory, cycle },
    },
  );
}

/** A package that hands out what only its author's machine has would be missing when the program starts. */
function checkMembers({ members }: ImageProject): void {
  const member = members.find(({ unbuilt, isProduction }) => unbuilt !== undefined && isProduction);
  if (member?.unbuilt === undefined) return;
  const { value, because, file, line } = member.unbuilt;
  throw dockerfileError(
    "DEXT_DOCKERFILE_BUILD_SCRIPT_MISSING",
    `${file}:${line}: "${member.name}" consists of "${value}", which is not in the repository (${because}), and it has no script "build" that makes it`,
    {
      hint: `Add a script "build" to the package "${member.name}".`,
      details: { directory: member.path, file, line },
    },
  );
}

/** What installs for production is in Yarn itself from version 4 on. */
function checkYarn({ manager, install, standalone, hasDependencies, project }: ImageProject): void {
  const { name, flavour, version = "" } = manager;
  const isOld = name === "yarn" && flavour === "berry" && /^\D?[23]\b/.test(version);
  if (!isOld || install.hasWorkspaceTools || standalone !== undefined || !hasDependencies) return;
  throw dockerfileError(
    "DEXT_DOCKERFILE_PLUGIN_MISSING",
    `Yarn ${version} of "${project.directory}" cannot install for production alone: its settings name no plugin "workspace-tools"`,
    {
      hint: "Run: yarn plugin import workspace-tools, and commit what it writes, or use Yarn 4.",
      details: { directory: project.directory, packageManager: name, version },
    },
  );
}

/** Several lock files are no fault where the manifest says which package manager counts. */
function checkLockFiles({ warnings, packageManager, lockFile, directory }: ProjectDescription): void {
  const disagreement = warnings.find(({ code }) => code === "lock-files-disagree");
  if (disagreement === undefined) return;
  const isDeclared = packageManager?.because.startsWith('"') === true;
  if (isDeclared && lockFile !== undefined) return;
  throw dockerfileError(
    "DEXT_DOCKERFILE_LOCK_FILES_DISAGREE",
    `In "${directory}": ${disagreement.message.replace(/; \w+ is taken$/, "")}`,
    {
      hint: 'Delete the lock files of the others, or name the one that counts as "packageManager" in package.json.',
      details: { directory, file: disagreement.file },
    },
  );
}

async function needsLockFile({
  manager,
  hasDependencies,
  inspection,
  project,
}: ImageProject): Promise<boolean> {
  if (manager.name !== "deno") return hasDependencies;
  if (Object.values(project.deno?.imports ?? {}).some((target) => isRemote(target))) return true;
  const imports = await findImports(inspection, { directory: project.directory, except: [] });
  return hasDependencies && project.moduleType !== undefined
    ? true
    : imports.some(({ specifier }) => isRemote(specifier));
}

function isRemote(specifier: string): boolean {
  return /^(?:npm|jsr|https?):/.test(specifier);
}

function lockFileMissing({ manager, project, otherLockFile }: ImageProject): Error {
  const elsewhere = otherLockFile === undefined ? "" : ` ("${otherLockFile}" is another folder's)`;
  const commands = {
    npm: "npm install",
    pnpm: "pnpm install",
    yarn: "yarn install",
    bun: "bun install",
    deno: "deno install",
  };
  return dockerfileError(
    "DEXT_DOCKERFILE_LOCK_FILE_MISSING",
    `"${project.directory}" has dependencies and no lock file of ${manager.name}${elsewhere}, wanted one for a strict install`,
    {
      hint: `Run: ${commands[manager.name]}, and commit the lock file that it writes.`,
      details: { directory: project.directory, packageManager: manager.name },
    },
  );
}
