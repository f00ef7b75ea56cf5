import { dirname, join } from "node:path";
import type { Finding } from "../description.ts";
import { findImports } from "../source-imports.ts";
import type { SourceImport } from "../source-imports.ts";
import { rangesMeet } from "../version-ranges.ts";
import type { ImageProject } from "./image-project.ts";

/** Node runs TypeScript by itself since these versions. */
const stripping = ">=22.18.0";

/** Why Node cannot run the project's TypeScript as it stands, though a tool such as `tsx` can; nothing where it can. */
export async function whyNotStripped({
  project,
  inspection,
}: ImageProject): Promise<Finding<string> | undefined> {
  const { runtimeVersion, typescript, directory } = project;
  if (runtimeVersion !== undefined && !rangesMeet(runtimeVersion.value, stripping)) {
    return { ...runtimeVersion, value: `Node ${runtimeVersion.value} strips no types` };
  }
  if (typescript?.unstrippable !== undefined) {
    return { ...typescript.unstrippable, value: `Node cannot strip ${typescript.unstrippable.value}` };
  }
  for (const found of await findImports(inspection, { directory, except: [] })) {
    if (!(await needsResolving(found, (path) => inspection.hasFile(path)))) continue;
    const { specifier, path, line } = found;
    const value = `Node does not find "${specifier}", which has to be the name of a file, with its ending`;
    return { value, because: "it is imported", file: inspection.show(path), line };
  }
  return undefined;
}

/** `./app` for `app.ts`, and `./app.js` where only `app.ts` is there. */
async function needsResolving(
  { specifier, path }: SourceImport,
  exists: (path: string) => Promise<boolean>,
): Promise<boolean> {
  if (!/^\.{1,2}\//.test(specifier) || !/\.[cm]?tsx?$/.test(path) || /\.(?:test|spec)\./.test(path))
    return false;
  const target = join(dirname(path), specifier);
  if (await exists(target)) return false;
  // Only what another file stands for: anything else may be text that looks like an import.
  const stem = target.replace(/\.[cm]?js$/, "");
  for (const ending of [".ts", ".tsx", ".mts", ".cts", ".js", "/index.ts", "/index.js"])
    if (await exists(stem + ending)) return true;
  return false;
}
