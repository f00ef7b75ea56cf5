import { stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { PlanBuilder } from "@dext/generators";
import { describe, expect, it } from "vitest";
import { partTimes } from "../../../../cli/src/dockerfile/part-times.ts";
import { projectTree } from "../../../fixtures/project-tree.ts";

describe("files of several projects that are written at once", () => {
  it("have times of their own, none of them to come, so that an old BuildKit takes none for another", async () => {
    const paths = ["a/Dockerfile", "b/Dockerfile", "b/Dockerfile.dockerignore", "b/main.ts"];
    const target = await projectTree(Object.fromEntries(paths.map((path) => [path, "FROM scratch\n"])));
    const now = new Date();
    for (const path of paths) await utimes(join(target, path), now, now);
    const builder = new PlanBuilder(target);
    for (const path of paths) builder.write(path, "FROM scratch AS other\n");
    await partTimes(builder.build());
    const times = await Promise.all(paths.map(async (path) => (await stat(join(target, path))).mtimeMs));
    expect(new Set(times.slice(0, 3)).size).toBe(3);
    expect(times[3]).toBe(now.getTime());
    expect(Math.max(...times)).toBeLessThanOrEqual(now.getTime());
  });
});
