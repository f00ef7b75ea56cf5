import { posix } from "node:path";
import { isSourceFile } from "../program-file.ts";
import { importedFile, importsOf } from "../source-imports.ts";
import { isListable, isSecretName } from "./context-entries.ts";
import { memberPath } from "./image-member.ts";
import type { ImageProject } from "./image-project.ts";
import { namedFiles } from "./named-files.ts";
import { assetFolders } from "./runtime-files.ts";
import type { StartCommand } from "./start-command.ts";

/** Beyond this many files a program is not followed. */
const mostFiles = 1000;

interface Planned {
  readonly image: ImageProject;
  readonly start: StartCommand;
}

/**
 * Adds what the program starts with, imports by path and reads by name to what goes into the image: a folder that is
 * called `test` or `keys` may hold sources, and `config.yaml` what they read.
 */
export async function withReachedEntries({ image, start }: Planned): Promise<Planned> {
  const { self, project, members } = image;
  const { imported, read } = await reachedPaths({ image, start });
  const names = new Set([...imported, ...read].map((path) => path.split("/")[0] ?? ""));
  const { folders, files, buildFiles } = self.entries;
  const listing = await image.inspection.list(project.directory);
  const added = [...names].filter(
    (name) => mayGoIn(name, image) && !folders.includes(name) && !files.includes(name),
  );
  const newFolders = added.filter((name) => listing.get(name) === "directory");
  const newFiles = added.filter((name) => listing.get(name) === "file");
  const entries = {
    folders: [...folders, ...newFolders].toSorted(),
    files: [...files, ...newFiles].toSorted(),
    buildFiles: buildFiles.filter((name) => !newFiles.includes(name)),
  };
  const completed = { ...self, entries };
  const copied = read.filter((path) => mayGoIn(path.split("/")[0] ?? "", image) && !isCopied(path));
  return {
    image: { ...image, self: completed, members: [...members.slice(0, -1), completed] },
    start: start.isBuilt ? { ...start, otherFiles: [...new Set([...start.otherFiles, ...copied])] } : start,
  };
}

/** Whether files of its folder are copied anyway. */
function isCopied(path: string): boolean {
  return path.includes("/") && assetFolders.has(path.split("/")[0] ?? "");
}

function mayGoIn(name: string, { self, project }: ImageProject): boolean {
  const path = memberPath(self, name);
  const others = project.workspace?.members ?? [];
  const isOther = others.some((other) => other.path !== self.path && `${other.path}/`.startsWith(`${path}/`));
  const isLeftOut = isOther || self.outputs.includes(name) || self.ignored.has(name);
  // Code may be called `credentials.ts`; `credentials.json` is none.
  const isSecret = isSecretName(name) && !isSourceFile(name) && name.includes(".");
  return isListable(name) && !isLeftOut && !isSecret && !["node_modules", "package.json"].includes(name);
}

/** What is imported on the way from the start, and the files that are named there; relative to the project's folder. */
async function reachedPaths({
  image: { project, inspection, self },
  start: { file, isBuilt, otherFiles },
}: Planned): Promise<{ imported: readonly string[]; read: readonly string[] }> {
  const starts = [...(isBuilt ? [] : [file]), project.entryPoint?.value, ...otherFiles];
  const seen = new Set(starts.filter((path) => path !== undefined).map((path) => posix.normalize(path)));
  const read = new Set<string>();
  // A set hands out what is added while it is gone through.
  for (const path of seen) {
    if (seen.size > mostFiles || !isSourceFile(path)) continue;
    const text = (await inspection.readHelpfulText(posix.join(project.directory, path))) ?? "";
    for (const { specifier } of importsOf(text, path)) {
      const imported = await importedFile(inspection, { specifier, from: path });
      if (imported !== undefined) seen.add(imported);
    }
    for (const named of await namedFiles(inspection, { text, directory: project.directory })) read.add(named);
  }
  // The package of that name reads all files of the folder.
  if (self.manifest?.dependencies.has("config") === true) read.add("config");
  const inside = [...seen].filter((path) => !path.startsWith("../"));
  return { imported: inside, read: [...read] };
}
