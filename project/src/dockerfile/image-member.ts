import { join, posix } from "node:path";
import type { Finding, WorkspaceMember } from "../description.ts";
import type { Inspection } from "../inspection.ts";
import { membersOf, nodeAt, textAt } from "../json-access.ts";
import type { JsonNode } from "../json-document.ts";
import { readPackageManifest } from "../package-manifest.ts";
import type { PackageManifest } from "../package-manifest.ts";
import { extendedBy } from "../typescript-configuration.ts";
import { sortFolder } from "./context-entries.ts";
import type { ContextEntries } from "./context-entries.ts";
import { gitIgnoredNames } from "./git-ignored.ts";
import { isWithin } from "./install-folders.ts";
import { findSiteOutput } from "./site-output.ts";

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
  /** The folder that its build writes for browsers, when it is known to; one of the outputs. */
  readonly siteOutput: string | undefined;
  /** Folders that its build writes, relative to its own. */
  readonly outputs: readonly string[];
  /** Files and folders outside of all members that its build script names, relative to the context. */
  readonly buildInputs: readonly string[];
  /** What it hands out though nothing makes it and it is not in the repository: `./dist/mod.js`. */
  readonly unbuilt: Finding<string> | undefined;
  /** Names of its top level that it hands out beside what its build writes: `schema.json`. */
  readonly handedOut: readonly string[];
  /** Names of its top level that are not in the repository. */
  readonly ignored: ReadonlySet<string>;
  readonly entries: ContextEntries;
}

/** What is known of a member before its folder is looked at. */
export interface MemberSource extends Omit<WorkspaceMember, "version"> {
  readonly isProject: boolean;
  readonly isProduction: boolean;
  /** Folders that are known to be written by its build. */
  readonly knownOutputs: readonly string[];
  /** The task of Deno that builds it. */
  readonly buildTask?: Finding<string> | undefined;
  /** The one of them that its framework writes to by itself. */
  readonly frameworkOutput?: string | undefined;
  /** The folders of all other members, relative to the context. */
  readonly others: readonly string[];
}

/** Looks at the folder of a member. */
export async function readImageMember(
  inspection: Inspection,
  { context, source }: { context: string; source: MemberSource },
): Promise<ImageMember> {
  const { name, path, manifests, isProject, isProduction, knownOutputs, frameworkOutput, others } = source;
  const directory = join(context, path);
  const manifest = await inspection.tolerate(() =>
    readPackageManifest(inspection, { directory, quiet: true }),
  );
  const ignored = await gitIgnoredNames(inspection, directory);
  const listing = new Map([...(await inspection.list(directory))].filter(([entry]) => !ignored.has(entry)));
  const script = source.buildTask ?? scriptNamed("build", manifest);
  const site = isProject
    ? await findSiteOutput(inspection, { directory, manifest, frameworkOutput })
    : undefined;
  const known =
    site === undefined ? knownOutputs : [...knownOutputs.filter((each) => each !== frameworkOutput), site];
  const outputs = script === undefined ? [] : outputsOf(manifest, { known, listing });
  const buildScript = outputs.length === 0 ? undefined : script;
  const handedOut = buildScript === undefined && !isProject ? madeFolderOf(manifest) : undefined;
  const isKept =
    handedOut && (await isInRepository(inspection, { context, directory, folder: handedOut.folder }));
  const nested = others.filter((each) => path === "." || each.startsWith(`${path}/`));
  const entries = sortFolder(listing, {
    outputs: outputs.length > 0 ? outputs : knownOutputs,
    nested: nested.map((each) => each.slice(path === "." ? 0 : path.length + 1).split("/")[0] ?? ""),
    kept: handedOut !== undefined && isKept === true ? [handedOut.folder] : [],
  });
  const buildInputs =
    buildScript === undefined
      ? []
      : [
          ...(await inputsOf(inspection, { script: buildScript.value, context, path, others })),
          ...(await extendedConfigurations(inspection, { context, path, others })),
        ];
  const unbuilt = isKept === false ? handedOut?.finding : undefined;
  return {
    name,
    path,
    isProject,
    isProduction,
    manifest,
    manifests,
    buildScript,
    siteOutput: site,
    outputs,
    buildInputs: [...new Set(buildInputs)],
    unbuilt,
    handedOut: buildScript === undefined ? [] : handedOutNames(manifest, outputs),
    ignored,
    entries,
  };
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

/** What the manifest hands out that no build writes. */
function handedOutNames(
  manifest: PackageManifest | undefined,
  outputs: readonly string[],
): readonly string[] {
  const root = manifest?.root;
  const named = [textAt(root, "main")?.value ?? "", ...exportedPaths(nodeAt(root, "exports"))];
  const names = named.map((path) => path.replace(/^(?:\.?\/)+/, "").split("/")[0] ?? "");
  return [...new Set(names.filter((name) => name !== "" && !outputs.includes(name)))];
}

/** The folder of made files that a package without a build hands out: `dist` of `"main": "./dist/mod.js"`. */
function madeFolderOf(
  manifest: PackageManifest | undefined,
): { folder: string; finding: Finding<string> } | undefined {
  const root = manifest?.root;
  const main = textAt(root, "main");
  const exports = nodeAt(root, "exports");
  const named = [
    ...(main === undefined ? [] : [{ path: main.value, field: "main", line: main.line }]),
    ...exportedPaths(exports).map((path) => ({ path, field: "exports", line: exports?.line ?? 1 })),
  ];
  for (const { path, field, line } of named) {
    const [folder = "", ...rest] = path.replace(/^(?:\.?\/)+/, "").split("/");
    if (rest.length === 0 || !usualOutputs.has(folder)) continue;
    const finding = { value: path, because: `"${field}" hands it out`, file: manifest?.file ?? "", line };
    return { folder, finding };
  }
  return undefined;
}

/** Whether a folder is there and git is not told to leave it out. */
async function isInRepository(
  inspection: Inspection,
  { context, directory, folder }: { context: string; directory: string; folder: string },
): Promise<boolean> {
  if ((await inspection.list(join(directory, folder))).size === 0) return false;
  for (const place of new Set([context, directory])) {
    const rules = (await inspection.readHelpfulText(join(place, ".gitignore"))) ?? "";
    const names = rules
      .split(/\r?\n/)
      .map((rule) => rule.trim().replaceAll(/^(?:\/|\*\*\/)+|\/(?:\*\*?)?$/g, ""));
    if (names.includes(folder)) return false;
  }
  return true;
}

// node ../../scripts/build.ts    tsc -p ../tsconfig.build.json
async function inputsOf(
  inspection: Inspection,
  {
    script,
    context,
    path,
    others,
  }: { script: string; context: string; path: string; others: readonly string[] },
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const [, named = ""] of script.matchAll(/(?:^|[\s="'])((?:\.\.\/)+[\w@.][\w@./-]*)/g)) {
    const input = posix.join(path, named);
    const isMembers = others.some((each) => input === each || input.startsWith(`${each}/`));
    if (input.startsWith("../") || isMembers) continue;
    const isFile = await inspection.hasFile(join(context, input));
    // A script may import what lies beside it.
    const folder = isFile ? posix.dirname(input) : input;
    if (folder === "." && isFile) found.add(input);
    else if (folder !== "." && (await inspection.list(join(context, folder))).size > 0) found.add(folder);
  }
  return [...found].toSorted();
}

/** Configurations outside of all members that those of a member extend: `"extends": "../../config/tsconfig.json"`. */
async function extendedConfigurations(
  inspection: Inspection,
  { context, path, others }: { context: string; path: string; others: readonly string[] },
): Promise<readonly string[]> {
  const listing = await inspection.list(join(context, path));
  const own = [...listing.keys()].filter((name) => /^tsconfig.*\.json$/.test(name));
  const seen = new Set(own.map((name) => posix.join(path, name)));
  // A set hands out what is added while it is gone through.
  for (const file of seen) {
    for (const extended of await extendedBy(inspection, join(context, file))) {
      const found = posix.join(posix.dirname(file), extended);
      if (!found.startsWith("../") && (await inspection.hasFile(join(context, found)))) seen.add(found);
    }
  }
  const folders = [path, ...others.filter((each) => each !== ".")];
  return [...seen].filter((file) => !folders.some((folder) => isWithin(file, folder)));
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
