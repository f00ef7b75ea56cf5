import { chmod } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { packageManagerVersion } from "../../../../cli/src/new/package-manager-version.ts";
import { targetFolder } from "../../../fixtures/generators/target-folder.ts";

/** The PATH with a program of that name that prints this. */
async function pathWith(name: string, output: string): Promise<NodeJS.ProcessEnv> {
  const folder = await targetFolder({ [name]: `#!/bin/sh\necho "${output}"\n` });
  await chmod(join(folder, name), 0o755);
  return { PATH: `${folder}:${process.env["PATH"] ?? ""}` };
}

describe("the version of a package manager", () => {
  it("is that of the one that runs this program", async () => {
    const environment = { npm_config_user_agent: "npm/11.19.0 node/v26.10.0 linux x64 workspaces/false" };
    expect(await packageManagerVersion("npm", { environment })).toBe("11.19.0");
  });

  it("is that of the program on the PATH when another one runs this program", async () => {
    const environment = await pathWith("pnpm", "12.21.0");
    environment["npm_config_user_agent"] = "npm/11.19.0 node/v26.10.0 linux x64 workspaces/false";
    expect(await packageManagerVersion("pnpm", { environment })).toBe("12.21.0");
  });

  it("is unknown when the program is not there, or prints something else", async () => {
    const environment = { PATH: "/no/such/folder" };
    expect(await packageManagerVersion("pnpm", { environment })).toBeUndefined();
    const chatty = await pathWith("pnpm", "! Corepack is about to download");
    expect(await packageManagerVersion("pnpm", { environment: chatty })).toBeUndefined();
  });

  it("is unknown for the first Yarn, by which nothing of ours is installed", async () => {
    expect(
      await packageManagerVersion("yarn", { environment: await pathWith("yarn", "1.22.22") }),
    ).toBeUndefined();
    const newer = await pathWith("yarn", "4.18.1");
    expect(await packageManagerVersion("yarn", { environment: newer })).toBe("4.18.1");
  });
});
