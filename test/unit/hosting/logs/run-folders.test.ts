import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listRunFolders, removeOldRunFolders } from "../../../../hosting/src/logs/run-folders.ts";

let directory: string;
beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), "dext-run-folders-test-"))));
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Each run a minute older than the one before. */
async function writeRuns(names: readonly string[]): Promise<void> {
  for (const [age, name] of names.entries()) {
    const folder = join(directory, name);
    await mkdir(folder);
    await writeFile(join(folder, "api.0.000001.log"), "");
    const time = new Date(Date.UTC(2026, 0, 1, 12, -age));
    await utimes(folder, time, time);
  }
}

const runs = async (): Promise<string[]> => (await listRunFolders(directory)).map(({ run }) => run);

describe("the log folders of runs", () => {
  test("are listed newest first, without what is no run's", async () => {
    await writeRuns(["run1", "run2", "run3", "Not-a-run", "..odd"]);
    await writeFile(join(directory, "file"), "");
    expect(await runs()).toEqual(["run1", "run2", "run3"]);
  });

  test("are none where there is no folder", async () => {
    expect(await listRunFolders(join(directory, "nothing"))).toEqual([]);
    expect(await removeOldRunFolders(join(directory, "nothing"), { live: [] })).toEqual([]);
  });

  test("are kept of the ten newest that have ended and of all that go on, whatever their age", async () => {
    const names = Array.from({ length: 14 }, (_, index) => `run${String(index).padStart(2, "0")}`);
    await writeRuns([...names, "Not-a-run"]);
    expect(await removeOldRunFolders(directory, { live: ["run02", "run13"] })).toEqual(["run11", "run12"]);
    const left = names.filter((name) => name !== "run11" && name !== "run12");
    expect(await runs()).toEqual(left);
    expect(await removeOldRunFolders(directory, { live: [], keep: 1 })).toEqual(left.slice(1));
  });
});
