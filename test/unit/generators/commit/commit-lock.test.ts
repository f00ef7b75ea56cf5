import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { systemClock } from "@dext/core";
import type { ChangePlan } from "@dext/generators";
import { commit, PlanBuilder, recover } from "@dext/generators";
import { describe, expect, it } from "vitest";
import { commitOn } from "../../../../generators/src/commit/commit.ts";
import type { CommitFileSystem } from "../../../../generators/src/commit/commit-file-system.ts";
import { diskFileSystem } from "../../../../generators/src/commit/commit-file-system.ts";
import { takeLock } from "../../../../generators/src/commit/commit-lock.ts";
import type { CommitLock } from "../../../../generators/src/commit/commit-lock.ts";
import { thisMachine } from "../../../../generators/src/commit/commit-machine.ts";
import { sampleChange, writeSampleTree } from "../../../fixtures/generators/sample-change.ts";
import { steppingFileSystem } from "../../../fixtures/generators/stepping-file-system.ts";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

function oneFile(root: string, name = "a.txt"): ChangePlan {
  const builder = new PlanBuilder(root);
  builder.write(name, name);
  return builder.build();
}

/** The lock of a process of which nobody knows when it started. */
function lockOf(pid: number): string {
  return JSON.stringify({ number: 1, owner: { pid, startTime: "" }, madeFolders: [] });
}

describe("the lock of a target", () => {
  it("is held by one at a time, who is named to the others, and leaves nothing", async () => {
    const root = await targetFolder();
    const plan = oneFile(root);
    const lock = await takeLock(root, { machine: thisMachine() });
    await expect(commit(plan)).rejects.toMatchObject({
      code: "DEXT_GENERATE_LOCKED",
      details: { pid: process.pid, target: root },
    });
    await expect(recover(root)).rejects.toMatchObject({ code: "DEXT_GENERATE_LOCKED" });
    lock.release();
    expect(snapshot(root)).toEqual({});
    expect(await commit(plan)).toMatchObject({ created: ["a.txt"] });
  });

  it("goes to exactly one of many that take it over from a process that has ended", async () => {
    const root = await targetFolder();
    mkdirSync(join(root, ".dext/commit"), { recursive: true });
    // The pid lives, but it is another process's: ours started at another time.
    const owner = { pid: process.pid, startTime: "1@00000000" };
    writeFileSync(join(root, ".dext/commit/lock.7"), JSON.stringify({ number: 7, owner, madeFolders: [] }));
    const taken = await Promise.allSettled(
      Array.from({ length: 20 }, () => takeLock(root, { machine: thisMachine() })),
    );
    const winners = taken.filter((each) => each.status === "fulfilled");
    expect(winners).toHaveLength(1);
    expect(readdirSync(join(root, ".dext/commit"))).toEqual(["lock.8"]);
    winners[0]?.value.release();
    expect(snapshot(root)).toEqual({});
  });

  it("is not had by who finds a lock of the dead when others have taken that over, ended and begun anew", async () => {
    const root = await targetFolder();
    mkdirSync(join(root, ".dext/commit"), { recursive: true });
    const owner = { pid: process.pid, startTime: "1@00000000" };
    writeFileSync(join(root, ".dext/commit/lock.7"), JSON.stringify({ number: 7, owner, madeFolders: [] }));
    const others: CommitLock[] = [];
    const disk: CommitFileSystem = {
      ...diskFileSystem,
      async writeNew(path, data, options) {
        if (others.length === 0) {
          (await takeLock(root, { machine: thisMachine() })).release();
          others.push(await takeLock(root, { machine: thisMachine() }));
        }
        await diskFileSystem.writeNew(path, data, options);
      },
    };
    await expect(takeLock(root, { machine: { ...thisMachine(), disk } })).rejects.toMatchObject({
      code: "DEXT_GENERATE_LOCKED",
    });
    expect(readdirSync(join(root, ".dext/commit"))).toEqual(["lock.1"]);
    others[0]?.release();
    expect(snapshot(root)).toEqual({});
  });

  it("binds others also where the system does not tell when its holder started", async () => {
    const root = await targetFolder({ ".dext/commit/lock.1": lockOf(process.pid) });
    await expect(recover(root)).rejects.toMatchObject({ code: "DEXT_GENERATE_LOCKED" });
    // No process has so high a number.
    writeFileSync(join(root, ".dext/commit/lock.1"), lockOf(4_194_305));
    expect(await recover(root)).toEqual({ outcome: "none", left: [] });
  });

  it("that cannot be read counts as held for a moment only", async () => {
    const root = await targetFolder({ ".dext/commit/lock.1": "{ half" });
    await expect(commit(oneFile(root))).rejects.toMatchObject({ code: "DEXT_GENERATE_LOCKED" });
  });

  it.each(["lock.007", "lock.99999999999999999999"])("is no file such as %s, which stays", async (name) => {
    const root = await targetFolder({ [`.dext/commit/${name}`]: lockOf(4_194_305) });
    expect(await recover(root)).toEqual({ outcome: "none", left: [] });
    expect(readdirSync(join(root, ".dext/commit"))).toEqual([name]);
  });

  it("is not waited for where no folder can be made", async () => {
    const root = await targetFolder();
    symlinkSync("nowhere", join(root, "link"));
    await expect(takeLock(join(root, "link"), { machine: thisMachine() })).rejects.toMatchObject({
      code: "DEXT_GENERATE_COMMIT_FAILED",
    });
    expect(snapshot(root)).toEqual({ link: "link nowhere" });
  });

  it("needs a folder, and leaves a file in its place alone", async () => {
    const root = await targetFolder({ ".dext": "a file" });
    await expect(commit(oneFile(root))).rejects.toMatchObject({
      code: "DEXT_GENERATE_NOT_A_FILE",
    });
    expect(snapshot(root)).toEqual({ ".dext": "file 644 a file" });
  });
});

describe("a recovery", () => {
  it("takes a commit back when somebody has changed a file in between, and leaves that file", async () => {
    const root = await targetFolder();
    writeSampleTree(root);
    const before = snapshot(root);
    const plan = sampleChange(root);
    let renames = 0;
    const disk = steppingFileSystem(({ name, path }) => {
      // The first one that puts a file in place; from then on the process is dead.
      if ((name === "rename" && !path.includes(".dext")) || renames > 0) renames += 1;
      if (renames > 1) throw new Error("cut off");
    });
    const machine = { disk, identity: { pid: 4_194_305, startTime: "dead" }, clock: systemClock };
    await expect(commitOn(plan, machine)).rejects.toMatchObject({
      code: "DEXT_GENERATE_COMMIT_STUCK",
    });
    expect(snapshot(root)).not.toEqual(before);
    writeFileSync(join(root, "run.sh"), "echo mine\n");
    expect(await recover(root)).toEqual({ outcome: "taken-back", left: [] });
    expect(snapshot(root)).toEqual({ ...before, "run.sh": "file 751 echo mine\n" });
  });

  it("refuses a journal that it cannot understand, and touches nothing", async () => {
    const root = await targetFolder({ ".dext/commit/apply.json": '{ "version": 2 }' });
    await expect(recover(root)).rejects.toMatchObject({ code: "DEXT_GENERATE_STATE_INVALID" });
    expect(Object.keys(snapshot(root))).toContain(".dext/commit/apply.json");
  });

  it.each([
    ["leads out of the target", { path: "../victim.txt" }],
    ["takes its contents from elsewhere", { path: "a.txt", temporary: "other/a.txt" }],
  ])("refuses a journal that %s, whoever has put it there", async (_, entry) => {
    const folder = await targetFolder({ "victim.txt": "v", "root/mine": "evil", "root/a.txt": "a" });
    const root = join(folder, "root");
    const entries = [{ kind: "modify", temporary: "mine", backup: "none", ...entry }];
    const journal = { version: 1, id: "1", entries, madeFolders: [], removedFolders: [] };
    mkdirSync(join(root, ".dext/commit"), { recursive: true });
    writeFileSync(join(root, ".dext/commit/apply.json"), JSON.stringify(journal));
    const before = snapshot(folder);
    await expect(recover(root)).rejects.toMatchObject({ code: "DEXT_GENERATE_STATE_INVALID" });
    expect(snapshot(folder)).toEqual(before);
  });

  it("does not follow a folder that has become a link since the commit was cut off", async () => {
    const outside = await targetFolder({ "c.txt": "old" });
    const root = await targetFolder({ "b/c.txt": "old" });
    const builder = new PlanBuilder(root);
    builder.write("b/c.txt", "new");
    const disk = steppingFileSystem(({ name, path }) => {
      if (name === "rename" && path.endsWith("c.txt")) throw new Error("cut off");
      if (path.endsWith("rollback.json")) throw new Error("cut off");
    });
    const machine = { disk, identity: { pid: 4_194_305, startTime: "dead" }, clock: systemClock };
    await expect(commitOn(builder.build(), machine)).rejects.toMatchObject({
      code: "DEXT_GENERATE_COMMIT_STUCK",
    });
    const [temporary = ""] = readdirSync(join(root, "b")).filter((name) => name.endsWith(".new"));
    renameSync(join(root, "b", temporary), join(outside, temporary));
    renameSync(join(root, "b"), join(root, "real"));
    symlinkSync(outside, join(root, "b"));
    await expect(recover(root)).rejects.toMatchObject({ code: "DEXT_GENERATE_SYMLINK" });
    expect(snapshot(outside)["c.txt"]).toBe("file 644 old");
  });

  it("removes no folder for a lock that names one elsewhere", async () => {
    const outside = await targetFolder();
    const lock = { number: 1, owner: { pid: process.pid, startTime: "1@0" }, madeFolders: [outside] };
    const root = await targetFolder({ ".dext/commit/lock.1": JSON.stringify(lock) });
    expect(await recover(root)).toEqual({ outcome: "none", left: [] });
    expect(existsSync(outside)).toBe(true);
  });

  it("of a target without a commit looks, and writes nothing", async () => {
    const root = await targetFolder({ "a.txt": "a" });
    expect(await recover(root)).toEqual({ outcome: "none", left: [] });
    expect(await recover(join(root, "none"))).toEqual({ outcome: "none", left: [] });
    expect(snapshot(root)).toEqual({ "a.txt": "file 644 a" });
  });
});
