import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  archiveContext,
  contextEntries,
  openBuildContext,
} from "../../../../hosting/src/containers/build-context.ts";

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

it("the state of Dext, which holds passwords, is never part of a build context", async () => {
  await mkdir(join(folder, "app/.dext"), { recursive: true });
  await mkdir(join(folder, ".dext"));
  for (const name of [".dext/parameters.json", "app/.dext/parameters.json", "app/main.js"]) {
    await writeFile(join(folder, name), "{}");
  }
  const paths: string[] = [];
  const context = await openBuildContext(folder, { resource: "web" });
  for await (const { path } of contextEntries(context)) paths.push(path);
  expect(paths).toEqual(["Dockerfile", "app", "app/main.js"]);
});

function refusal(reason: string): object {
  return { code: "DEXT_CONTAINER_BUILD_CONTEXT_INVALID", message: expect.stringContaining(reason) };
}

describe("a build context that cannot be had says why:", () => {
  it("a folder that is not there", async () => {
    await expect(openBuildContext(join(folder, "web"), { resource: "web" })).rejects.toMatchObject(
      refusal(`"${join(folder, "web")}" is not there`),
    );
  });

  it("a file in place of the folder", async () => {
    await expect(openBuildContext(join(folder, "Dockerfile"), { resource: "web" })).rejects.toMatchObject(
      refusal("is no folder"),
    );
  });

  it("a file in the middle of the path", async () => {
    await expect(openBuildContext(join(folder, "Dockerfile/web"), { resource: "web" })).rejects.toMatchObject(
      refusal("is not there: a part of the path is a file"),
    );
  });

  it("a link that leads to itself", async () => {
    await symlink("loop", join(folder, "loop"));
    await expect(openBuildContext(join(folder, "loop"), { resource: "web" })).rejects.toMatchObject(
      refusal("leads in a circle of links"),
    );
  });

  it("a folder in place of the Dockerfile", async () => {
    await mkdir(join(folder, "docker"));
    const options = { resource: "web", dockerfile: "docker" };
    await expect(openBuildContext(folder, options)).rejects.toMatchObject(refusal("is no file"));
  });

  it("a folder above it that this user may not enter", async () => {
    await mkdir(join(folder, "closed/web"), { recursive: true });
    await chmod(join(folder, "closed"), 0o000);
    await asOrdinaryUser(() =>
      expect(openBuildContext(join(folder, "closed/web"), { resource: "web" })).rejects.toMatchObject(
        refusal("may not be looked at by this user"),
      ),
    );
    await chmod(join(folder, "closed"), 0o700);
  });

  it("a file in it that this user may not read, before the engine takes it for a broken connection", async () => {
    await chmod(folder, 0o755);
    await writeFile(join(folder, "key.pem"), "secret", { mode: 0o000 });
    const context = await openBuildContext(folder, { resource: "web" });
    await asOrdinaryUser(() =>
      expect(readAll(archiveContext(context, "web"))).rejects.toMatchObject(
        refusal(`"${join(folder, "key.pem")}" may not be looked at by this user`),
      ),
    );
  });
});

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of chunks) length += chunk.length;
  return length;
}

/** Nothing is closed to root. */
async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}
