import { neverInImages } from "./context-entries.ts";
import { memberPath } from "./image-member.ts";
import type { ImageMember } from "./image-member.ts";
import type { ImageProject } from "./image-project.ts";

/** The `.dockerignore`: an allow-list of what the Dockerfile copies. */
export function ignoreFileText({ install, members, rootBuildFiles }: ImageProject): string {
  const isAnyBuilt = members.some(({ buildScript }) => buildScript !== undefined);
  // A package may be there for its tsconfig.base.json alone.
  const isForBuild = ({ buildScript, isProject }: ImageMember): boolean =>
    buildScript !== undefined || (isAnyBuilt && !isProject);
  const allowed = [
    ...install.manifests,
    ...[...install.files, ...install.folders].map(({ path }) => path),
    ...rootBuildFiles,
    ...members.flatMap((member) => entriesOf(member, { isForBuild: isForBuild(member) })),
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

function entriesOf(member: ImageMember, { isForBuild }: { isForBuild: boolean }): readonly string[] {
  const { folders, files, buildFiles } = member.entries;
  return [
    ...member.manifests,
    ...member.buildInputs,
    ...[...folders, ...files, ...(isForBuild ? buildFiles : [])].map((name) => memberPath(member, name)),
  ];
}
