import { stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { partTimes } from "../../../../cli/src/dockerfile/part-times.ts";
import { projectTree } from "../../../fixtures/project-tree.ts";

describe("files of several projects that are written at once", () => {
  it("have times of their own, none of them to come, so that an old BuildKit takes none for another", async () => {
    const names = ["a/Dockerfile", "b/Dockerfile", "b/Dockerfile.dockerignore"];
    const folder = await projectTree(Object.fromEntries(names.map((name) => [name, "FROM scratch\n"])));
    const paths = names.map((name) => join(folder, name));
    const now = new Date();
    for (const path of paths) await utimes(path, now, now);
    await partTimes(paths);
    const times = await Promise.all(paths.map(async (path) => (await stat(path)).mtimeMs));
    expect(new Set(times).size).toBe(paths.length);
    expect(Math.max(...times)).toBeLessThanOrEqual(now.getTime());
  });
});
