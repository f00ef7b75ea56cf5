import { dirname, isAbsolute, join, sep } from "node:path";
import { membersOf, nodeAt } from "./json-access.ts";
import type { Inspection } from "./inspection.ts";
import type { Dependency, PackageManifest } from "./package-manifest.ts";
import { findImports } from "./source-imports.ts";
import { isVersionRange, versionSuits } from "./version-ranges.ts";
import type { LoadedMember } from "./workspace-members.ts";

/** One member needs another. */
export interface WorkspaceDependency {
  readonly to: LoadedMember;
  readonly needed: "production" | "development";
  readonly because: string;
  readonly file: string;
  readonly line: number;
}

/** The members of a workspace and how its package manager finds them. */
export interface WorkspaceRules {
  readonly root: string;
  readonly members: readonly LoadedMember[];
  /** Whether a plain version range that a member satisfies means that member. */
  readonly linksRanges: boolean;
}

/** What a member needs directly of its workspace: by its manifest, and by its imports where Deno runs it. */
export async function findWorkspaceDependencies(
  inspection: Inspection,
  { from, rules }: { from: LoadedMember; rules: WorkspaceRules },
): Promise<readonly WorkspaceDependency[]> {
  const found: WorkspaceDependency[] = [];
  if (from.manifest !== undefined)
    found.push(...declaredDependencies(inspection, { from, rules, manifest: from.manifest }));
  if (from.deno !== undefined) found.push(...(await importedDependencies(inspection, { from, rules })));
  return found.filter(({ to }) => to.directory !== from.directory);
}

function declaredDependencies(
  inspection: Inspection,
  { from, rules, manifest }: { from: LoadedMember; rules: WorkspaceRules; manifest: PackageManifest },
): readonly WorkspaceDependency[] {
  const optionalPeers = membersOf(nodeAt(manifest.root, "peerDependenciesMeta"));
  const found: WorkspaceDependency[] = [];
  for (const dependency of manifest.dependencies.values()) {
    const { kind, name, line } = dependency;
    if (kind === "peerDependencies" && nodeAt(optionalPeers?.get(name), "optional")?.value === true) continue;
    const to = resolveDependency(inspection, { dependency, from, rules });
    if (to === undefined) continue;
    const because = `"${from.name}" has "${name}" in "${kind}"`;
    const needed = kind === "devDependencies" ? "development" : "production";
    found.push({ to, needed, because, file: manifest.file, line });
  }
  return found;
}

interface DependencyContext {
  readonly dependency: Dependency;
  readonly from: LoadedMember;
  readonly rules: WorkspaceRules;
}

function resolveDependency(inspection: Inspection, context: DependencyContext): LoadedMember | undefined {
  const { dependency, from, rules } = context;
  const { name, range } = dependency;
  if (range.startsWith("workspace:")) return resolveWorkspaceProtocol(inspection, context);
  const folder = folderOfRange(range);
  if (folder !== undefined) return resolveFolder(inspection, { ...context, base: from.directory, folder });
  const member = rules.members.find((candidate) => candidate.name === name);
  if (member === undefined || !rules.linksRanges) return undefined;
  if (versionSuits(member.version, range)) return member;
  if (isVersionRange(range)) warnAboutVersion(inspection, { ...context, member });
  return undefined;
}

// workspace:* workspace:^1.2.0 workspace:other-name@^1 workspace:../lib (pnpm) workspace:packages/lib (Yarn)
function resolveWorkspaceProtocol(
  inspection: Inspection,
  context: DependencyContext,
): LoadedMember | undefined {
  const { dependency, from, rules } = context;
  const wanted = dependency.range.slice("workspace:".length);
  if (/^\.{1,2}\//.test(wanted)) {
    return resolveFolder(inspection, { ...context, base: from.directory, folder: wanted });
  }
  const atRoot = rules.members.find(({ path }) => path === wanted);
  const alias = /^(?<name>@?[^@]+)@/.exec(wanted)?.groups?.["name"];
  const member = atRoot ?? rules.members.find(({ name }) => name === (alias ?? dependency.name));
  if (member === undefined)
    warnAboutMissing(inspection, { ...context, what: "the workspace has no such member" });
  return member;
}

function resolveFolder(
  inspection: Inspection,
  context: DependencyContext & { base: string; folder: string },
): LoadedMember | undefined {
  const { rules, base, folder } = context;
  const path = isAbsolute(folder) ? folder : join(base, folder);
  const directory = path.endsWith(sep) ? path.slice(0, -1) : path;
  const member = rules.members.find((candidate) => candidate.directory === directory);
  if (member === undefined && !/\.(?:tgz|tar\.gz|tar)$/.test(directory)) {
    const what = `"${inspection.show(directory)}" is no member of the workspace`;
    warnAboutMissing(inspection, { ...context, what });
  }
  return member;
}

/** The folder that a dependency is taken from: `file:../lib`, `link:../lib`, `portal:../lib`, `../lib`. */
export function folderOfRange(range: string): string | undefined {
  const match =
    /^(?:file|link|portal):(?:\/\/(?=\/))?(?<path>.*)$/.exec(range) ??
    /^(?<path>\.{1,2}\/.*|\/.*)$/.exec(range);
  return match?.groups?.["path"];
}

function warnAboutMissing(inspection: Inspection, context: DependencyContext & { what: string }): void {
  const { dependency, from, what } = context;
  const { name, range, line } = dependency;
  inspection.warn({
    code: "workspace-dependency-missing",
    message: `"${from.name}" needs "${name}" by "${range}", and ${what}`,
    file: from.manifest?.file ?? from.path,
    line,
  });
}

function warnAboutVersion(
  inspection: Inspection,
  context: DependencyContext & { member: LoadedMember },
): void {
  const { dependency, from, member } = context;
  const version = member.version === undefined ? "none" : `"${member.version}"`;
  inspection.warn({
    code: "workspace-version-mismatch",
    message: `"${from.name}" wants "${dependency.name}" in version "${dependency.range}", current: ${version} in "${member.path}"; the registry's is installed instead`,
    file: from.manifest?.file ?? from.path,
    line: dependency.line,
  });
}

/** A Deno workspace's members import each other by name, by an import map or by path, without declaring it. */
async function importedDependencies(
  inspection: Inspection,
  { from, rules }: { from: LoadedMember; rules: WorkspaceRules },
): Promise<readonly WorkspaceDependency[]> {
  const found = new Map<string, WorkspaceDependency>();
  const nested = rules.members
    .map(({ directory }) => directory)
    .filter((directory) => directory.startsWith(from.directory + sep));
  for (const imported of await findImports(inspection, { directory: from.directory, except: nested })) {
    const target = from.deno?.imports.get(imported.specifier)?.value ?? imported.specifier;
    const base = target === imported.specifier ? dirname(imported.path) : from.directory;
    const to = importedMember(rules.members, { target, base });
    if (to === undefined || to.directory === from.directory) continue;
    const file = inspection.show(imported.path);
    const needed = /(?:[._]test|[._]bench)\.[cm]?[jt]sx?$|(?:^|\/)(?:tests?|__tests__)\//.test(file)
      ? "development"
      : "production";
    const known = found.get(to.directory);
    if (known?.needed === "production" || (known !== undefined && needed === "development")) continue;
    found.set(to.directory, { to, needed, because: `"${from.name}" imports it`, file, line: imported.line });
  }
  return [...found.values()];
}

// "@acme/lib", "@acme/lib/sub", "jsr:@acme/lib@^1", "../lib/mod.ts"
function importedMember(
  members: readonly LoadedMember[],
  { target, base }: { target: string; base: string },
): LoadedMember | undefined {
  if (/^\.{1,2}\//.test(target)) {
    const path = join(base, target);
    // Members may lie in each other: the innermost one has the file.
    return members
      .filter(({ directory }) => path.startsWith(directory + sep))
      .toSorted((a, b) => b.directory.length - a.directory.length)[0];
  }
  const imported = target.replace(/^(?:jsr|npm):\/?/, "");
  return members.find(
    ({ name }) => imported === name || imported.startsWith(`${name}/`) || imported.startsWith(`${name}@`),
  );
}
