import { neverInImages } from "./context-entries.ts";
import { memberPath } from "./image-member.ts";
import type { ImageMember } from "./image-member.ts";
import type { ImageProject } from "./image-project.ts";

/** The `.dockerignore`: an allow-list of what the Dockerfile copies. */
export function ignoreFileText({ install, members, rootBuildFiles }: ImageProject): string {
  const allowed = [
    ...install.manifests,
    ...[...install.files, ...install.folders].map(({ path }) => path),
    ...rootBuildFiles,
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
    ...member.buildInputs,
    ...[...folders, ...files, ...(isBuilt ? buildFiles : [])].map((name) => memberPath(member, name)),
  ];
}
