import { join, posix } from "node:path";
import type { ProjectDescription } from "../description.ts";
import { readDenoConfiguration } from "../deno-configuration.ts";
import type { Inspection } from "../inspection.ts";
import { textAt } from "../json-access.ts";
import { readPackageManifest } from "../package-manifest.ts";
import { gitIgnoredNames } from "./git-ignored.ts";
import { isWithin, localFolders, patchPlaces, tarballFolders } from "./install-folders.ts";
import type { BuildSecret } from "./dockerfile-plan.ts";
import type { ImageMember } from "./image-member.ts";
import type { PackageManagerVersion } from "./package-manager-version.ts";

/** A file that an install needs besides the manifests, relative to the context. */
export interface InstallFile {
  readonly path: string;
  readonly because: string;
  /** Whether the modules of production are links to it. */
  readonly isKept?: boolean;
}

/** What an install needs from the context. */
export interface InstallFiles {
  /** Of the context's top level: lock file, settings. */
  readonly files: readonly InstallFile[];
  readonly folders: readonly InstallFile[];
  /** Manifests relative to the context, the root's first. */
  readonly manifests: readonly string[];
  readonly secrets: readonly BuildSecret[];
  /** Settings that hold a secret themselves: mounted as a whole, never copied. Relative to the context. */
  readonly secretFiles: readonly { id: string; path: string; line: number }[];
  /** pnpm copies workspace packages instead of linking them. */
  readonly isInjected: boolean;
  /** Yarn's own program, when it is in the repository. */
  readonly yarnPath: string | undefined;
  /** Yarn is told to make no `node_modules`. */
  readonly isPlugAndPlay: boolean;
  /** Where `patch-package` is there to apply the folder `patches` after an install; nothing where nobody asks for it. */
  readonly appliesPatches: "always" | "building" | undefined;
  /** Yarn 1 is told to run another Yarn, which is not in the image. */
  readonly isForwarded: boolean;
  /** Yarn 2 and newer has the plugin that installs for production, which Yarn 4 has in itself. */
  readonly hasWorkspaceTools: boolean;
  /** Folders of manifests that have scripts which an install runs, relative to the context. */
  readonly scripted: readonly string[];
}

/** What every package manager runs when it installs. */
export const installScripts: readonly string[] = ["preinstall", "install", "postinstall"];

const settings: Readonly<Record<string, readonly string[]>> = {
  npm: [".npmrc"],
  pnpm: [".npmrc", "pnpm-workspace.yaml", ".pnpmfile.cjs", ".pnpmfile.mjs"],
  "yarn-classic": [".npmrc", ".yarnrc"],
  "yarn-berry": [".yarnrc.yml"],
  bun: [".npmrc", "bunfig.toml"],
  deno: [".npmrc"],
};

const folderNames: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  pnpm: [["patches", "patches of packages are applied when they are installed"]],
  "yarn-berry": [
    [".yarn/releases", "Yarn itself is in the repository"],
    [".yarn/plugins", "plugins of Yarn are in the repository"],
    [".yarn/patches", "patches of packages are applied when they are installed"],
    [".yarn/cache", "the packages are in the repository"],
  ],
  bun: [["patches", "patches of packages are applied when they are installed"]],
};

/** Finds the lock file, the settings and the private registries. */
export async function findInstallFiles(
  inspection: Inspection,
  options: {
    project: ProjectDescription;
    context: string;
    manager: PackageManagerVersion;
    members: readonly ImageMember[];
  },
): Promise<InstallFiles> {
  const { project, context, manager, members } = options;
  const kind = manager.name === "yarn" ? `yarn-${manager.flavour ?? "classic"}` : manager.name;
  const lockName = project.lockFile?.value.path.split("/").at(-1);
  const files: InstallFile[] =
    lockName === undefined ? [] : [{ path: lockName, because: "the install reproduces its versions" }];
  const secrets: BuildSecret[] = [];
  const secretFiles: { id: string; path: string; line: number }[] = [];
  const texts = new Map<string, string>();
  for (const path of settings[kind] ?? []) {
    if ((await inspection.firstFile([path], context)) === undefined) continue;
    const text = (await inspection.readHelpfulText(join(context, path))) ?? "";
    texts.set(path, text);
    const mayHoldSecrets = credentialFiles.test(path);
    const literal = mayHoldSecrets ? literalSecret(text) : undefined;
    if (literal !== undefined) {
      const id = path.replace(/^\./, "").replaceAll(/[^\w-]/g, "-");
      secretFiles.push({ id, path, line: literal });
      secrets.push({
        id,
        from: "file",
        because: `"${path}" holds a secret, so it is lent to the build and never copied`,
      });
      continue;
    }
    files.push({ path, because: "the install goes by its settings" });
    for (const variable of mayHoldSecrets ? variablesOf(text) : []) {
      if (!secrets.some(({ id }) => id === variable))
        secrets.push({ id: variable, from: "environment", because: `"${path}" asks for it` });
    }
  }
  const folders: InstallFile[] = [];
  for (const [path, because] of folderNames[kind] ?? []) {
    // Yarn keeps a cache beside the project that may be for one machine only.
    const ignored = await gitIgnoredNames(inspection, join(context, posix.dirname(path)));
    const isThere = (await inspection.list(join(context, path))).size > 0;
    if (isThere && !ignored.has(posix.basename(path))) folders.push({ path, because });
  }
  const manifests = manifestsOf({ project, manager, members, rootListing: await inspection.list(context) });
  const appliesPatches = await patchedBy(inspection, { context, kind });
  if (appliesPatches !== undefined) folders.push({ path: "patches", because: "patch-package applies them" });
  folders.push(...(await tarballFolders(inspection, { context, manifests, settings: texts })));
  folders.push(...(await localFolders(inspection, { context, members, project })));
  const patches = await patchPlaces(inspection, { context, manifests, settings: texts });
  files.push(...patches.files);
  folders.push(...patches.folders.filter(({ path }) => folders.every((each) => !isWithin(path, each.path))));
  if (manager.name === "deno") files.push(...(await importMap(inspection, context)));
  const yarnSettings = texts.get(".yarnrc.yml") ?? "";
  return {
    files,
    folders,
    manifests,
    secrets,
    secretFiles,
    isInjected:
      /^injectWorkspacePackages:\s*true/m.test(texts.get("pnpm-workspace.yaml") ?? "") ||
      /^inject-workspace-packages\s*=\s*true/m.test(texts.get(".npmrc") ?? ""),
    yarnPath: /^yarnPath:\s*["']?([^"'\s]+)/m.exec(yarnSettings)?.[1],
    isPlugAndPlay: kind === "yarn-berry" && !/^nodeLinker:\s*["']?(?:node-modules|pnpm)/m.test(yarnSettings),
    appliesPatches,
    isForwarded: /^\s*"?yarn-?path"?\s/im.test(texts.get(".yarnrc") ?? ""),
    hasWorkspaceTools: yarnSettings.includes("plugin-workspace-tools"),
    scripted: await scriptedFolders(inspection, { context, manifests }),
  };
}

/** Without the file that `deno.json` names as its import map, Deno installs nothing. */
async function importMap(inspection: Inspection, context: string): Promise<readonly InstallFile[]> {
  const configuration = await inspection.tolerate(() =>
    readDenoConfiguration(inspection, { directory: context, quiet: true }),
  );
  const named = posix.normalize(textAt(configuration?.root, "importMap")?.value ?? "");
  const isHere = !named.startsWith("../") && (await inspection.hasFile(join(context, named)));
  return isHere ? [{ path: named, because: "imports are looked up in it" }] : [];
}

/** `"postinstall": "patch-package"` of the root, and whether production has that program. */
async function patchedBy(
  inspection: Inspection,
  { context, kind }: { context: string; kind: string },
): Promise<InstallFiles["appliesPatches"]> {
  const manifest = await inspection.tolerate(() =>
    readPackageManifest(inspection, { directory: context, quiet: true }),
  );
  const scripts = ["postinstall", "prepare"].map((name) => manifest?.scripts.get(name)?.value ?? "");
  const isAsked = scripts.some((script) => /\bpatch-package\b/.test(script)) && kind !== "yarn-berry";
  if (!isAsked || (await inspection.list(join(context, "patches"))).size === 0) return undefined;
  const isMember = inspection.directory !== context;
  return isMember || manifest?.dependencies.get("patch-package")?.kind !== "dependencies"
    ? "building"
    : "always";
}

async function scriptedFolders(
  inspection: Inspection,
  { context, manifests }: { context: string; manifests: readonly string[] },
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of manifests.filter((each) => posix.basename(each) === "package.json")) {
    const directory = join(context, posix.dirname(path));
    const manifest = await inspection.tolerate(() =>
      readPackageManifest(inspection, { directory, quiet: true }),
    );
    const runs = installScripts.some((name) => manifest?.scripts.has(name) === true);
    if (runs) found.push(posix.dirname(path));
  }
  return found;
}

/**
 * The manifests of the closure; of all members for package managers whose strict install compares the whole lock file
 * (Yarn 2 and newer, Bun), and for Deno, which wants every member that the root names.
 */
function manifestsOf({
  project,
  manager,
  members,
  rootListing,
}: {
  project: ProjectDescription;
  manager: PackageManagerVersion;
  members: readonly ImageMember[];
  rootListing: ReadonlyMap<string, unknown>;
}): readonly string[] {
  const needsAll = manager.name === "bun" || manager.name === "deno" || manager.flavour === "berry";
  const root = ["package.json", "deno.json", "deno.jsonc"].filter((name) => rootListing.has(name));
  const others = needsAll ? (project.workspace?.members ?? []) : members;
  return [
    ...new Set([
      ...root,
      ...others.flatMap(({ manifests }) => manifests),
      ...members.flatMap(({ manifests }) => manifests),
    ]),
  ];
}

/** Settings that may hold secrets; others are lists of packages, or code. */
const credentialFiles = /^\.npmrc$|^\.yarnrc(?:\.yml)?$|^bunfig\.toml$/;

// //registry.example.com/:_authToken=npm_abc123    npmAuthToken: abc    acme = { token = "abc", url = "…" }
const secretSetting =
  /(?:^|[\s:{,"'])(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent|token|password)["']?\s*[=:]\s*["']?(?<value>[^\s"'#,]+)/gi;
// registry=https://name:password@registry.example.com/
const secretAddress = /:\/\/[^/\s:@"']*:(?<value>[^/\s@"']+)@/g;

/** The secrets of each line, as they are written. */
function secretsOf(text: string): readonly (readonly string[])[] {
  return text
    .split(/\r?\n/)
    .map((line) =>
      /^\s*[#;]/.test(line)
        ? []
        : [...line.matchAll(secretSetting), ...line.matchAll(secretAddress)].map(
            ({ groups }) => groups?.["value"] ?? "",
          ),
    );
}

/** The line of the first secret that stands in plain text, and not as `${NPM_TOKEN}`. */
function literalSecret(text: string): number | undefined {
  const index = secretsOf(text).findIndex((values) =>
    values.some((value) => !value.includes("${") && !value.startsWith("$")),
  );
  return index === -1 ? undefined : index + 1;
}

/** Environment variables that secrets are taken from. */
function variablesOf(text: string): readonly string[] {
  const found = new Set<string>();
  for (const value of secretsOf(text).flat()) {
    for (const [, name] of value.matchAll(/\$\{?([A-Za-z_]\w*)/g)) if (name !== undefined) found.add(name);
  }
  return [...found];
}
