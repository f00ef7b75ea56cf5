import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findUncommittedChanges } from "@dext/generators";
import { expect, it } from "vitest";
import { targetFolder } from "../../../fixtures/generators/target-folder.ts";

it("uncommitted changes below a folder are told, new files too, relative to it", async () => {
  const root = await targetFolder({ "app/a b.txt": "1", "app/c.txt": "1", "other.txt": "1" });
  const git = (...parameters: string[]): void => {
    const identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
    execFileSync("git", [...identity, ...parameters], { cwd: root });
  };
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "start");
  expect(await findUncommittedChanges(join(root, "app"))).toEqual([]);
  await writeFile(join(root, "app/a b.txt"), "2");
  await writeFile(join(root, "app/größe.txt"), "2");
  await writeFile(join(root, "other.txt"), "2");
  expect(await findUncommittedChanges(join(root, "app"))).toEqual(["a b.txt", "größe.txt"]);
});

it("there are no uncommitted changes where there is no repository, or no folder", async () => {
  const root = await targetFolder();
  expect(await findUncommittedChanges(root)).toEqual([]);
  expect(await findUncommittedChanges(join(root, "none"))).toEqual([]);
});
