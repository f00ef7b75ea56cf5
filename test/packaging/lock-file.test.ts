import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../../scripts/packages.ts";

interface Lock {
  packages: Record<
    string,
    { version?: string; resolved?: string; optional?: boolean; optionalDependencies?: Record<string, string> }
  >;
}

const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as Lock;

it("the lock file carries no download addresses", () => {
  const addresses = Object.values(lock.packages).filter(({ resolved }) => resolved?.startsWith("http"));
  expect(addresses).toEqual([]);
});

it("the lock file has an entry for every platform of the packages that bring Node and Deno", () => {
  const wanted = [
    ...Object.keys(lock.packages[""]?.optionalDependencies ?? {}),
    ...Object.keys(lock.packages["node_modules/deno"]?.optionalDependencies ?? {}),
  ];
  expect(wanted.length).toBeGreaterThan(6);
  // npm leaves out what the registry of the machine does not serve, and `npm ci` then fails elsewhere.
  expect(wanted.filter((name) => lock.packages[`node_modules/${name}`] === undefined)).toEqual([]);
});

it("the files of the repository name no folder of a machine and no registry", () => {
  const patterns = [
    String.raw`registry\.npmjs`,
    `${escaped(root)}/`,
    String.raw`/home/[a-z]+/(work|src|dev)`,
  ];
  for (const pattern of patterns) {
    const found = grep(pattern);
    expect({ pattern, found }).toEqual({ pattern, found: [] });
  }
});

function grep(pattern: string): string[] {
  try {
    const files = execFileSync("git", ["grep", "-lIE", pattern, "--", ":!test/packaging/lock-file.test.ts"], {
      cwd: root,
      encoding: "utf8",
    });
    return files.split("\n").filter((file) => file !== "");
  } catch (error) {
    if ((error as { status?: number }).status === 1) return [];
    throw error;
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
