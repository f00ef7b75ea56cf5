import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { WorkspaceKind } from "./workspace-root.ts";

/** Folders that are never members, whatever a pattern says. */
const neverMembers: readonly string[] = ["**/node_modules/**", "**/.git/**"];

/**
 * The folders that a workspace's patterns stand for and that hold a manifest: absolute, by path, without the root.
 *
 * Patterns that begin with `!` exclude. npm takes patterns in order, so that a later one takes back what an earlier one
 * excluded; for pnpm what is excluded stays so.
 */
export async function findMemberFolders(
  root: string,
  options: { patterns: readonly string[]; kind: WorkspaceKind },
): Promise<readonly string[]> {
  const { patterns, kind } = options;
  const ordered = kind === "pnpm" ? patterns.toSorted((a, b) => rank(a) - rank(b)) : patterns;
  const folders = new Set<string>();
  for (const pattern of ordered) {
    const excludes = pattern.startsWith("!");
    const matches = await matchingFolders(root, { pattern: plainPattern(pattern), kind });
    for (const folder of matches) {
      if (excludes) folders.delete(folder);
      else folders.add(folder);
    }
  }
  folders.delete("");
  return [...folders].toSorted().map((folder) => join(root, folder));
}

function rank(pattern: string): number {
  return pattern.startsWith("!") ? 1 : 0;
}

// "!./packages/*/" → "packages/*"
function plainPattern(pattern: string): string {
  return pattern
    .replace(/^!/, "")
    .replace(/^(?:\.?\/)+/, "")
    .replace(/\/+$/, "")
    .replace(/^\.$/, "");
}

async function matchingFolders(
  root: string,
  { pattern, kind }: { pattern: string; kind: WorkspaceKind },
): Promise<readonly string[]> {
  const manifests = kind === "deno" ? ["package.json", "deno.json", "deno.jsonc"] : ["package.json"];
  const isLiteral = !/[*?[\]{}()!+@]/.test(pattern.replaceAll(/(^|\/)@/g, "$1"));
  if (isLiteral) return (await holdsOneOf(join(root, pattern), manifests)) ? [pattern] : [];
  const { glob } = await import("tinyglobby");
  const found = await glob(
    manifests.map((manifest) => `${pattern}/${manifest}`),
    { cwd: root, ignore: [...neverMembers], expandDirectories: false, followSymbolicLinks: false },
  );
  return found.map((path) => path.split("/").slice(0, -1).join("/"));
}

async function holdsOneOf(directory: string, names: readonly string[]): Promise<boolean> {
  for (const name of names) {
    const stats = await stat(join(directory, name)).catch(() => undefined);
    if (stats?.isFile() === true) return true;
  }
  return false;
}
