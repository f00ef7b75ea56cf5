import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { initFiles } from "../../../../hosting/src/launchers/init-files.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-init-files-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

type Context = Parameters<typeof initFiles>[0];

function find(path: string): Promise<readonly string[]> {
  const resource = { name: "pg", initFiles: path } as Context["resource"];
  return initFiles({ resource, directory }, { extensions: [".sql"] });
}

describe("the files that a resource is filled from", () => {
  it("are those of a folder that fit, by their names, or the one that is named", async () => {
    await mkdir(join(directory, "sql"));
    for (const name of ["2.sql", "1.SQL", "notes.txt"]) await writeFile(join(directory, "sql", name), "");
    expect(await find("sql")).toEqual([join(directory, "sql/1.SQL"), join(directory, "sql/2.sql")]);
    expect(await find("sql/2.sql")).toEqual([join(directory, "sql/2.sql")]);
  });

  it("are refused with the reason why they cannot be looked at", async () => {
    await writeFile(join(directory, "file"), "");
    await symlink("circle", join(directory, "circle"));
    const code = "DEXT_LAUNCH_INIT_FILES_INVALID";
    await expect(find("nowhere")).rejects.toMatchObject({
      code,
      message: `"pg" cannot be filled from "${join(directory, "nowhere")}": it is not there`,
    });
    await expect(find("file/more.sql")).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/: it is not there: a part of the path is a file$/) as string,
    });
    await expect(find("circle")).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/: it leads in a circle of links$/) as string,
    });
    await expect(find("file")).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/: no file of it ends in \.sql$/) as string,
    });
  });
});
