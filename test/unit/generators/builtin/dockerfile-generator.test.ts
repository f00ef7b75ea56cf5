import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commit, plan, planUpdate } from "@dext/generators";
import { projectTree } from "../../../fixtures/project-tree.ts";

const tree = {
  "services/api/package.json": { name: "api", type: "module", scripts: { start: "node main.js" } },
  "services/api/main.js": "",
  "services/api/.nvmrc": "22\n",
};

describe("the generator of Dockerfiles", () => {
  it("makes those of a folder from code, with an answer and a unit for each", async () => {
    const target = await projectTree(tree);
    const made = await plan("dockerfile", { path: "services/api" }, { target });
    expect(made.operations.map(({ kind, path }) => [kind, path])).toEqual([
      ["create", "services/api/.dockerignore"],
      ["create", "services/api/Dockerfile"],
    ]);
    expect(made.records).toMatchObject([
      {
        unit: expect.stringMatching(/^dockerfile-services-api-[\da-f]{6}$/) as unknown,
        generator: "dockerfile",
        answers: { path: "services/api", profile: "portable" },
      },
    ]);
    const refused = plan("dockerfile", { path: "services/nowhere" }, { target });
    await expect(refused).rejects.toMatchObject({ code: "DEXT_PROJECT_FOLDER_MISSING" });
  });

  it("plans them anew in an update, by the answers of then", async () => {
    const target = await projectTree(tree);
    await commit(await plan("dockerfile", { path: "services/api", profile: "modern" }, { target }));
    await writeFile(join(target, "services/api/.nvmrc"), "24\n");
    await commit(await planUpdate(undefined, { target }));
    const text = await readFile(join(target, "services/api/Dockerfile"), "utf8");
    expect(text).toContain("# syntax=");
    expect(text).toContain("library/node:24-");
  });
});
