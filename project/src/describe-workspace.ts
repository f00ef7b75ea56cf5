import type { PackageManager, WorkspaceDescription } from "./description.ts";
import type { Inspection } from "./inspection.ts";
import { findWorkspaceClosure } from "./workspace-closure.ts";
import { describeMember, loadMember, loadMembers } from "./workspace-members.ts";
import type { WorkspaceRoot } from "./workspace-root.ts";

/** The workspace of a project: its members, and which of them the project needs. */
export async function describeWorkspace(
  inspection: Inspection,
  { root, packageManager }: { root: WorkspaceRoot; packageManager: PackageManager | undefined },
): Promise<WorkspaceDescription> {
  const { directory, folders, patterns } = root;
  const members = await loadMembers(inspection, { folders, root: directory });
  const project =
    members.find((member) => member.directory === inspection.directory) ??
    (await loadMember(inspection, { directory: inspection.directory, root: directory }));
  const linksRanges = doesLinkRanges(root, packageManager);
  const rules = { root: directory, members, linksRanges };
  const { closure, cycles } = await findWorkspaceClosure(inspection, { project, rules });
  return {
    root: directory,
    isRoot: directory === inspection.directory,
    patterns,
    members: members.map((member) => describeMember(member)),
    closure,
    cycles,
  };
}

/** pnpm takes a plain range from the registry since version 9, unless it is told otherwise; the others never do. */
function doesLinkRanges(root: WorkspaceRoot, packageManager: PackageManager | undefined): boolean {
  if (root.kind !== "pnpm") return true;
  const major = Number(/\d+/.exec(packageManager?.version ?? "")?.[0] ?? Number.NaN);
  return root.linksRanges ?? major < 9;
}
