import { chmod, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isRunId, newRunId, openRuntimeDirectory, runPaths } from "@dext/hosting/control";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dext-rd-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (path: string) => openRuntimeDirectory({ environment: { DEXT_RUNTIME_DIRECTORY: path } });

describe("openRuntimeDirectory", () => {
  test("makes the folder for this user only, with the folders above it", async () => {
    const path = await open(join(folder, "a", "b"));
    expect((await lstat(path)).mode & 0o777).toBe(0o700);
  });

  test("takes the folder again when it is there", async () => {
    await open(join(folder, "a"));
    await expect(open(join(folder, "a"))).resolves.toBe(join(folder, "a"));
  });

  test("takes XDG_RUNTIME_DIR when it is a folder of this user, else the temporary folder", async () => {
    await expect(openRuntimeDirectory({ environment: { XDG_RUNTIME_DIR: folder } })).resolves.toBe(
      join(folder, "dext"),
    );
    await expect(
      openRuntimeDirectory({ environment: { XDG_RUNTIME_DIR: join(folder, "nowhere") } }),
    ).resolves.toBe(join(tmpdir(), `dext-${process.geteuid?.()}`));
  });

  test("refuses a symbolic link, also one that leads nowhere", async () => {
    await mkdir(join(folder, "real"), { mode: 0o700 });
    await symlink(join(folder, "real"), join(folder, "link"));
    await symlink(join(folder, "nothing"), join(folder, "dangling"));
    await expect(open(join(folder, "link"))).rejects.toMatchObject({ code: "DEXT_CONTROL_DIRECTORY_UNSAFE" });
    await expect(open(join(folder, "dangling"))).rejects.toMatchObject({
      code: "DEXT_CONTROL_DIRECTORY_UNSAFE",
    });
  });

  test("refuses a file", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(open(join(folder, "file"))).rejects.toMatchObject({ code: "DEXT_CONTROL_DIRECTORY_UNSAFE" });
  });

  test("refuses a folder that others may open, and says how to close it", async () => {
    await mkdir(join(folder, "wide"));
    await chmod(join(folder, "wide"), 0o755);
    await expect(open(join(folder, "wide"))).rejects.toMatchObject({
      code: "DEXT_CONTROL_DIRECTORY_UNSAFE",
      message: expect.stringContaining("mode is 755, wanted: 700"),
      hint: expect.stringContaining("chmod 700"),
    });
  });

  test.skipIf(process.geteuid?.() !== 0)("refuses the folder of another user (needs root)", async () => {
    const { chown } = await import("node:fs/promises");
    await mkdir(join(folder, "theirs"), { mode: 0o700 });
    await chown(join(folder, "theirs"), 65534, 65534);
    await expect(open(join(folder, "theirs"))).rejects.toMatchObject({
      code: "DEXT_CONTROL_DIRECTORY_UNSAFE",
      message: expect.stringContaining("belongs to the user with the id 65534, wanted: 0"),
    });
  });

  test("says why a folder cannot be made", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(open(join(folder, "file", "below"))).rejects.toMatchObject({
      code: "DEXT_CONTROL_DIRECTORY_UNUSABLE",
    });
  });
});

describe("runPaths", () => {
  test("refuses an id that leaves the folder", () => {
    for (const run of ["../evil", "a/b", "", "A", "a.b", "x".repeat(33)]) {
      expect(() => runPaths(folder, run)).toThrow(
        expect.objectContaining({ code: "DEXT_CONTROL_RUN_ID_INVALID" }),
      );
    }
  });

  test("refuses a socket path that the system would not take", () => {
    expect(() => runPaths(`/tmp/${"x".repeat(90)}`, "abcd1234")).toThrow(
      expect.objectContaining({ code: "DEXT_CONTROL_SOCKET_PATH_TOO_LONG" }),
    );
  });
});

test("newRunId gives eight lower-case letters and digits", () => {
  const ids = Array.from({ length: 100 }, newRunId);
  expect(ids.every((id) => id.length === 8 && isRunId(id))).toBe(true);
  expect(new Set(ids).size).toBe(100);
});
