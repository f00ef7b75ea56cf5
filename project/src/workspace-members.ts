import { join, relative, sep } from "node:path";
import type { WorkspaceMember } from "./description.ts";
import { readDenoConfiguration } from "./deno-configuration.ts";
import type { DenoConfiguration } from "./deno-configuration.ts";
import type { Inspection } from "./inspection.ts";
import { readPackageManifest } from "./package-manifest.ts";
import type { PackageManifest } from "./package-manifest.ts";

/** A member with its manifests, as far as they can be read. */
export interface LoadedMember extends WorkspaceMember {
  /** The absolute path of its folder. */
  readonly directory: string;
  readonly manifest: PackageManifest | undefined;
  readonly deno: DenoConfiguration | undefined;
}

/** Reads a member; one whose manifests cannot be read is kept with its path as its name, with a warning. */
export async function loadMember(
  inspection: Inspection,
  { directory, root }: { directory: string; root: string },
): Promise<LoadedMember> {
  const path = relative(root, directory).split(sep).join("/") || ".";
  const manifest = await inspection.tolerate(() =>
    readPackageManifest(inspection, { directory, quiet: true }),
  );
  const deno = await inspection.tolerate(() => readDenoConfiguration(inspection, { directory, quiet: true }));
  const files = [manifest, deno].filter((file) => file !== undefined);
  return {
    name: manifest?.name?.value ?? deno?.name?.value ?? path,
    version: manifest?.version?.value ?? deno?.version?.value,
    path,
    manifests: files.map((file) => relative(root, file.path).split(sep).join("/")),
    directory,
    manifest,
    deno,
  };
}

/** Reads all members; of those that share a name the first by path counts when somebody depends on it. */
export async function loadMembers(
  inspection: Inspection,
  { folders, root }: { folders: readonly string[]; root: string },
): Promise<readonly LoadedMember[]> {
  const members = await Promise.all(folders.map((directory) => loadMember(inspection, { directory, root })));
  const byName = new Map<string, LoadedMember>();
  for (const member of members) {
    const first = byName.get(member.name);
    if (first === undefined) {
      byName.set(member.name, member);
      continue;
    }
    inspection.warn({
      code: "workspace-duplicate-name",
      message: `"${member.name}" is the name of both "${first.path}" and "${member.path}"; the first one counts`,
      file: inspection.show(join(root, member.path)),
    });
  }
  return members;
}

/** A member as it is described. */
export function describeMember({ name, version, path, manifests }: WorkspaceMember): WorkspaceMember {
  return { name, version, path, manifests };
}
