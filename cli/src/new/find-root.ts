import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { appHostNames } from "../apphost/find-apphost.ts";

/** The folder that is generated into: the nearest one upwards with an AppHost or with what was generated; else this one. */
export function findRoot(directory: string = process.cwd()): string {
  return findMarkedRoot(directory) ?? directory;
}

/** The nearest folder upwards with an AppHost or with what was generated. */
export function findMarkedRoot(directory: string): string | undefined {
  for (let folder = directory; ; folder = dirname(folder)) {
    if ([...appHostNames, ".dext/generated"].some((name) => existsSync(join(folder, name)))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
