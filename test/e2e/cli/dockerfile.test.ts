import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { dext, endLeftDexts } from "../../fixtures/cli/dext-process.ts";
import type { DextOutcome } from "../../fixtures/cli/dext-process.ts";
import { offlineLock, workspaceTree } from "../../fixtures/dockerfile/sample-projects.ts";
import { projectTree } from "../../fixtures/project-tree.ts";

afterEach(endLeftDexts);

interface Workspace {
  path: string;
  run: (...args: string[]) => Promise<DextOutcome>;
  read: (path: string) => Promise<string | undefined>;
}

async function workspace(): Promise<Workspace> {
  const path = await projectTree({
    ...workspaceTree({ range: "1.0.0", packageManager: "npm@11.6.0", packages: false }),
    "package-lock.json": offlineLock(),
  });
  const folder = { path, runtimeDirectory: join(path, ".runs"), remove: async () => {} };
  return {
    path,
    run: (...args) => dext(["dockerfile", ...args], { folder }),
    read: (file) => readFile(join(path, file), "utf8").catch(() => undefined),
  };
}

const file = "services/api/Dockerfile";
const ignoreFile = "services/api/Dockerfile.dockerignore";

describe("dext dockerfile", () => {
  it("writes both files of each program of a workspace, and nothing when it is run again", async () => {
    const { run, read } = await workspace();
    const first = await run();
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toContain(`+ ${file}\n+ ${ignoreFile}\n`);
    expect(first.stdout).toContain(`docker build --file ${file} --tag api .`);
    expect(await read(file)).toContain('CMD ["node", "dist/main.js"]');
    expect(await read("packages/lib/Dockerfile")).toBeUndefined();
    expect(await run("--check")).toMatchObject({ code: 0 });
    expect((await run()).stdout).toContain("Nothing to change");
  });

  it("shows what it would do without doing it, as a diff, as JSON and with the reason of each line", async () => {
    const { run, read } = await workspace();
    expect((await run("--dry-run", "services/api")).stdout).toContain("+CMD [");
    const { version, dockerfiles } = JSON.parse((await run("--json")).stdout) as {
      version: number;
      dockerfiles: { dockerfile: { path: string } }[];
    };
    expect([version, dockerfiles.map(({ dockerfile }) => dockerfile.path)]).toEqual([1, [file]]);
    expect((await run("--explain")).stdout).toMatch(/FROM tools AS manifests\n +\^ .+\n/);
    expect(await run("--check")).toMatchObject({ code: 3 });
    expect(await read(file)).toBeUndefined();
  });

  it("leaves a hand-written Dockerfile as it is until it is told otherwise", async () => {
    const { path, run, read } = await workspace();
    await writeFile(join(path, file), "FROM scratch\n");
    const refused = await run();
    expect(refused).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("DEXT_GENERATE_CONFLICT") as unknown,
    });
    expect([await read(file), await read(ignoreFile)]).toEqual(["FROM scratch\n", undefined]);
    expect(await run("--on-conflict", "new")).toMatchObject({ code: 0 });
    expect(await read(file)).toBe("FROM scratch\n");
    expect(await read(`${file}.new`)).toContain("USER 1000:1000");
    await rm(join(path, `${file}.new`));
    expect(await run("--on-conflict", "overwrite")).toMatchObject({ code: 0 });
    expect(await read(file)).toContain("USER 1000:1000");
  });

  it("writes none of several when one of them cannot be made", async () => {
    const { path, run, read } = await workspace();
    await writeFile(
      join(path, "packages/other/package.json"),
      '{ "name": "@acme/other", "scripts": { "start": "node gone.js" } }',
    );
    const outcome = await run();
    expect(outcome).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("DEXT_DOCKERFILE_ENTRY_POINT_MISSING") as unknown,
    });
    expect(await read(file)).toBeUndefined();
  });

  it("names a wrong profile", async () => {
    const { run } = await workspace();
    expect(await run("--profile", "old")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("portable or modern") as unknown,
    });
  });
});
