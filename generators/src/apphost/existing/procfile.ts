import type { TargetTree } from "../../plan/target-tree.ts";
import { isFile } from "./environment-file.ts";
import type { Place } from "./system.ts";

/** A line of a Procfile: `web: npm start`. */
export interface ProcfileEntry {
  readonly name: string;
  readonly command: string;
  readonly place: Place;
}

/** The names of Procfiles, the one for development first. */
export const procfileNames: readonly string[] = ["Procfile.dev", "Procfile.local", "Procfile"];

/** The entries of a Procfile; none where there is no such file. */
export function readProcfile(tree: TargetTree, file: string): ProcfileEntry[] {
  const state = isFile(tree, file) ? tree.read(file) : undefined;
  if (state?.encoding !== "utf8") return [];
  return state.contents
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .flatMap((text, index): ProcfileEntry[] => {
      const match = /^([\w-]+):\s*(\S.*)$/.exec(text);
      const [, name, command] = match ?? [];
      if (name === undefined || command === undefined) return [];
      return [{ name, command: command.trim(), place: { file, line: index + 1 } }];
    });
}
