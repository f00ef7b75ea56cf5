import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { publicPackages, root } from "./packages.ts";
import type { PublicPackage } from "./packages.ts";

const run = promisify(execFile);

/** A packed package. */
export interface Tarball {
  name: string;
  path: string;
}

/**
 * Packs every public package into a folder, as it is published: what is built, without the source condition, since Node
 * strips no types under `node_modules`.
 */
export async function packPackages(target: string): Promise<Tarball[]> {
  await mkdir(target, { recursive: true });
  const staging = await mkdtemp(join(tmpdir(), "dext-pack-"));
  try {
    const packages = await publicPackages();
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
  for (const part of manifest["files"] as string[]) {
    await cp(join(directory, part), join(folder, part), {
      recursive: true,
      filter: (path) => !path.endsWith(".tsbuildinfo"),
    });
  }
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

function withoutSourceCondition(manifest: PublicPackage["manifest"]): object {
  return JSON.parse(
    JSON.stringify(manifest, (key, value: unknown) => (key === "@dext/source" ? undefined : value)),
  ) as object;
}

if (import.meta.main) {
  const [target = join(root, "node_modules", ".cache", "dext-packages")] = process.argv.slice(2);
  for (const { name, path } of await packPackages(target)) process.stdout.write(`${name} ${path}\n`);
}
