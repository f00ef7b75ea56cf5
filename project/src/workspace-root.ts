import { dirname } from "node:path";
import type { Finding } from "./description.ts";
import { itemsOf, nodeAt } from "./json-access.ts";
import type { JsonNode } from "./json-document.ts";
import type { Inspection } from "./inspection.ts";
import { readDenoConfiguration } from "./deno-configuration.ts";
import { readPackageManifest } from "./package-manifest.ts";
import { readPnpmWorkspace } from "./pnpm-workspace.ts";
import { findMemberFolders } from "./workspace-patterns.ts";

/** The kinds of workspace: by the file that lists the members. */
export type WorkspaceKind = "package.json" | "pnpm" | "deno";

/** A folder that lists the members of a workspace. */
export interface WorkspaceRoot {
  /** Absolute. */
  readonly directory: string;
  readonly kind: WorkspaceKind;
  readonly patterns: Finding<readonly string[]>;
  /** The members' folders, absolute, by path, without the root. */
  readonly folders: readonly string[];
  /** pnpm: whether a plain version range is satisfied by a member; nothing where it is not said. */
  readonly linksRanges: boolean | undefined;
}

/**
 * The workspace that a folder is the root of, or else is a member of.
 *
 * The search goes upwards and ends at the root of the repository or of the file system. A workspace that does not list
 * the folder is passed by with a warning.
 */
export async function findWorkspaceRoot(inspection: Inspection): Promise<WorkspaceRoot | undefined> {
  for (const directory of await foldersUpwards(inspection)) {
    const root = await readWorkspaceRoot(inspection, directory);
    if (root === undefined) continue;
    if (directory === inspection.directory || root.folders.includes(inspection.directory)) return root;
    await warnAboutOutsider(inspection, root);
  }
  return undefined;
}

/** Whether a folder could have been meant as a member is told by the kind of its manifest. */
async function warnAboutOutsider(inspection: Inspection, root: WorkspaceRoot): Promise<void> {
  const manifests = root.kind === "deno" ? ["deno.json", "deno.jsonc"] : ["package.json"];
  if ((await inspection.firstFile(manifests)) === undefined) return;
  const { file, line } = root.patterns;
  const message = `The folder lies below the workspace in "${root.directory}", which does not list it; it is taken as a project of its own`;
  const place = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
  inspection.warn({ code: "workspace-not-member", message, ...place });
}

/** The folder and those above it, up to the root of the repository or of the file system. */
async function foldersUpwards(inspection: Inspection): Promise<readonly string[]> {
  const folders: string[] = [];
  let directory = inspection.directory;
  for (;;) {
    folders.push(directory);
    const parent = dirname(directory);
    const isRepository = (await inspection.list(directory)).has(".git");
    if (isRepository || parent === directory) return folders;
    directory = parent;
  }
}

/** Like {@link foldersUpwards}, but only the folder itself when it is in no repository: what lies above is not ours. */
export async function foldersOfRepository(inspection: Inspection): Promise<readonly string[]> {
  const folders = await foldersUpwards(inspection);
  const last = folders.at(-1) ?? inspection.directory;
  return (await inspection.list(last)).has(".git") ? folders : [inspection.directory];
}

async function readWorkspaceRoot(
  inspection: Inspection,
  directory: string,
): Promise<WorkspaceRoot | undefined> {
  const pnpm = await readPnpmWorkspace(inspection, directory);
  const found =
    pnpm ??
    (await readPackageWorkspaces(inspection, directory)) ??
    (await readDenoWorkspace(inspection, directory));
  if (found === undefined) return undefined;
  const { kind, patterns } = found;
  const folders = await findMemberFolders(directory, { patterns: patterns.value, kind });
  return { directory, kind, patterns, folders, linksRanges: pnpm?.linksRanges };
}

interface ListedMembers {
  readonly kind: WorkspaceKind;
  readonly patterns: Finding<readonly string[]>;
}

// "workspaces": ["packages/*"], or { "packages": ["packages/*"], "nohoist": […] }
async function readPackageWorkspaces(
  inspection: Inspection,
  directory: string,
): Promise<ListedMembers | undefined> {
  const manifest = await inspection.tolerate(() =>
    readPackageManifest(inspection, { directory, quiet: true }),
  );
  const field = nodeAt(manifest?.root, "workspaces");
  const list = itemsOf(field) === undefined ? nodeAt(field, "packages") : field;
  const because = '"workspaces" lists the members';
  return manifest && listed(list, { kind: "package.json", because, file: manifest.file });
}

// "workspace": ["./add", "./packages/*"], or { "members": ["./add"] }
async function readDenoWorkspace(
  inspection: Inspection,
  directory: string,
): Promise<ListedMembers | undefined> {
  const configuration = await inspection.tolerate(() =>
    readDenoConfiguration(inspection, { directory, quiet: true }),
  );
  const field = nodeAt(configuration?.root, "workspace");
  const list = itemsOf(field) === undefined ? nodeAt(field, "members") : field;
  const because = '"workspace" lists the members';
  return configuration && listed(list, { kind: "deno", because, file: configuration.file });
}

function listed(
  list: JsonNode | undefined,
  source: { kind: WorkspaceKind; because: string; file: string },
): ListedMembers | undefined {
  const items = itemsOf(list);
  if (list === undefined || items === undefined) return undefined;
  const value = items.map((item) => item.value).filter((item): item is string => typeof item === "string");
  const { kind, because, file } = source;
  return { kind, patterns: { value, because, file, line: list.line } };
}
