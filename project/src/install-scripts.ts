import type { Finding } from "./description.ts";
import type { Inspection } from "./inspection.ts";
import type { PackageManifest } from "./package-manifest.ts";

/** Scripts that an install runs in the project itself. */
const lifecycleScripts: readonly string[] = [
  "preinstall",
  "install",
  "postinstall",
  "preprepare",
  "prepare",
  "postprepare",
  "pnpm:devPreinstall",
];

/** Packages that compile or fetch native code when they are installed, so that libc and build tools matter. */
const nativePackages: ReadonlySet<string> = new Set([
  "@prisma/engines",
  "@tensorflow/tfjs-node",
  "argon2",
  "bcrypt",
  "better-sqlite3",
  "bufferutil",
  "canvas",
  "classic-level",
  "couchbase",
  "cpu-features",
  "dtrace-provider",
  "duckdb",
  "farmhash",
  "grpc",
  "hiredis",
  "iconv",
  "ibm_db",
  "isolated-vm",
  "kerberos",
  "keytar",
  "leveldown",
  "libpq",
  "lmdb",
  "mongodb-client-encryption",
  "msgpackr-extract",
  "msnodesqlv8",
  "node-expat",
  "node-pty",
  "node-rdkafka",
  "node-sass",
  "odbc",
  "oracledb",
  "pg-native",
  "re2",
  "rocksdb",
  "serialport",
  "sharp",
  "snappy",
  "sodium-native",
  "sqlite3",
  "tree-sitter",
  "unix-dgram",
  "usb",
  "utf-8-validate",
  "zeromq",
]);

/** The scripts that an install runs in the project's own folder. */
export async function findInstallScripts(
  inspection: Inspection,
  manifest: PackageManifest | undefined,
): Promise<readonly Finding<string>[]> {
  if (manifest === undefined) return [];
  const found: Finding<string>[] = [];
  for (const name of lifecycleScripts) {
    const script = manifest.scripts.get(name);
    if (script === undefined) continue;
    const because = `an install runs the script "${name}"`;
    found.push({ value: name, because, file: manifest.file, line: script.line });
  }
  const builds = (await inspection.firstFile(["binding.gyp"])) !== undefined;
  if (builds && !manifest.scripts.has("install") && !manifest.scripts.has("preinstall")) {
    // npm runs node-gyp by itself then.
    found.push({ value: "install", because: "an install compiles it", file: "binding.gyp", line: 1 });
  }
  return found;
}

/** Whether a package is known to be native. */
export function isNativePackage(name: string): boolean {
  return nativePackages.has(name);
}

/** The known native packages that the manifests ask for, for running or for building. */
export function findNativeAddons(
  manifests: readonly (PackageManifest | undefined)[],
): readonly Finding<string>[] {
  const found = new Map<string, Finding<string>>();
  for (const manifest of manifests) {
    for (const { name, kind, line } of manifest?.dependencies.values() ?? []) {
      if (manifest === undefined || !nativePackages.has(name) || found.has(name)) continue;
      found.set(name, { value: name, because: `it is in "${kind}"`, file: manifest.file, line });
    }
  }
  return [...found.values()];
}
