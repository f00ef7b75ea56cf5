import { existsSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dextPackageNames, tarballName } from "@dext/generators";
import { describe, expect, it } from "vitest";
import { vendorPackages } from "../../../../cli/src/new/vendor-packages.ts";
import type { PackageSource } from "../../../../cli/src/new/vendor-packages.ts";
import { targetFolder } from "../../../fixtures/generators/target-folder.ts";

async function packages(): Promise<PackageSource> {
  const folder = await targetFolder(
    Object.fromEntries(dextPackageNames.map((name) => [tarballName(name), name])),
  );
  return { kind: "vendor", folder };
}

describe("the packages of Dext", () => {
  it("are put into the vendor folder once, and completed where some are missing", async () => {
    const source = await packages();
    const target = await targetFolder();
    expect(await vendorPackages(target, { source })).toBe(true);
    expect(await vendorPackages(target, { source })).toBe(false);
    const started = await targetFolder({ "vendor/dext/dext-core-0.1.0.tgz": "theirs" });
    expect(await vendorPackages(started, { source })).toBe(true);
    expect(readdirSync(join(started, "vendor/dext"))).toHaveLength(dextPackageNames.length);
  });

  it("are put there by several at once", async () => {
    const source = await packages();
    const target = await targetFolder();
    await Promise.all(Array.from({ length: 8 }, () => vendorPackages(target, { source })));
    const names = readdirSync(join(target, "vendor/dext"));
    expect(names.toSorted()).toEqual(dextPackageNames.map((name) => tarballName(name)).toSorted());
  });

  it("that cannot be copied are told of with what to do, and leave no half file", async () => {
    const source = await packages();
    const target = await targetFolder();
    // A folder in the place of a file cannot be written over.
    const inTheWay = join(target, "vendor/dext", tarballName("@dext/hosting"));
    await mkdir(inTheWay, { recursive: true });
    await writeFile(join(inTheWay, "mine"), "");
    const failing = vendorPackages(target, {
      source,
      onBegin: () => expect(existsSync(inTheWay)).toBe(true),
    });
    await expect(failing).rejects.toMatchObject({
      code: "DEXT_CLI_PACKAGES_UNAVAILABLE",
      message: expect.stringMatching(/^Copying to ".*vendor\/dext" failed: /) as unknown,
      hint: expect.stringContaining("then run the command again.") as unknown,
    });
    expect(readdirSync(join(target, "vendor/dext")).filter((name) => name.startsWith("."))).toEqual([]);
  });
});
