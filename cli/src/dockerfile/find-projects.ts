import { readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import process from "node:process";
import { detectProject } from "@dext/project";
import type { ProjectDescription } from "@dext/project";

/**
 * The projects at some paths; without any, the one here, or, where a workspace or an AppHost is here, all members below
 * that are started by a script.
 */
export async function findProjects(paths: readonly string[]): Promise<readonly ProjectDescription[]> {
  if (paths.length > 0) return Promise.all(paths.map((path) => detectProject(path)));
  const here = await detectProject(process.cwd());
  const { workspace } = here;
  if (workspace === undefined || isStarted(here)) return [here];
  const candidates: string[] = [];
  for (const { path, manifests } of workspace.members) {
    const directory = join(workspace.root, path);
    if (!directory.startsWith(join(here.directory, sep))) continue;
    const texts = await Promise.all(
      manifests.map((manifest) => readFile(join(workspace.root, manifest), "utf8").catch(() => "")),
    );
    // To look at every library of a large workspace closely would take seconds.
    if (texts.some((text) => text.includes('"start"'))) candidates.push(directory);
  }
  const members: ProjectDescription[] = [];
  for (const candidate of candidates) members.push(await detectProject(candidate));
  const started = members.filter((member) => isStarted(member));
  return started.length === 0 ? [here] : started;
}

/** What has a script `start` is a program, what has none may be a library; one that starts its members is neither. */
function isStarted({ scripts: { start } }: ProjectDescription): boolean {
  return start !== undefined && !/\bworkspaces?\b|--filter|turbo|nx\b|\bdext\b/.test(start);
}
