import { join } from "node:path";
import type { Inspection } from "../inspection.ts";
import type { PackageManifest } from "../package-manifest.ts";
import { scriptWithCalled } from "./called-scripts.ts";

/** Builds of sites, and where they write to unless they are told otherwise. */
const builders: readonly (readonly [command: RegExp, folder: string])[] = [
  [/\bnext build\b/, ".next"],
  [/\b(?:vite|astro|parcel) build\b|\bwebpack\b/, "dist"],
  [/\breact-scripts build\b|\breact-router build\b|\bremix vite:build\b/, "build"],
];

/**
 * The folder of its own that the script `build` fills for browsers, from which a server that runs as it stands hands out
 * files: `vite build` beside `node server.js`.
 */
export async function findSiteOutput(
  inspection: Inspection,
  {
    directory,
    manifest,
    frameworkOutput,
  }: { directory: string; manifest: PackageManifest | undefined; frameworkOutput: string | undefined },
): Promise<string | undefined> {
  const scripts = new Map([...(manifest?.scripts ?? [])].map(([name, { value }]) => [name, value]));
  const script = scriptWithCalled("build", scripts);
  const usual = builders.find(([command]) => command.test(script))?.[1];
  if (usual === undefined || usual === ".next") return usual;
  // What is built upon Vite writes where it likes.
  if (frameworkOutput !== undefined && frameworkOutput !== usual) return frameworkOutput;
  const given = /--(?:outDir|out-dir|dist-dir|output-path)[ =]["']?([^\s"']+)/.exec(script)?.[1];
  const named = given ?? (await settingOfVite(inspection, directory)) ?? usual;
  const [folder = usual] = named.replace(/^(?:\.\/)+/, "").split("/");
  return /^[\w.-]+$/.test(folder) && !/^\.+$/.test(folder) ? folder : undefined;
}

// build: { outDir: "build/client" }
async function settingOfVite(inspection: Inspection, directory: string): Promise<string | undefined> {
  const names = ["vite.config.ts", "vite.config.mts", "vite.config.js", "vite.config.mjs"];
  const file = await inspection.firstFile(names, directory);
  const text = file === undefined ? undefined : await inspection.readHelpfulText(join(directory, file));
  return /\boutDir\s*:\s*["'`]([^"'`$]+)["'`]/.exec(text ?? "")?.[1];
}
