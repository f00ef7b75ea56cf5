import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "../../../scripts/packages.ts";
import { triesOtherRuntimes } from "../../fixtures/describe-contract.ts";
import { packageManagerPrograms } from "../../fixtures/package-managers.ts";
import { requirement } from "../../fixtures/requirement.ts";
import { contractCases } from "../../fixtures/service/contract-cases.ts";

const deno = join(root, "node_modules/deno/deno");
const programs = packageManagerPrograms();
const allRuntimes = [
  {
    name: "Deno",
    needed: requirement("deno", () => existsSync(deno)),
    command: deno,
    args: ["run", "-A", "--no-check"],
  },
  {
    name: "Bun",
    needed: requirement("bun", () => programs !== undefined),
    command: join(programs ?? "", "bun"),
    args: ["run"],
  },
];

const runtimes = triesOtherRuntimes ? allRuntimes : [];

describe("a service on this Node", () => {
  it.each(contractCases)("$name", async (contractCase) => {
    await expect(contractCase.run()).resolves.toBeUndefined();
  });
});

describe.each(runtimes)("a service on $name $needed.reason", ({ needed, command, args }) => {
  const results = new Map<string, string | null>();
  beforeAll(async () => {
    if (!needed.available) return;
    const program = join(root, "test/fixtures/service/contract-elsewhere.ts");
    const { stdout } = await promisify(execFile)(command, [...args, "--conditions=@dext/source", program], {
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NO_COLOR: "1" },
    });
    for (const line of stdout.trim().split("\n")) {
      const { name, error } = JSON.parse(line) as { name: string; error: string | null };
      results.set(name, error);
    }
  }, 60_000);

  it.skipIf(!needed.available).each(contractCases)("$name", ({ name }) => {
    expect(results.get(name)).toBeNull();
  });
});
