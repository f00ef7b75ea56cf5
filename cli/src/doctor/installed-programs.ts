import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";

/** A program that Dext works with. */
export interface InstalledProgram {
  name: string;
  /** What it says of itself; absent when it is not there. */
  version?: string;
  /** What it is used for. */
  purpose: string;
}

/** The versions of the programs that projects and Dext use. */
export async function findPrograms(): Promise<InstalledProgram[]> {
  const others = await Promise.all(
    purposes.map(async ([name, purpose]): Promise<InstalledProgram> => {
      const version = await readVersion(name);
      return { name, purpose, ...(version === undefined ? {} : { version }) };
    }),
  );
  return [{ name: "node", version: process.versions.node, purpose: "runs dext and AppHosts" }, ...others];
}

const purposes = [
  ["deno", "runs AppHosts and services of Deno projects"],
  ["npm", "runs the scripts of services"],
  ["pnpm", "runs the scripts of services"],
  ["yarn", "runs the scripts of services"],
  ["bun", "runs services of Bun projects"],
  ["docker", "runs containers"],
  ["podman", "runs containers"],
] as const;

/** The first version number that `<program> --version` prints: `deno 2.9.6 (stable, …)`, `Docker version 20.10.24, build …`. */
async function readVersion(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ["--version"], { timeout: 5000 });
    return /\d+\.\d+(?:\.\d+)?[\w.-]*/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}
