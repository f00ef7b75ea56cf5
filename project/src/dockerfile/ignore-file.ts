import { neverInImages } from "./context-entries.ts";
import { memberPath } from "./image-member.ts";
import type { ImageMember } from "./image-member.ts";
import type { ImageProject } from "./image-project.ts";
import { sortFolder } from "./context-entries.ts";

/** The `.dockerignore`: an allow-list of what the Dockerfile copies. */
export async function ignoreFileText(image: ImageProject): Promise<string> {
  const { install, members, context, inspection } = image;
  const isBuilding = members.some(({ buildScript }) => buildScript !== undefined);
  const rootFiles = image.members.some(({ path }) => path === ".")
    ? []
    : sortFolder(await inspection.list(context), { outputs: [], nested: [] }).buildFiles;
  const allowed = [
    ...install.manifests,
    ...[...install.files, ...install.folders].map(({ path }) => path),
    ...(isBuilding ? rootFiles : []),
    ...members.flatMap((member) => entriesOf(member)),
  ];
  return [
    "# Nothing goes into the image but what is listed here.",
    "*",
    ...[...new Set(allowed)].toSorted().map((path) => `!${path}`),
    "",
    "# Wherever they lie",
    ...neverInImages,
    "",
  ].join("\n");
}

function entriesOf(member: ImageMember): readonly string[] {
  const { folders, files, buildFiles } = member.entries;
  const isBuilt = member.buildScript !== undefined;
  return [
    ...member.manifests,
    ...[...folders, ...files, ...(isBuilt ? buildFiles : [])].map((name) => memberPath(member, name)),
  ];
}
