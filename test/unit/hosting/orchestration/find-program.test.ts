import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findProgram } from "../../../../hosting/src/orchestration/find-program.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dext-programs-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function program(path: string, mode = 0o755): Promise<string> {
  const file = join(folder, path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, "#!/bin/sh\n");
  await chmod(file, mode);
  return file;
}

describe("findProgram", () => {
  it("looks in the first folders, then on the PATH, then in the others", async () => {
    const [first, onPath, other] = [
      await program("first/tool"),
      await program("path/tool"),
      await program("other/tool"),
    ];
    const options = {
      first: [join(folder, "first")],
      path: join(folder, "path"),
      folders: [join(folder, "other")],
    };
    expect(await findProgram("tool", options)).toBe(first);
    expect(await findProgram("tool", { ...options, first: [] })).toBe(onPath);
    expect(await findProgram("tool", { ...options, first: [], path: "" })).toBe(other);
    expect(await findProgram("tool", { path: "" })).toBeUndefined();
  });

  it("passes over what is no executable file", async () => {
    await program("a/tool", 0o644);
    await mkdir(join(folder, "b/tool"), { recursive: true });
    expect(await findProgram("tool", { path: `${join(folder, "a")}:${join(folder, "b")}` })).toBeUndefined();
  });

  it("takes the highest version where a folder has a star", async () => {
    await program("pg/9/bin/initdb");
    const newest = await program("pg/15/bin/initdb");
    expect(await findProgram("initdb", { path: "", folders: [join(folder, "pg/*/bin")] })).toBe(newest);
  });

  it("takes the binary behind the script that npm's package deno puts on the PATH", async () => {
    await program("node_modules/deno/bin.cjs");
    const binary = await program("node_modules/deno/deno");
    await mkdir(join(folder, "node_modules/.bin"));
    await symlink("../deno/bin.cjs", join(folder, "node_modules/.bin/deno"));
    expect(await findProgram("deno", { path: join(folder, "node_modules/.bin") })).toBe(binary);
  });
});
