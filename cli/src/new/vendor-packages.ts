import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { dextPackageNames, tarballName, vendorFolder } from "@dext/generators";
import { cliError } from "../error-codes.ts";

/** Where a new project gets the packages of Dext, which are on no registry yet. */
export type PackageSource =
  /** A checkout of Dext, which packs them. */
  | { readonly kind: "checkout"; readonly root: string }
  /** The vendor folder of the project that this Dext is installed in. */
  | { readonly kind: "vendor"; readonly folder: string }
  | { readonly kind: "registry" };

/** Looks from where this program lies upwards. */
export function findPackageSource(from: string = dirname(fileURLToPath(import.meta.url))): PackageSource {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, packScript))) return { kind: "checkout", root: folder };
    const vendor = join(folder, vendorFolder);
    if (isComplete(vendor)) return { kind: "vendor", folder: vendor };
    if (folder === dirname(folder)) return { kind: "registry" };
  }
}

/**
 * Puts the packages into the vendor folder of a project, unless they are there: what is there may be in a lock file.
 * Tells whether there was something to do.
 *
 * @param options.onBegin called when there is something to do, which can take some seconds
 * @throws DextError `DEXT_CLI_PACKAGES_UNAVAILABLE`
 */
export async function vendorPackages(
  target: string,
  { source = findPackageSource(), onBegin }: { source?: PackageSource; onBegin?: () => void } = {},
): Promise<boolean> {
  const vendor = join(target, vendorFolder);
  if (isComplete(vendor)) return false;
  onBegin?.();
  const folder = await tarballFolder(source);
  try {
    await mkdir(vendor, { recursive: true });
    for (const name of dextPackageNames) await copyInto(vendor, join(folder, tarballName(name)));
    return true;
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw cliError("DEXT_CLI_PACKAGES_UNAVAILABLE", `Copying to "${vendor}" failed: ${message}`, {
      hint: `The other files are written. ${remedies[code] ?? "Mend that"}, then run the command again.`,
      cause: error,
      details: { folder: vendor },
    });
  }
}

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: "Make room on the disk",
  EDQUOT: "Make room on the disk",
  EACCES: "Give yourself the right to write there",
  EPERM: "Give yourself the right to write there",
};

/** Renamed into place, so that an interrupted copy leaves nothing that looks whole; each of several at once has its own. */
async function copyInto(folder: string, from: string): Promise<void> {
  const file = basename(from);
  const staged = join(folder, `.${file}.${randomUUID().slice(0, 8)}`);
  try {
    await copyFile(from, staged);
    await rename(staged, join(folder, file));
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
}

const packScript = "scripts/pack-packages.ts";

function isComplete(folder: string): boolean {
  return dextPackageNames.every((name) => existsSync(join(folder, tarballName(name))));
}

async function tarballFolder(source: PackageSource): Promise<string> {
  if (source.kind === "vendor") return source.folder;
  if (source.kind === "checkout") return packCheckout(source.root);
  throw cliError("DEXT_CLI_PACKAGES_UNAVAILABLE", "The packages of Dext are neither here nor in a checkout", {
    hint: "Run dext from a checkout of Dext, or from a project that has vendor/dext.",
  });
}

/** Packs what is built, once for each build. */
async function packCheckout(root: string): Promise<string> {
  const cache = join(root, "node_modules/.cache/dext-vendor");
  const folder = join(cache, fingerprint(root));
  if (isComplete(folder)) return folder;
  // Several may pack at one time: whoever is first puts its folder in place.
  const staging = join(cache, `.staging-${process.pid}`);
  try {
    await promisify(execFile)(process.execPath, [join(root, packScript), staging], {
      cwd: root,
      maxBuffer: 16 * 1024 * 1024,
    });
    await rename(staging, folder).catch((error: unknown) => {
      if (!isComplete(folder)) throw error;
    });
  } catch (error) {
    throw cliError("DEXT_CLI_PACKAGES_UNAVAILABLE", `The packages of Dext could not be packed in "${root}"`, {
      hint: "Build the checkout first: npm run build",
      cause: error,
      details: { reason: (error as Error).message },
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  await forgetOld(cache);
  return folder;
}

/** Tells one build from another by the sizes and times of its files. */
function fingerprint(root: string): string {
  const hash = createHash("sha256");
  for (const name of dextPackageNames) {
    const folder = join(root, name === "dext" ? "cli" : name.slice("@dext/".length));
    const parts = ["package.json", ...["dist", "files", "bin"].flatMap((part) => filesIn(folder, part))];
    for (const part of parts) {
      const stats = statSync(join(folder, part), { throwIfNoEntry: false });
      hash.update(`${name}/${part} ${stats?.size ?? 0} ${stats?.mtimeMs ?? 0}\n`);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

function filesIn(folder: string, part: string): string[] {
  if (!existsSync(join(folder, part))) return [];
  return readdirSync(join(folder, part), { recursive: true, encoding: "utf8" })
    .filter((path) => !path.endsWith(".tsbuildinfo"))
    .toSorted()
    .map((path) => join(part, path));
}

const day = 24 * 60 * 60 * 1000;

async function forgetOld(cache: string): Promise<void> {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > day) await rm(path, { recursive: true, force: true });
  }
}
