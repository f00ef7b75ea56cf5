import type { DenoConfiguration } from "./deno-configuration.ts";
import type { PackageManifest } from "./package-manifest.ts";

/** A script or task, and where it stands. */
export interface ProjectScript {
  readonly name: string;
  readonly command: string;
  readonly file: string;
  readonly line: number;
  readonly from: "package.json" | "deno.json";
}

/** Scripts by name. */
export type ProjectScripts = ReadonlyMap<string, ProjectScript>;

/** The scripts of `package.json` and the tasks of `deno.json`; of one name the task counts, as `deno task` has it. */
export function collectScripts(
  manifest: PackageManifest | undefined,
  deno: DenoConfiguration | undefined,
): ProjectScripts {
  const scripts = new Map<string, ProjectScript>();
  for (const [name, { value, line }] of manifest?.scripts ?? []) {
    scripts.set(name, { name, command: value, file: manifest?.file ?? "", line, from: "package.json" });
  }
  for (const [name, { value, line }] of deno?.tasks ?? []) {
    scripts.set(name, { name, command: value, file: deno?.file ?? "", line, from: "deno.json" });
  }
  return scripts;
}

/** The names of the scripts that run a project, the one for development first. */
export const runScriptNames: readonly string[] = ["dev", "start"];
