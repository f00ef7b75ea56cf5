import { readdirSync } from "node:fs";
import { join } from "node:path";

import type { TargetTree } from "../../plan/target-tree.ts";
import { composeNames } from "./compose-file.ts";
import { isFile } from "./environment-file.ts";

/** The Compose files of a repository. */
export interface FoundComposeFiles {
  /** The one that is meant when nobody says another; undefined when there is none that is for development. */
  readonly chosen: string | undefined;
  readonly others: readonly string[];
}

/** Folders in which Compose files are kept, besides the root. */
const folders: readonly string[] = [
  "docker",
  ".docker",
  "docker/development",
  "docker/dev",
  "docker/local",
  "dev",
  "local",
  "development",
  "deploy",
  "deployment",
  "infra",
  "infrastructure",
  "ops",
  "compose",
  ".devcontainer",
];

/** Looks for Compose files: that of a usual name in the root, else the one whose name speaks of development. */
export function findComposeFiles(tree: TargetTree): FoundComposeFiles {
  const found = ["", ...folders].flatMap((folder) => composeFilesIn(tree, folder));
  const chosen =
    composeNames.find((name) => found.includes(name)) ??
    found.find((path) => /\bdev|\blocal/.test(path) && !isForOthers(path)) ??
    found.find((path) => !isForOthers(path));
  return { chosen, others: found.filter((path) => path !== chosen) };
}

function isForOthers(path: string): boolean {
  return /prod|test|(?:^|[./_-])ci(?:[./_-])|stag|e2e|release|\.devcontainer|override/.test(path);
}

function composeFilesIn(tree: TargetTree, folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(join(tree.root, folder)).toSorted();
  } catch {
    return [];
  }
  return names
    .filter(
      (name) => /^(?:docker-)?compose(?:[._-][\w.-]+)?\.ya?ml$/.test(name) && !/\boverride\b/.test(name),
    )
    .map((name) => (folder === "" ? name : `${folder}/${name}`))
    .filter((path) => isFile(tree, path));
}
