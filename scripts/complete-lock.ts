// npm leaves out of the lock file what the registry of this machine does not serve, and `npm ci` then fails on the
// machines that need it. Run this after the lock file was made anew; a test tells when it is missing.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./packages.ts";

interface Entry {
  version: string;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  dev?: boolean;
  optional?: boolean;
  license?: string;
  optionalDependencies?: Record<string, string>;
}

const path = join(root, "package-lock.json");
const lock = JSON.parse(await readFile(path, "utf8")) as { packages: Record<string, Entry> };

for (const [name, version] of Object.entries(
  lock.packages["node_modules/deno"]?.optionalDependencies ?? {},
)) {
  // For example @deno/darwin-arm64, @deno/linux-x64-glibc, @deno/win32-x64.
  const [os = "", cpu = "", libc] = name.slice("@deno/".length).split("-");
  lock.packages[`node_modules/${name}`] ??= {
    version,
    cpu: [cpu],
    dev: true,
    ...(libc === undefined ? {} : { libc: [libc] }),
    license: "MIT",
    optional: true,
    os: [os],
  };
}

const [first, ...others] = Object.entries(lock.packages);
if (first === undefined) throw new Error("the lock file is empty");
lock.packages = Object.fromEntries([first, ...others.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
await writeFile(path, `${JSON.stringify(lock, undefined, 2)}\n`);
