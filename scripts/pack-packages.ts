import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { publicPackages, root } from "./packages.ts";
import type { PublicPackage } from "./packages.ts";

const run = promisify(execFile);

/** What services import when they start. */
const inServices = new Set(["@dext/core", "@dext/providers", "@dext/resilience", "@dext/service"]);
// The bundler belongs to the package whose preload it builds.
const { rolldown } = (await import(
  pathToFileURL(createRequire(join(root, "service/package.json")).resolve("rolldown")).href
)) as typeof import("rolldown");

/** A packed package. */
export interface Tarball {
  name: string;
  path: string;
}

/**
 * Packs every public package into a folder, as it is published: what is built, without the source condition, since Node
 * strips no types under `node_modules`.
 *
 * @param options `only`: the names of those to pack; all when absent.
 */
export async function packPackages(
  target: string,
  { only }: { only?: readonly string[] } = {},
): Promise<Tarball[]> {
  await mkdir(target, { recursive: true });
  const staging = await mkdtemp(join(tmpdir(), "dext-pack-"));
  try {
    const packages = (await publicPackages()).filter(({ name }) => only?.includes(name) ?? true);
    return await Promise.all(packages.map((each) => packPackage(each, { staging, target })));
  } finally {
    await rm(staging, { recursive: true });
  }
}

async function packPackage(
  { name, directory, manifest }: PublicPackage,
  { staging, target }: { staging: string; target: string },
): Promise<Tarball> {
  const folder = join(staging, basename(directory));
  await mkdir(folder);
  // What begins with an exclamation mark npm itself leaves out.
  for (const part of (manifest["files"] as string[]).filter((each) => !each.startsWith("!"))) {
    await cp(join(directory, part), join(folder, part), {
      recursive: true,
      filter: (path) => !path.endsWith(".tsbuildinfo"),
    });
  }
  if (inServices.has(name)) await joinModules(join(folder, "dist"), entriesOf(manifest));
  await cp(join(root, "LICENSE"), join(folder, "LICENSE"));
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify(withoutSourceCondition(manifest), undefined, 2),
  );
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", target], {
    cwd: folder,
  });
  const printed = JSON.parse(stdout) as { filename: string }[] | Record<string, { filename: string }>;
  const [packed] = Object.values(printed);
  if (packed === undefined) throw new Error(`npm pack printed nothing for ${name}`);
  return { name, path: join(target, packed.filename) };
}

/**
 * Joins the modules of a package into one, and one for each part that is loaded when it is needed: every file that an
 * import reads adds to the start of every service.
 */
async function joinModules(folder: string, entries: readonly string[]): Promise<void> {
  const build = await rolldown({
    input: Object.fromEntries(entries.map((entry) => [entry.slice(0, -".js".length), join(folder, entry)])),
    platform: "node",
    external: (id) => !id.startsWith(".") && !id.startsWith("/"),
  });
  const { output } = await build.generate({
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    comments: false,
  });
  await build.close();
  for (const file of await readdir(folder, { recursive: true })) {
    if (file.endsWith(".js")) await rm(join(folder, file));
  }
  for (const file of output) {
    if (file.type === "chunk") await writeFile(join(folder, file.fileName), file.code);
  }
}

/** The modules in `dist` that can be imported from outside. */
function entriesOf(manifest: PublicPackage["manifest"]): readonly string[] {
  const exported = Object.values(manifest["exports"] as Record<string, { default?: string }>);
  return exported.flatMap((each) => {
    const entry = /^\.\/dist\/(.+\.js)$/.exec(each.default ?? "")?.[1];
    return entry === undefined ? [] : [entry];
  });
}

function withoutSourceCondition(manifest: PublicPackage["manifest"]): object {
  return JSON.parse(
    JSON.stringify(manifest, (key, value: unknown) => (key === "@dext/source" ? undefined : value)),
  ) as object;
}

if (import.meta.main) {
  const [target = join(root, "node_modules", ".cache", "dext-packages")] = process.argv.slice(2);
  for (const { name, path } of await packPackages(target)) process.stdout.write(`${name} ${path}\n`);
}
