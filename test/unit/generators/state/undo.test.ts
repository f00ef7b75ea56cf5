import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commit, planUndo, PlanBuilder, undo, unifiedDiff } from "@dext/generators";
import { expect, it } from "vitest";
import { sampleChange, writeSampleTree } from "../../../fixtures/generators/sample-change.ts";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

async function committed(): Promise<{ root: string; before: Record<string, string> }> {
  const root = await targetFolder();
  writeSampleTree(root);
  const before = snapshot(root);
  await commit(sampleChange(root));
  return { root, before };
}

it("an undo restores the tree bit by bit, with modes, folders and what Dext keeps", async () => {
  const { root, before } = await committed();
  expect(snapshot(root)).not.toEqual(before);
  const { left } = await undo(root);
  expect(left).toEqual([]);
  expect(snapshot(root)).toEqual(before);
});

it("an undo can be looked at before, and changes nothing then", async () => {
  const { root } = await committed();
  const now = snapshot(root);
  const { plan, left, units, committedAt } = await planUndo(root);
  expect({ left, units }).toEqual({ left: [], units: ["service-api"] });
  expect(Math.abs(Date.now() - committedAt)).toBeLessThan(60_000);
  expect(plan.operations.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    "delete api/src/main.ts",
    "delete api/start.sh",
    "create deleted/only.txt",
    "modify edited.txt",
    "modify icon.bin",
    "modify run.sh",
  ]);
  expect(unifiedDiff(plan)).toContain("-console.log(1);");
  expect(snapshot(root)).toEqual(now);
});

it("an undo leaves what was changed since, says so, and keeps the folders that are still needed", async () => {
  const { root } = await committed();
  await writeFile(join(root, "api/src/main.ts"), "my own\n");
  await chmod(join(root, "run.sh"), 0o644);
  await rm(join(root, "api/start.sh"));
  await writeFile(join(root, "deleted/only.txt"), "again");
  const { left, undone } = await undo(root);
  expect(left.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
    { path: "api/src/main.ts", reason: "edited" },
    { path: "api/start.sh", reason: "deleted" },
    { path: "deleted/only.txt", reason: "created-again" },
    { path: "run.sh", reason: "edited" },
  ]);
  expect(undone).toEqual(["edited.txt", "icon.bin"]);
  const now = snapshot(root);
  expect(now["api/src/main.ts"]).toBe("file 644 my own\n");
  expect(now["edited.txt"]).toBe("file 644 one\r\ntwo\r\n");
});

it("an undo leaves a folder that holds something else", async () => {
  const { root } = await committed();
  await mkdir(join(root, "api/notes"));
  await undo(root);
  expect(Object.keys(snapshot(root)).filter((path) => path.startsWith("api"))).toEqual(["api", "api/notes"]);
});

it("an undo leaves what links and files have taken the place of, and follows no link", async () => {
  const outside = await targetFolder({ "src/": "" });
  const root = await targetFolder();
  const builder = new PlanBuilder(root);
  for (const path of ["a.txt", "file/b.txt", "gone/src/c.txt", "moved/d.txt", "e.txt"])
    builder.write(path, path);
  await commit(builder.build());
  await rm(join(root, "a.txt"));
  await symlink("e.txt", join(root, "a.txt"));
  await rm(join(root, "file"), { recursive: true });
  await writeFile(join(root, "file"), "mine");
  await rename(join(root, "moved"), join(root, "real"));
  await symlink("real", join(root, "moved"));
  await rm(join(root, "gone"), { recursive: true });
  await symlink(outside, join(root, "gone"));
  const { left, undone } = await undo(root);
  expect(undone).toEqual(["e.txt"]);
  expect(left.map(({ path, reason }) => `${path} ${reason}`).toSorted()).toEqual([
    "a.txt edited",
    "file/b.txt edited",
    "gone/src/c.txt edited",
    "moved/d.txt edited",
  ]);
  expect(snapshot(root)["real/d.txt"]).toBe("file 644 moved/d.txt");
  expect(Object.keys(snapshot(outside))).toEqual(["src"]);
});

it("an undo of a record that names more folders than there are ends nevertheless", async () => {
  const { root, before } = await committed();
  const path = join(root, ".dext/undo.json");
  const record = (await readFile(path, "utf8")).replace(/"madeLevels":\d+/, '"madeLevels":1e999');
  await writeFile(path, record);
  await undo(root);
  expect(snapshot(root)).toEqual(before);
});

it("only the last commit is undone, once", async () => {
  const { root } = await committed();
  const builder = new PlanBuilder(root);
  builder.write("second.txt", "2");
  const between = snapshot(root);
  await commit(builder.build());
  await undo(root);
  const { ".dext/undo.json": _, ...rest } = between;
  expect(snapshot(root)).toEqual(rest);
  await expect(undo(root)).rejects.toMatchObject({ code: "DEXT_GENERATE_NOTHING_TO_UNDO" });
});

it("a commit that changes nothing is no step to undo", async () => {
  const root = await targetFolder({ "a.txt": "a" });
  const builder = new PlanBuilder(root);
  builder.write("a.txt", "a");
  const before = snapshot(root);
  expect(await commit(builder.build())).toEqual({ changed: false, created: [], modified: [], deleted: [] });
  expect(snapshot(root)).toEqual(before);
});

it("a second commit of the same plan is refused, since the files are no longer as it found them", async () => {
  const root = await targetFolder();
  writeSampleTree(root);
  const plan = sampleChange(root);
  await commit(plan);
  const after = snapshot(root);
  await expect(commit(plan)).rejects.toMatchObject({ code: "DEXT_GENERATE_TARGET_CHANGED" });
  expect(snapshot(root)).toEqual(after);
});

it("a plan that writes below .dext is refused", async () => {
  const builder = new PlanBuilder(await targetFolder());
  builder.write(".dext/generated/x.json", "{}");
  await expect(commit(builder.build())).rejects.toThrowError("what Dext keeps for itself");
});
