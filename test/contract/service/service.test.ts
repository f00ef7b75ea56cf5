import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "../../../scripts/packages.ts";
import { contractCases } from "../../fixtures/service/contract-cases.ts";
import { requirement } from "../../fixtures/requirement.ts";

const deno = join(root, "node_modules/deno/deno");
const denoRuntime = requirement("deno", () => existsSync(deno));

describe("a service on this Node", () => {
  it.each(contractCases)("$name", async (contractCase) => {
    await expect(contractCase.run()).resolves.toBeUndefined();
  });
});

describe.skipIf(!denoRuntime.available)(`a service on Deno ${denoRuntime.reason}`, () => {
  const results = new Map<string, string | null>();
  beforeAll(async () => {
    const program = join(root, "test/fixtures/service/contract-on-deno.ts");
    const { stdout } = await promisify(execFile)(
      deno,
      ["run", "-A", "--no-check", "--conditions=@dext/source", program],
      { env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NO_COLOR: "1" } },
    );
    for (const line of stdout.trim().split("\n")) {
      const { name, error } = JSON.parse(line) as { name: string; error: string | null };
      results.set(name, error);
    }
  }, 60_000);

  it.each(contractCases)("$name", ({ name }) => {
    expect(results.get(name)).toBeNull();
  });
});
