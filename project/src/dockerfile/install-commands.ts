import { itemsOf, nodeAt } from "../json-access.ts";
import type { ImageProject } from "./image-project.ts";
import { installScripts } from "./install-files.ts";
import type { InstallFiles } from "./install-files.ts";
import { shellWord } from "./instruction-list.ts";
import type { RunPart } from "./instruction-list.ts";

/** How a package manager installs in a stage of the image. */
export interface InstallCommands {
  /** Installs the package manager itself; nothing where the base image brings it. */
  readonly tool: RunPart | undefined;
  /** Variables that every one of its commands needs. */
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly RunPart[];
  /** Everything that the build needs, strictly by the lock file. */
  readonly everything: readonly RunPart[];
  /** What production needs. */
  readonly production: readonly RunPart[];
  /** Production starts from the stage with everything, instead of the one with the manifests only. */
  readonly prunes: boolean;
  /** Runs a script of a member, given by its name and its path. */
  script(script: string, member: { name: string; path: string }): string;
  /** A folder that `deploy` fills with the project and its modules; nothing where modules stay in their places. */
  readonly deploy: RunPart | undefined;
}

/** The commands of the project's package manager. */
export function installCommands(image: ImageProject): InstallCommands {
  const { name, flavour } = image.manager;
  if (name === "pnpm") return pnpm(image);
  if (name === "bun") return bun(image);
  if (name === "yarn") return flavour === "berry" ? yarnBerry(image) : yarnClassic(image);
  return npm(image);
}

function npm(image: ImageProject): InstallCommands {
  const { self, manager, installTime } = image;
  const workspace = isMember(image) ? ` --workspace ${shellWord(self.path)}` : "";
  const scripts = ignoreScripts(image);
  return {
    ...plain,
    tool: manager.version === undefined ? undefined : globalTool(image, "npm"),
    mounts: [cacheMount("npm", "/root/.npm"), ...secretMounts(image)],
    everything: [
      install(image, `npm ci${scripts}`),
      ...rebuilt(image, { command: "npm rebuild", names: installTime.scripted }),
      ...patched(image, ["always", "building"]),
    ],
    production: [
      install(image, `npm ci${workspace} --omit=dev${scripts}`),
      ...rebuilt(image, { command: "npm rebuild", names: installTime.scriptedInProduction }),
      ...patched(image, ["always"]),
      ...withoutOthers(image),
    ],
    script: (script, { path }) => `npm run ${script}${path === "." ? "" : ` --workspace ${shellWord(path)}`}`,
  };
}

function pnpm(image: ImageProject): InstallCommands {
  const { self, installTime, install: files } = image;
  const isInWorkspace = image.project.workspace !== undefined;
  const store = " --store-dir /pnpm/store";
  const closure = shellWord(`${self.name}...`);
  const filter = isInWorkspace ? ` --filter ${closure}` : "";
  // The plain filter follows development dependencies too.
  const filterProduction = isInWorkspace ? ` --filter-prod ${closure}` : "";
  // What the root holds for building, such as compilers, belongs to no filter but its own.
  const withRoot = isInWorkspace && !image.project.workspace?.isRoot ? `${filter} --filter .` : filter;
  const scripts = ignoreScripts(image);
  const isDeployed = isInWorkspace && files.isInjected && !image.project.workspace?.isRoot;
  return {
    ...plain,
    tool: globalTool(image, "pnpm"),
    environment: { CI: "true" },
    mounts: [cacheMount("pnpm", "/pnpm/store"), ...secretMounts(image)],
    everything: [
      install(image, `pnpm install --frozen-lockfile${withRoot}${store}${scripts}`),
      ...rebuilt(image, { command: "pnpm rebuild", names: installTime.scripted }),
      ...patched(image, ["always", "building"]),
    ],
    production: [
      install(image, `pnpm install --frozen-lockfile --prod${filterProduction}${store}${scripts}`),
      ...rebuilt(image, { command: "pnpm rebuild", names: installTime.scriptedInProduction }),
      ...patched(image, ["always"]),
      ...withoutOthers(image),
    ],
    deploy: isDeployed
      ? {
          text: secretly(image, `pnpm --filter ${shellWord(self.name)} deploy --prod${store} /deploy`),
          because:
            "packages of the workspace are injected, so a deployment holds copies of them, and modules of production only",
        }
      : undefined,
    script: (script, { name, path }) =>
      `pnpm ${path === "." ? "" : `--filter ${shellWord(name)} `}run ${script}`,
  };
}

function yarnClassic(image: ImageProject): InstallCommands {
  const { installTime } = image;
  const options = ` --frozen-lockfile --non-interactive --cache-folder /root/.cache/yarn${ignoreScripts(image)}`;
  return {
    ...plain,
    tool: globalTool(image, "yarn"),
    environment: image.install.isForwarded ? { YARN_IGNORE_PATH: "1" } : {},
    mounts: [cacheMount("yarn", "/root/.cache/yarn"), ...secretMounts(image)],
    everything: [
      install(image, `yarn install${options}`),
      ...rebuilt(image, { command: "npm rebuild", names: installTime.scripted }),
      ...patched(image, ["always", "building"]),
    ],
    production: [
      install(image, `yarn install --production${options}`),
      ...rebuilt(image, { command: "npm rebuild", names: installTime.scriptedInProduction }),
      ...patched(image, ["always"]),
      ...withoutOthers(image),
    ],
    script: (script, { name, path }) =>
      withoutSecrets(
        image,
        path === "." ? `yarn run ${script}` : `yarn workspace ${shellWord(name)} run ${script}`,
      ),
  };
}

function yarnBerry(image: ImageProject): InstallCommands {
  const { self, install: files } = image;
  const yarn = files.yarnPath === undefined ? "yarn" : `node /app/${shellWord(files.yarnPath)}`;
  const isZeroInstall = files.folders.some(({ path }) => path === ".yarn/cache");
  const focus = image.project.workspace === undefined ? "--all" : shellWord(self.name);
  return {
    ...plain,
    tool: files.yarnPath === undefined ? globalTool(image, "@yarnpkg/cli-dist") : undefined,
    environment: {
      YARN_ENABLE_TELEMETRY: "0",
      ...(isZeroInstall ? {} : { YARN_GLOBAL_FOLDER: "/root/.yarn/berry", YARN_ENABLE_GLOBAL_CACHE: "true" }),
      // Settings with a secret are not there when something is built.
      ...(files.isPlugAndPlay || files.secretFiles.length > 0 ? { YARN_NODE_LINKER: "node-modules" } : {}),
    },
    mounts: [
      ...(isZeroInstall ? [] : [cacheMount("yarn-berry", "/root/.yarn/berry")]),
      ...secretMounts(image),
    ],
    everything: [...withoutOwnScripts(image), install(image, `${yarn} install --immutable`)],
    production: [
      {
        text: secretly(image, `${yarn} workspaces focus ${focus} --production`),
        because: "what production needs stays; the strict install before it has compared the lock file",
      },
      ...withoutOthers(image),
    ],
    prunes: true,
    script: (script, { name, path }) =>
      withoutSecrets(
        image,
        path === "." ? `${yarn} run ${script}` : `${yarn} workspace ${shellWord(name)} run ${script}`,
      ),
  };
}

function bun(image: ImageProject): InstallCommands {
  const { self, project, install: files } = image;
  const filter = isMember(image) ? ` --filter ${shellWord(self.name)}` : "";
  const scripts = files.scripted.length > 0 ? " --ignore-scripts" : ignoreScripts(image);
  if (scripts !== "") warnAboutTrusted(image);
  return {
    ...plain,
    tool: project.runtime.value === "bun" ? undefined : globalTool(image, "bun"),
    mounts: [cacheMount("bun", "/root/.bun/install/cache"), ...secretMounts(image)],
    everything: [
      install(image, `bun install --frozen-lockfile${scripts}`),
      ...patched(image, ["always", "building"]),
    ],
    production: [
      install(image, `bun install --frozen-lockfile --production${filter}${scripts}`),
      ...patched(image, ["always"]),
      ...withoutOthers(image),
    ],
    script: (script, { path }) => `bun run ${path === "." ? "" : `--cwd ${shellWord(path)} `}${script}`,
  };
}

/** Bun cannot run the scripts of packages without those of the project. */
function warnAboutTrusted({ rootManifest, installTime, warnings }: ImageProject): void {
  const trusted = itemsOf(nodeAt(rootManifest?.root, "trustedDependencies")) ?? [];
  const names = new Set([
    ...trusted.map(({ value }) => value).filter((value) => typeof value === "string"),
    ...installTime.native.map(({ value }) => value),
  ]);
  if (names.size === 0) return;
  const message = `Bun runs no script of any package in the image, since those of the project would fail there: ${[...names].join(", ")} may not work; move what the project does when it is installed to "build"`;
  warnings.push({
    code: "needs-attention",
    message,
    file: rootManifest?.file ?? "package.json",
    onlyFor: "image",
  });
}

const plain = { environment: {}, prunes: false, deploy: undefined } as const;

function isMember({ self }: ImageProject): boolean {
  return self.path !== ".";
}

function globalTool({ manager, warnings }: ImageProject, packageName: string): RunPart {
  const { version, isExact, because, file, line } = manager;
  if (!isExact) {
    warnings.push({
      code: "needs-attention",
      message: `No exact version of ${manager.name} is written down; "${version ?? "latest"}" is another one every few weeks. Set "packageManager" in package.json`,
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      onlyFor: "image",
    });
  }
  // The official images of Node have a yarn of their own, which must give way.
  const force = manager.name === "yarn" ? " --force" : "";
  const scripts = manager.name === "bun" ? "" : " --ignore-scripts";
  const text = `npm install --global${force}${scripts} ${shellWord(`${packageName}@${version ?? "latest"}`)}`;
  return {
    text,
    because: `${manager.name} in this version, through npm since Corepack is gone from Node: ${because}`,
    file,
    line,
  };
}

function cacheMount(id: string, target: string): RunPart {
  const because = "what was downloaded stays on the builder from one build to the next, and out of the image";
  return { text: `type=cache,id=${id},target=${target},sharing=locked`, because };
}

/** Secrets that only this command sees; a build without them goes on. */
export function secretMounts({ install: files }: ImageProject): readonly RunPart[] {
  const whole = files.secretFiles.map(({ id, path, line }) => ({
    text: `type=secret,id=${id},target=/app/${path}`,
    because: `"${path}" holds a secret: it is lent to this command and leaves no trace in the image`,
    file: path,
    line,
  }));
  const variables = files.secrets
    .filter(({ from }) => from === "environment")
    .map(({ id, because }) => ({
      text: `type=secret,id=${id}`,
      because: `a secret for this command only: ${because}`,
    }));
  return [...whole, ...variables];
}

function install(image: ImageProject, text: string): RunPart {
  const lock = image.project.lockFile;
  return {
    text: secretly(image, text),
    because: "exactly what the lock file says is installed, or the build fails",
    file: lock?.file,
  };
}

/** `export NPM_TOKEN="$(cat /run/secrets/NPM_TOKEN)"` works with engines that cannot mount a secret as a variable. */
export function secretly(image: ImageProject, text: string): string {
  const exports = secretVariables(image).map((name) => `export ${name}="$(cat /run/secrets/${name})"`);
  return [...exports, text].join(" && ");
}

/** Yarn does nothing at all where its settings name a variable that is not set. */
function withoutSecrets(image: ImageProject, text: string): string {
  return [...secretVariables(image).map((name) => `${name}=`), text].join(" ");
}

function secretVariables({ install: files }: ImageProject): readonly string[] {
  return files.secrets.filter(({ from }) => from === "environment").map(({ id }) => id);
}

/** Yarn 2 and newer runs the scripts of members whatever its settings say, and they need sources. */
function withoutOwnScripts({ install: files }: ImageProject): readonly RunPart[] {
  const names = installScripts.map((name) => `scripts.${name}`).join(" ");
  return files.scripted.map((folder) => ({
    text: `npm${folder === "." ? "" : ` --prefix ${shellWord(folder)}`} pkg delete ${names}`,
    because: "the install would run scripts of the project itself, whose sources are not there yet",
    file: undefined,
  }));
}

/** Scripts of the project itself need its sources, which are not there yet. */
function ignoreScripts({ ownScripts }: ImageProject): string {
  return ownScripts.length > 0 ? " --ignore-scripts" : "";
}

/** What only the install needed: members that only build, or that the lock file is compared with; tarballs, patches. */
function withoutOthers({ install: files, members, manager }: ImageProject): readonly RunPart[] {
  const needed = members.filter(({ isProduction }) => isProduction).map(({ path }) => path);
  const removable = files.folders.filter(({ isKept }) => isKept !== true);
  const folders = files.manifests.map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  const idle = [...new Set([...folders, ...removable.map(({ path }) => path)])].filter(
    (folder) => folder !== "" && !needed.some((path) => `${path}/`.startsWith(`${folder}/`)),
  );
  // Settings such as .npmrc say where packages come from, which is nobody's business who has the image.
  idle.push(...files.files.map(({ path }) => path).filter((path) => path.startsWith(".")));
  // Yarn 2 and newer keep their own record there, besides what the install brought.
  if (manager.flavour === "berry") idle.push(".yarn");
  const removed = idle.filter((path) => !(manager.flavour === "berry" && path.startsWith(".yarn/")));
  if (removed.length === 0) return [];
  const because = "only the install needed it; nothing of it is used when the program runs";
  return [{ text: `rm -rf ${removed.map((folder) => shellWord(folder)).join(" ")}`, because }];
}

/** `patch-package`, which a script of the project would run behind the install. */
function patched(
  { install: files }: ImageProject,
  where: readonly InstallFiles["appliesPatches"][],
): readonly RunPart[] {
  if (files.appliesPatches === undefined || !where.includes(files.appliesPatches)) return [];
  const because =
    "a script of the project applies the patches behind each install, and the install ran no scripts";
  return [{ text: "node_modules/.bin/patch-package", because }];
}

function rebuilt(
  { ownScripts, installTime }: ImageProject,
  { command, names }: { command: string; names: readonly string[] },
): readonly RunPart[] {
  if (ownScripts.length === 0 || names.length === 0) return [];
  const [first] = installTime.native;
  return [
    {
      text: `${command} ${names.map((name) => shellWord(name)).join(" ")}`,
      because: "the install ran no scripts, and these need theirs",
      file: first?.file,
      line: first?.line,
    },
  ];
}
