import { isDextError } from "@dext/core";

import type { TargetTree } from "./target-tree.ts";

/**
 * What stands at a path, for who only wants to know whether a file of theirs is still there. `other` is what no
 * generator writes: a symbolic link, a device, or a place that a link or a file has come before.
 */
export function kindOnDisk(tree: TargetTree, path: string): "file" | "folder" | "nothing" | "other" {
  try {
    return tree.kindOf(path);
  } catch (error) {
    if (isDextError(error) && refusals.has(error.code)) return "other";
    throw error;
  }
}

const refusals: ReadonlySet<string> = new Set(["DEXT_GENERATE_SYMLINK", "DEXT_GENERATE_NOT_A_FILE"]);
