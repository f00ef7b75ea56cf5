import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openBuildContext } from "../../../../hosting/src/containers/build-context.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dext-context-"));
  await writeFile(join(folder, "Dockerfile"), "FROM scratch\n");
});
afterEach(() => rm(folder, { recursive: true }));

it("a build context without an ignore file has none", async () => {
  expect(await openBuildContext(folder, { resource: "web" })).not.toHaveProperty("ignoreFile");
});

it("an ignore file that cannot be read refuses the build, since what it keeps out would be sent", async () => {
  await mkdir(join(folder, ".dockerignore"));
  await expect(openBuildContext(folder, { resource: "web" })).rejects.toMatchObject({
    code: "DEXT_CONTAINER_BUILD_CONTEXT_INVALID",
    message: expect.stringContaining(".dockerignore"),
  });
});
