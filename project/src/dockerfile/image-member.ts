import { join } from "node:path";
import type { Finding, WorkspaceMember } from "../description.ts";
import type { Inspection } from "../inspection.ts";
import { membersOf, nodeAt, textAt } from "../json-access.ts";
import type { JsonNode } from "../json-document.ts";
import { readPackageManifest } from "../package-manifest.ts";
import type { PackageManifest } from "../package-manifest.ts";
import { sortFolder } from "./context-entries.ts";
import type { ContextEntries } from "./context-entries.ts";

/** A package that goes into the image: the project itself, or one of its workspace that it needs. */
export interface ImageMember {
  readonly name: string;
  /** Relative to the context; `.` for the context itself. */
  readonly path: string;
  readonly isProject: boolean;
  /** Whether code that runs needs it. */
  readonly isProduction: boolean;
  readonly manifest: PackageManifest | undefined;
  /** Manifests that an install needs, relative to the context. */
  readonly manifests: readonly string[];
  readonly buildScript: Finding<string> | undefined;
  /** Folders that its build writes, relative to its own. */
  readonly outputs: readonly string[];
  readonly entries: ContextEntries;
}

/** What is known of a member before its folder is looked at. */
export interface MemberSource extends Omit<WorkspaceMember, "version"> {
  readonly isProject: boolean;
  readonly isProduction: boolean;
  /** Folders that are known to be written by its build. */
  readonly knownOutputs: readonly string[];
  /** Folders of other members within it, relative to the context. */
  readonly nested: readonly string[];
}

/** Looks at the folder of a member. */
export async function readImageMember(
  inspection: Inspection,
  { context, source }: { context: string; source: MemberSource },
): Promise<ImageMember> {
  const { name, path, manifests, isProject, isProduction, knownOutputs, nested } = source;
  const directory = join(context, path);
  const manifest = await inspection.tolerate(() =>
    readPackageManifest(inspection, { directory, quiet: true }),
  );
  const listing = await inspection.list(directory);
  const script = scriptNamed("build", manifest);
  const outputs = script === undefined ? [] : outputsOf(manifest, { known: knownOutputs, listing });
  const buildScript = outputs.length === 0 ? undefined : script;
  const entries = sortFolder(listing, {
    outputs: outputs.length > 0 ? outputs : knownOutputs,
    nested: nested.map((each) => each.slice(path === "." ? 0 : path.length + 1).split("/")[0] ?? ""),
  });
  return { name, path, isProject, isProduction, manifest, manifests, buildScript, outputs, entries };
}

/** A path below a member, relative to the context. */
export function memberPath({ path }: { path: string }, inner: string): string {
  return path === "." ? inner : `${path}/${inner}`;
}

function scriptNamed(name: string, manifest: PackageManifest | undefined): Finding<string> | undefined {
  const script = manifest?.scripts.get(name);
  if (manifest === undefined || script === undefined) return undefined;
  return {
    value: script.value,
    because: `there is a script "${name}"`,
    file: manifest.file,
    line: script.line,
  };
}

/** Folders that a build usually writes. */
const usualOutputs: ReadonlySet<string> = new Set([
  "dist",
  "build",
  "out",
  "esm",
  "cjs",
  "es",
  "umd",
  ".output",
  ".next",
]);

/** The folders that the build writes: those known otherwise, and those of the files that the manifest hands out. */
function outputsOf(
  manifest: PackageManifest | undefined,
  { known, listing }: { known: readonly string[]; listing: ReadonlyMap<string, unknown> },
): readonly string[] {
  const root = manifest?.root;
  const named = [
    textAt(root, "main")?.value,
    textAt(root, "module")?.value,
    ...exportedPaths(nodeAt(root, "exports")),
  ];
  const paths = named.filter((path) => path !== undefined).map((path) => path.replace(/^(?:\.?\/)+/, ""));
  const folders = new Set(known);
  for (const path of paths) {
    const [folder = "", ...rest] = path.split("/");
    const isMade =
      usualOutputs.has(folder) || !listing.has(folder) || (folder === "lib" && listing.has("src"));
    if (rest.length > 0 && isMade && /^[\w@.-]+$/.test(folder)) folders.add(folder);
  }
  // A package that hands out its sources is built for others only.
  if (folders.size === 0 && !paths.some((path) => /\.[cm]?tsx?$/.test(path))) folders.add("dist");
  return [...folders].toSorted();
}

/** Conditions that nothing in production asks for. */
const idleConditions: ReadonlySet<string> = new Set(["types", "source", "development"]);

function exportedPaths(node: JsonNode | undefined): readonly string[] {
  if (typeof node?.value === "string") return [node.value];
  const members = [...(membersOf(node) ?? [])];
  return members.flatMap(([name, member]) =>
    idleConditions.has(name) || name.startsWith("@") ? [] : exportedPaths(member),
  );
}
