import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const root: string = dirname(dirname(fileURLToPath(import.meta.url)));

/** A package that is published. */
export interface PublicPackage {
  name: string;
  /** Absolute. */
  directory: string;
  manifest: Record<string, unknown> & { version: string };
}

/** Every workspace that is not private, in the order in which they depend on each other. */
export async function publicPackages(): Promise<PublicPackage[]> {
  const { workspaces } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    workspaces: string[];
  };
  const packages: PublicPackage[] = [];
  for (const workspace of workspaces.filter((each) => !each.includes("*"))) {
    const directory = join(root, workspace);
    const manifest = JSON.parse(
      await readFile(join(directory, "package.json"), "utf8"),
    ) as PublicPackage["manifest"];
    if (manifest["private"] !== true) packages.push({ name: String(manifest["name"]), directory, manifest });
  }
  return packages;
}
