import { memberPath } from "./image-member.ts";
import type { ImageMember } from "./image-member.ts";
import type { StartCommand } from "./start-command.ts";

/** Files of a member that the last stage needs. */
export interface RuntimeFiles {
  readonly sources: readonly string[];
  readonly target: string;
  /** The stage that has them; absent: the context. */
  readonly from?: string;
  readonly because: string;
}

/** Folders with files that programs read when they run. */
export const assetFolders: ReadonlySet<string> = new Set(
  [
    ["public", "static", "assets", "views", "templates", "locales", "i18n"],
    ["migrations", "drizzle", "prisma", "proto", "schemas"],
  ].flat(),
);

/** What a member's code needs when it runs: what the build made and its assets, or the sources themselves. */
export function runtimeFiles(
  member: ImageMember,
  { isBuilt, start }: { isBuilt: boolean; start: StartCommand },
): readonly RuntimeFiles[] {
  if (!isBuilt) return sourceFiles(member);
  if (!member.isProject || start.readsBuilt !== true) return builtFiles(member, start);
  const sources = sourceFiles(member);
  const known = new Set(sources.flatMap(({ sources: paths }) => paths));
  return [...sources, ...builtFiles(member, start).filter(({ sources: [path = ""] }) => !known.has(path))];
}

function builtFiles(member: ImageMember, start: StartCommand): readonly RuntimeFiles[] {
  const { name, outputs, entries, isProject, handedOut } = member;
  const made = outputs.map((folder) => ({
    sources: [`/app/${memberPath(member, folder)}`],
    target: `./${memberPath(member, folder)}`,
    from: "build",
    because: `the build of "${name}" writes it`,
  }));
  const isHandedOut = (entry: string): boolean => !isProject && handedOut.includes(entry);
  const assets = entries.folders
    .filter((folder) => assetFolders.has(folder) || isHandedOut(folder))
    .map((folder) =>
      folderFrom(member, { folder, because: "files of such a folder are read when the program runs" }),
    );
  const files = entries.files.filter((file) => isHandedOut(file)).map((file) => memberPath(member, file));
  const besides = {
    sources: files,
    target: `./${member.path}/`,
    because: `"${name}" hands them out as they stand`,
  };
  const flagged = isProject
    ? start.otherFiles.filter((path) => !outputs.includes(path.split("/")[0] ?? ""))
    : [];
  const extra = flagged.map((file) => ({
    sources: [memberPath(member, file)],
    target: `./${memberPath(member, file)}`,
    because: "the program names it",
  }));
  return [...made, ...assets, ...(files.length === 0 ? [] : [besides]), ...extra];
}

function sourceFiles(member: ImageMember): readonly RuntimeFiles[] {
  const { entries, path } = member;
  const folders = entries.folders.map((folder) =>
    folderFrom(member, { folder, because: "the sources run as they stand" }),
  );
  if (entries.files.length === 0) return folders;
  const files = {
    sources: entries.files.map((file) => memberPath(member, file)),
    target: path === "." ? "./" : `./${member.path}/`,
    because: "the sources run as they stand",
  };
  return [files, ...folders];
}

function folderFrom(
  member: ImageMember,
  { folder, because }: { folder: string; because: string },
): RuntimeFiles {
  const path = memberPath(member, folder);
  return { sources: [path], target: `./${path}`, because };
}
