import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProjectDescription } from "@dext/project";

/** Packages that the project, or the root of its workspace, names for developing and not for running. */
export async function developmentDependencies({
  directory,
  workspace,
}: ProjectDescription): Promise<readonly string[]> {
  const folders = new Set([directory, workspace?.root ?? directory]);
  const found = new Set<string>();
  for (const folder of folders) {
    const manifest = await readManifest(folder);
    const others = ["dependencies", "optionalDependencies", "peerDependencies"];
    const running = new Set(others.flatMap((kind) => Object.keys(manifest[kind] ?? {})));
    for (const name of Object.keys(manifest["devDependencies"] ?? {}))
      if (!running.has(name)) found.add(name);
  }
  return [...found];
}

type Manifest = Readonly<Record<string, object | undefined>>;

async function readManifest(folder: string): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
  } catch {
    // A project of Deno has none; one that is broken has been told of.
    return {};
  }
}
