import type { BaseImage } from "./base-image.ts";
import { memberPath } from "./image-member.ts";
import type { ImageMember } from "./image-member.ts";
import type { ImageProject } from "./image-project.ts";
import { installCommands } from "./install-commands.ts";
import type { InstallCommands } from "./install-commands.ts";
import { copy, escaped, quotedValue } from "./instruction-list.ts";
import type { InstructionList } from "./instruction-list.ts";
import { runtimeFiles } from "./runtime-files.ts";
import type { StartCommand } from "./start-command.ts";

/** What the stages are written from. */
export interface StageOptions {
  readonly image: ImageProject;
  readonly base: BaseImage;
  readonly start: StartCommand;
}

/** The stages up to the last one, which is begun with the files that the program needs; for Node and Bun. */
export function addNodeStages(list: InstructionList, options: StageOptions): void {
  const { image } = options;
  const built = membersToBuild(options);
  const needsInstall =
    image.hasDependencies &&
    (built.length > 0 || image.hasProductionDependencies || image.members.length > 1);
  const commands = installCommands(image);
  const needsEverything = built.length > 0 || commands.prunes || commands.deploy !== undefined;
  if (needsInstall || built.length > 0) {
    const tools = addTools(list, { ...options, commands });
    if (needsInstall) addManifests(list, { image, tools });
    if (needsInstall && needsEverything) addDependencies(list, { image, commands });
    const before = needsInstall ? "dependencies" : tools;
    if (built.length > 0 || commands.deploy !== undefined) addBuild(list, { image, commands, built, before });
    if (needsInstall && commands.deploy === undefined && image.standalone === undefined)
      addProduction(list, commands);
  }
  addRuntime(list, { options, built, commands, isInstalled: needsInstall });
}

/** Members with a build, dependencies first; the project itself only when it starts what its build makes. */
export function membersToBuild({ image, start }: StageOptions): readonly ImageMember[] {
  return image.members.filter(
    ({ isProject, buildScript }) =>
      buildScript !== undefined && (!isProject || start.isBuilt || start.readsBuilt === true),
  );
}

type ToolOptions = StageOptions & { commands: InstallCommands };

/** The stage that installs and builds start from. */
function addTools(list: InstructionList, { image, base, commands }: ToolOptions): string {
  const pairs = Object.entries(commands.environment).map(([name, value]) => `${name}=${quotedValue(value)}`);
  if (base.buildImage === undefined && pairs.length === 0 && commands.tool === undefined) return "base";
  if (base.buildImage === undefined) {
    list.stage("base", { as: "tools", because: "what installs and builds stays out of the last stage" });
  } else {
    const [addon] = image.installTime.native;
    const because =
      addon === undefined
        ? "the package manager comes through npm, which the runtime's image does not have"
        : `"${addon.value}" may be compiled when it is installed; this image of the same Debian has the compilers`;
    list.stage("${REGISTRY}/${BUILD_IMAGE}", { as: "tools", because, file: addon?.file, line: addon?.line });
    list.add("WORKDIR /app", {
      because: "the same folder in all stages, since modules may know where they lie",
    });
  }
  if (pairs.length > 0) {
    list.add(`ENV ${pairs.join(" ")}`, {
      because: `settings of ${image.manager.name} for a build that nobody watches`,
    });
  }
  if (commands.tool !== undefined) list.run({ commands: [commands.tool] });
  return "tools";
}

function addManifests(
  list: InstructionList,
  { image: { install, members }, tools }: { image: ImageProject; tools: string },
): void {
  list.stage(tools, {
    as: "manifests",
    because: "what an install depends on, and nothing else: a change of a source leaves it in the cache",
  });
  const atRoot = [
    ...install.manifests.filter((path) => !path.includes("/")),
    ...install.files.map(({ path }) => path),
  ];
  const reasons = install.files.map(({ path, because }) => `"${path}": ${because}`);
  list.add(copy([...new Set(atRoot)], "./"), {
    because: ["manifests come before the install", ...reasons].join("; "),
  });
  for (const { path, because } of install.folders) list.add(copy([path], `./${path}`), { because });
  for (const path of install.manifests.filter((each) => each.includes("/"))) {
    const member = members.find((each) => each.manifests.includes(path));
    const because =
      member === undefined
        ? "the package manager compares the whole lock file with all members of the workspace"
        : member.isProject
          ? "the manifest of the project itself"
          : `the project needs "${member.name}" of its workspace`;
    list.add(copy([path], `./${path.slice(0, path.lastIndexOf("/") + 1)}`), { because });
  }
}

function addDependencies(
  list: InstructionList,
  { image, commands }: { image: ImageProject; commands: InstallCommands },
): void {
  const because =
    image.members.length > 1
      ? "all that the project and its packages are built with"
      : "all that the project is built with";
  list.stage("manifests", { as: "dependencies", because });
  list.run({ mounts: commands.mounts, commands: commands.everything });
}

interface BuildOptions {
  image: ImageProject;
  commands: InstallCommands;
  built: readonly ImageMember[];
  before: string;
}

/** Each package is built right behind its sources: a change of the project's own builds nothing but the project. */
function addBuild(list: InstructionList, { image, commands, built, before }: BuildOptions): void {
  const { members, rootBuildFiles } = image;
  list.stage(before, { as: "build", because: "the sources come after everything that changes less often" });
  if (rootBuildFiles.length > 0) {
    list.add(copy(rootBuildFiles, "./"), { because: "builds of members may go by what lies at the root" });
  }
  const last =
    commands.deploy === undefined ? members.findLastIndex((each) => built.includes(each)) : members.length;
  for (const member of members.slice(0, last + 1)) {
    for (const path of member.buildInputs.filter((each) => !rootBuildFiles.includes(each))) {
      const { file, line } = member.buildScript ?? {};
      const because = `the build of "${member.name}" names it`;
      list.add(copy([path], `./${path}`), { because, file, line });
    }
    const { path } = member;
    list.add(path === "." ? "COPY . ." : copy([path], `./${path}`), {
      because: "of a folder only what the .dockerignore lists is in the context",
    });
    if (built.includes(member)) addBuildOf(list, { member, commands });
  }
  if (commands.deploy !== undefined) list.run({ mounts: commands.mounts, commands: [commands.deploy] });
}

function addBuildOf(
  list: InstructionList,
  { member, commands }: { member: ImageMember; commands: InstallCommands },
): void {
  const { buildScript, name, path } = member;
  const because = `"${name}" is built: ${buildScript?.because ?? ""}`;
  const text = commands.script("build", { name, path });
  list.run({ commands: [{ text, because, file: buildScript?.file, line: buildScript?.line }] });
}

function addProduction(list: InstructionList, commands: InstallCommands): void {
  const from = commands.prunes ? "dependencies" : "manifests";
  list.stage(from, {
    as: "production",
    because: "modules of production only, which a change of a source leaves in the cache",
  });
  list.run({ mounts: commands.mounts, commands: commands.production });
}

interface RuntimeOptions {
  options: StageOptions;
  built: readonly ImageMember[];
  commands: InstallCommands;
  isInstalled: boolean;
}

function addRuntime(list: InstructionList, { options, built, commands, isInstalled }: RuntimeOptions): void {
  const { image, start } = options;
  list.stage("base", {
    as: "runtime",
    because: "what runs: no package manager of the project, no compiler, no sources that were built",
  });
  if (image.standalone !== undefined) {
    addStandalone(list, image);
    return;
  }
  if (commands.deploy !== undefined && isInstalled) {
    addDeployment(list, { options, built });
    return;
  }
  if (isInstalled) {
    list.add(copy(["/app/"], "./", { from: "production" }), {
      because: "manifests and modules of production, wherever the package manager has put them",
    });
  } else {
    const { path } = image.self;
    list.add(copy([memberPath(image.self, "package.json")], path === "." ? "./" : `./${path}/`), {
      because: "Node reads from it how modules are loaded",
    });
  }
  for (const member of image.members.filter(({ isProduction, isProject }) => isProduction && !isProject)) {
    for (const { sources, target, from, because } of runtimeFiles(member, {
      isBuilt: built.includes(member),
      start,
    })) {
      list.add(copy(sources, target, from === undefined ? {} : { from }), { because });
    }
  }
  addOwnFiles(list, { image, isBuilt: built.includes(image.self), start });
}

/** Next traces what its server needs, modules too, and leaves out what other servers may hand out: files for browsers. */
function addStandalone(list: InstructionList, { self, standalone }: ImageProject): void {
  const made = `/app/${memberPath(self, ".next")}`;
  list.add(copy([`${made}/standalone/`], "./", { from: "build" }), {
    because: 'the configuration of Next says output: "standalone"',
    ...standalone,
  });
  addWorkingFolder(list, self);
  if (self.entries.folders.includes("public")) {
    list.add(copy([memberPath(self, "public")], "./public"), { because: "files that the server hands out" });
  }
  list.add(copy([`${made}/static`], "./.next/static", { from: "build" }), {
    because: "what browsers load of the build",
  });
}

/** The modules hold copies of the workspace's packages, so that only the project's own files are missing. */
function addDeployment(
  list: InstructionList,
  { options: { image, start }, built }: { options: StageOptions; built: readonly ImageMember[] },
): void {
  const { self } = image;
  const because = "the deployment holds the modules, and among them copies of the workspace's packages";
  list.add(copy(["/deploy/package.json"], `./${self.path}/`, { from: "build" }), { because });
  list.add(copy(["/deploy/node_modules/"], `./${self.path}/node_modules/`, { from: "build" }), { because });
  addOwnFiles(list, { image, isBuilt: built.includes(self), start });
}

/** The files of the project itself, last and into its folder: what changes most often is one layer, and the last. */
export function addOwnFiles(
  list: InstructionList,
  { image: { self }, isBuilt, start }: { image: ImageProject; isBuilt: boolean; start: StartCommand },
): void {
  addWorkingFolder(list, self);
  for (const { sources, target, from, because } of runtimeFiles(self, { isBuilt, start })) {
    const inside = self.path === "." ? target : target.replace(`./${self.path}/`, "./");
    list.add(copy(sources, inside, from === undefined ? {} : { from }), { because });
  }
}

function addWorkingFolder(list: InstructionList, { path }: ImageMember): void {
  if (path === ".") return;
  list.add(`WORKDIR /app/${escaped(path)}`, {
    because: "the program runs in its own folder, as it does on a developer's machine",
  });
}
