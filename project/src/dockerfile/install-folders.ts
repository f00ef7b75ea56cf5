import { join, posix } from "node:path";
import type { ProjectDescription } from "../description.ts";
import type { Inspection } from "../inspection.ts";
import type { Dependency } from "../package-manifest.ts";
import { folderOfRange } from "../workspace-dependencies.ts";
import { dockerfileError } from "./error-codes.ts";
import type { ImageMember } from "./image-member.ts";
import type { InstallFile } from "./install-files.ts";

interface NamingFiles {
  context: string;
  /** Relative to the context. */
  manifests: readonly string[];
  /** The texts of settings by their names. */
  settings: ReadonlyMap<string, string>;
}

/** Folders of tarballs that manifests or settings name: `"@acme/lib": "file:../../vendor/acme-lib-1.0.0.tgz"`. */
export async function tarballFolders(
  inspection: Inspection,
  naming: NamingFiles,
): Promise<readonly InstallFile[]> {
  const found = new Set<string>();
  for (const [path, text] of await namingTexts(inspection, naming)) {
    for (const [, named = ""] of text.matchAll(/["'\s]file:([^"'\s]+\.(?:tgz|tar\.gz))/g)) {
      const folder = posix.dirname(posix.join(posix.dirname(path), named));
      if (folder !== "." && !folder.startsWith("..") && !posix.isAbsolute(folder)) found.add(folder);
    }
  }
  return [...found]
    .toSorted()
    .map((path) => ({ path, because: "packages are installed from tarballs in it" }));
}

/**
 * The patches that manifests or settings name, wherever they lie: `"a@1.0.0": "tools/patches/a.patch"`,
 * `patch:a@npm%3A1.0.0#~/.yarn/patches/a.patch`.
 */
export async function patchPlaces(
  inspection: Inspection,
  naming: NamingFiles,
): Promise<{ files: readonly InstallFile[]; folders: readonly InstallFile[] }> {
  const because = "patches of packages are applied when they are installed";
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const [path, text] of await namingTexts(inspection, naming)) {
    for (const [, named = ""] of text.matchAll(/["'#\s]([~\w.@+][\w./@+~-]{0,200}\.patch)\b/g)) {
      const base = named.startsWith("~/") ? "." : posix.dirname(path);
      const file = posix.join(base, named.replace(/^~\//, ""));
      if (file.startsWith("../") || !(await inspection.hasFile(join(naming.context, file)))) continue;
      if (posix.dirname(file) === ".") files.add(file);
      else folders.add(posix.dirname(file));
    }
  }
  const toEntries = (paths: ReadonlySet<string>): readonly InstallFile[] =>
    [...paths].toSorted().map((path) => ({ path, because }));
  return { files: toEntries(files), folders: toEntries(folders) };
}

async function namingTexts(
  inspection: Inspection,
  { context, manifests, settings }: NamingFiles,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map(settings);
  for (const path of manifests) {
    texts.set(path, (await inspection.readHelpfulText(join(context, path))) ?? "");
  }
  return texts;
}

/**
 * Folders that manifests name as packages and that are no members of a workspace: `"@acme/lib": "file:./libs/lib"`.
 *
 * @throws DextError `DEXT_DOCKERFILE_FOLDER_OUTSIDE`
 */
export async function localFolders(
  inspection: Inspection,
  {
    context,
    members,
    project,
  }: { context: string; members: readonly ImageMember[]; project: ProjectDescription },
): Promise<readonly InstallFile[]> {
  const known = new Set(project.workspace?.members.map(({ path }) => path));
  const found = new Map<string, InstallFile>();
  for (const { path: base, manifest } of members) {
    for (const dependency of manifest?.dependencies.values() ?? []) {
      const named = folderOfRange(dependency.range);
      if (named === undefined || /\.(?:tgz|tar\.gz|tar)$/.test(named)) continue;
      const path = posix.isAbsolute(named) ? named : posix.join(base, named).replace(/\/$/, "");
      const isOutside = posix.isAbsolute(path) || path === ".." || path.startsWith("../");
      if (isOutside) throw folderOutside(dependency, { file: manifest?.file ?? "package.json", context });
      if (known.has(path) || path === "." || (await inspection.list(join(context, path))).size === 0)
        continue;
      const isKept = dependency.kind !== "devDependencies";
      found.set(path, { path, because: `"${dependency.name}" is installed from it`, isKept });
    }
  }
  return [...found.values()];
}

function folderOutside(
  { name, range, line }: Dependency,
  { file, context }: { file: string; context: string },
): Error {
  return dockerfileError(
    "DEXT_DOCKERFILE_FOLDER_OUTSIDE",
    `${file}:${line}: "${name}" is "${range}", which lies outside of "${context}", and an image is built from what is in there`,
    {
      hint: "Make both members of one workspace, or pack the folder and depend on the tarball.",
      details: { package: name, range, file, line },
    },
  );
}

/** Whether a path is a folder, or lies in it; everything lies in `.`. */
export function isWithin(path: string, folder: string): boolean {
  return folder === "." || `${path}/`.startsWith(`${folder}/`);
}
