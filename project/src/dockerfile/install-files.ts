import { join, posix } from "node:path";
import type { ProjectDescription } from "../description.ts";
import type { Inspection } from "../inspection.ts";
import type { BuildSecret } from "./dockerfile-plan.ts";
import type { ImageMember } from "./image-member.ts";
import type { PackageManagerVersion } from "./package-manager-version.ts";

/** A file that an install needs besides the manifests, relative to the context. */
export interface InstallFile {
  readonly path: string;
  readonly because: string;
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
}

const settings: Readonly<Record<string, readonly string[]>> = {
  npm: [".npmrc"],
  pnpm: [".npmrc", "pnpm-workspace.yaml", ".pnpmfile.cjs"],
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
    const literal = literalSecret(text);
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
    for (const variable of variablesOf(text)) {
      if (!secrets.some(({ id }) => id === variable))
        secrets.push({ id: variable, from: "environment", because: `"${path}" asks for it` });
    }
  }
  const folders: InstallFile[] = [];
  for (const [path, because] of folderNames[kind] ?? []) {
    if ((await inspection.list(join(context, path))).size > 0) folders.push({ path, because });
  }
  const manifests = manifestsOf({ project, manager, members, rootListing: await inspection.list(context) });
  folders.push(...(await tarballFolders(inspection, { context, manifests, settings: texts })));
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
  };
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

/** Folders of tarballs that manifests or settings name: `"@acme/lib": "file:../../vendor/acme-lib-1.0.0.tgz"`. */
async function tarballFolders(
  inspection: Inspection,
  {
    context,
    manifests,
    settings: texts,
  }: { context: string; manifests: readonly string[]; settings: ReadonlyMap<string, string> },
): Promise<readonly InstallFile[]> {
  const found = new Set<string>();
  const sources = new Map(texts);
  for (const path of manifests) {
    sources.set(path, (await inspection.readHelpfulText(join(context, path))) ?? "");
  }
  for (const [path, text] of sources) {
    for (const [, named = ""] of text.matchAll(/["'\s]file:([^"'\s]+\.(?:tgz|tar\.gz))/g)) {
      const folder = posix.dirname(posix.join(posix.dirname(path), named));
      if (folder !== "." && !folder.startsWith("..") && !posix.isAbsolute(folder)) found.add(folder);
    }
  }
  return [...found]
    .toSorted()
    .map((path) => ({ path, because: "packages are installed from tarballs in it" }));
}

// //registry.example.com/:_authToken=npm_abc123    npmAuthToken: abc    but not ${NPM_TOKEN}
const secretSetting =
  /^\s*(?:\/\/\S+:)?(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent|"?npmAuthToken"?|token|password)\s*[=:]\s*["']?(?<value>[^\s"'#]+)/i;

/** The line of the first secret that stands in plain text. */
function literalSecret(text: string): number | undefined {
  const index = text.split(/\r?\n/).findIndex((line) => {
    const value = secretSetting.exec(line)?.groups?.["value"];
    return value !== undefined && !value.includes("${") && !value.startsWith("$");
  });
  return index === -1 ? undefined : index + 1;
}

/** Environment variables that secrets are taken from. */
function variablesOf(text: string): readonly string[] {
  const found = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    if (!secretSetting.test(line)) continue;
    for (const [, name] of line.matchAll(/\$\{?([A-Za-z_]\w*)/g)) if (name !== undefined) found.add(name);
  }
  return [...found];
}
