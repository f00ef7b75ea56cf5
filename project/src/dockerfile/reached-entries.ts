import { posix } from "node:path";
import { isSourceFile } from "../program-file.ts";
import { importedFile, importsOf } from "../source-imports.ts";
import { isListable, isSecretName } from "./context-entries.ts";
import { memberPath } from "./image-member.ts";
import type { ImageProject } from "./image-project.ts";
import type { StartCommand } from "./start-command.ts";

/** Beyond this many files a program is not followed. */
const mostFiles = 1000;

/**
 * Adds what the program starts with and imports by path to what goes into the image: a folder that is called `test` or
 * `keys` may hold sources, too.
 */
export async function withReachedEntries(image: ImageProject, start: StartCommand): Promise<ImageProject> {
  const { self, project, members } = image;
  const reached = await reachedNames(image, start);
  const others = project.workspace?.members.map(({ path }) => path) ?? [];
  const left = [...reached].filter((name) => {
    const path = memberPath(self, name);
    const isOther = others.some((other) => other !== self.path && `${other}/`.startsWith(`${path}/`));
    return name !== "node_modules" && !isOther && !self.outputs.includes(name) && isListable(name);
  });
  const { folders, files, buildFiles } = self.entries;
  const listing = await image.inspection.list(project.directory);
  const isNew = (name: string): boolean => !folders.includes(name) && !files.includes(name);
  const newFolders = left.filter((name) => listing.get(name) === "directory" && isNew(name));
  const newFiles = left.filter((name) => listing.get(name) === "file" && isNew(name) && mayGoIn(name));
  if (newFolders.length + newFiles.length === 0) return image;
  const entries = {
    folders: [...folders, ...newFolders].toSorted(),
    files: [...files, ...newFiles].toSorted(),
    buildFiles: buildFiles.filter((name) => !newFiles.includes(name)),
  };
  const completed = { ...self, entries };
  return { ...image, self: completed, members: [...members.slice(0, -1), completed] };
}

/** Code may be called `credentials.ts`; `credentials.json` is none. */
function mayGoIn(name: string): boolean {
  return name !== "package.json" && (isSourceFile(name) || !isSecretName(name));
}

/** The names of the top level that lie on the way to what is imported. */
async function reachedNames(
  { project, inspection, self }: ImageProject,
  { file, isBuilt, otherFiles }: StartCommand,
): Promise<ReadonlySet<string>> {
  const { entryPoint } = project;
  const starts = [...(isBuilt ? [] : [file]), entryPoint?.value, ...otherFiles];
  const seen = new Set(starts.filter((path) => path !== undefined).map((path) => posix.normalize(path)));
  // A set hands out what is added while it is gone through.
  for (const path of seen) {
    if (seen.size > mostFiles || !isSourceFile(path)) continue;
    const text = (await inspection.readHelpfulText(posix.join(project.directory, path))) ?? "";
    for (const { specifier } of importsOf(text, path)) {
      const imported = await importedFile(inspection, { specifier, from: path });
      if (imported !== undefined) seen.add(imported);
    }
  }
  const names = [...seen].filter((path) => !path.startsWith("../")).map((path) => path.split("/")[0] ?? "");
  return new Set(names.filter((name) => !self.ignored.has(name)));
}
