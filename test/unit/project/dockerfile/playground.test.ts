import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { detectProject } from "@dext/project";
import { planDockerfile } from "@dext/project/dockerfile";

const playground = join(import.meta.dirname, "../../../../playground");

// `npx dext dockerfile` in the playground writes them anew.
describe("the Dockerfiles of the playground", () => {
  it.each(["api", "inventory", "seed", "web", "worker"])(
    "of %s are as they would be written now",
    async (name) => {
      const { context, dockerfile, ignoreFile, warnings } = await planDockerfile(
        await detectProject(join(playground, name)),
      );
      expect(await readFile(join(context, dockerfile.path), "utf8")).toBe(dockerfile.text);
      expect(await readFile(join(context, ignoreFile.path), "utf8")).toBe(ignoreFile.text);
      expect(warnings).toEqual([]);
      const record = JSON.parse(
        await readFile(join(playground, `.dext/generated/dockerfile-${name}.json`), "utf8"),
      ) as {
        files: Record<string, { lines: string[] }>;
      };
      expect(record.files[`${name}/Dockerfile`]?.lines.join("\n")).toBe(dockerfile.text);
    },
  );

  it("leave the page of Vite to whoever serves files", async () => {
    await expect(planDockerfile(await detectProject(join(playground, "stock")))).rejects.toMatchObject({
      code: "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
    });
  });
});
