import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { dext, endLeftDexts } from "../../fixtures/cli/dext-process.ts";
import type { DextOutcome } from "../../fixtures/cli/dext-process.ts";
import { offlineLock, workspaceTree } from "../../fixtures/dockerfile/sample-projects.ts";
import { projectTree } from "../../fixtures/project-tree.ts";
import type { ProjectTree } from "../../fixtures/project-tree.ts";

afterEach(endLeftDexts);

interface Workspace {
  path: string;
  /** `dext dockerfile …` */
  run: (...args: string[]) => Promise<DextOutcome>;
  dext: (...args: string[]) => Promise<DextOutcome>;
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
    dext: (...args) => dext(args, { folder }),
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
    expect(await run("--outdated")).toMatchObject({ code: 0 });
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
    expect(await run("--outdated")).toMatchObject({ code: 3 });
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

  it("is also dext new dockerfile, with the same options", async () => {
    const { dext: run, read } = await workspace();
    expect(await run("new", "dockerfile", "--outdated", "services/api")).toMatchObject({
      code: 3,
      stdout: expect.stringContaining(`missing  ${file}\n`) as unknown,
    });
    expect(await run("new", "dockerfile", "services/api", "--profile", "modern")).toMatchObject({ code: 0 });
    expect(await read(file)).toContain("COPY --link ");
    expect((await run("new", "--help")).stdout).toMatch(
      /^  dockerfile  A Dockerfile and its \.dockerignore$/m,
    );
    // Once chosen, a profile stays.
    expect(await run("dockerfile", "--outdated")).toMatchObject({ code: 0 });
  });

  it("tells of each file why it is not as it would be written, also where nothing can be", async () => {
    const { path, run } = await workspace();
    await run();
    const manifest = join(path, "services/api/package.json");
    const text = await readFile(manifest, "utf8");
    await writeFile(manifest, text.replace('"version": "1.0.0"', '"version": "1.0.1"'));
    await writeFile(join(path, ignoreFile), "*\n");
    await writeFile(
      join(path, "packages/other/package.json"),
      '{ "name": "o", "scripts": { "start": "node gone.js" } }',
    );
    const { code, stdout } = await run("--outdated");
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /^outdated +services\/api\/Dockerfile +the project has changed .*; differs from line \d+ on$/m,
    );
    expect(stdout).toMatch(
      /^edited +services\/api\/Dockerfile\.dockerignore +edited since it was written; differs from line 1 on$/m,
    );
    expect(stdout).toMatch(
      /^refused +packages\/other +DEXT_DOCKERFILE_ENTRY_POINT_MISSING: .*"gone\.js" does not exist/m,
    );
    expect(JSON.parse((await run("--outdated", "--json")).stdout)).toMatchObject({
      version: 1,
      current: false,
      outdated: ["packages/other", file, ignoreFile],
      files: [{ state: "refused" }, { state: "outdated" }, { state: "edited", line: 1 }],
    });
  });

  it("is undone, as a whole, except for what was edited since", async () => {
    const { path, run, dext: other, read } = await workspace();
    await run();
    await writeFile(join(path, ignoreFile), "*\n");
    const undone = await other("undo", "--yes");
    expect(undone).toMatchObject({ code: 0 });
    expect(undone.stdout).toContain(`${ignoreFile} stays as it is: it was edited since`);
    expect([await read(file), await read(ignoreFile)]).toEqual([undefined, "*\n"]);
  });

  it("is brought up to date by dext update, which keeps edits and marks what both sides changed", async () => {
    const { path, run, dext: other, read } = await workspace();
    await run();
    const written = (await read(file)) ?? "";
    await writeFile(join(path, file), written.replace("WORKDIR /app\n", "WORKDIR /app\nENV TZ=UTC\n"));
    await writeFile(join(path, ".nvmrc"), "22\n");
    expect(await other("update", "--yes")).toMatchObject({ code: 0 });
    const updated = (await read(file)) ?? "";
    expect(updated).toContain("BASE_IMAGE=library/node:22-bookworm-slim\n");
    expect(updated).toContain("WORKDIR /app\nENV TZ=UTC\n");
    expect((await other("update", "--yes")).stdout).toContain("Nothing to change");

    await writeFile(join(path, file), updated.replace("node:22-bookworm-slim", "node:22-mine"));
    await writeFile(join(path, ".nvmrc"), "24\n");
    expect(await other("update", "--yes")).toMatchObject({ code: 3 });
    expect(await read(file)).toContain("<<<<<<<");
    expect(await other("update", "--yes")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("DEXT_GENERATE_CONFLICTS_REMAIN") as unknown,
    });
  });
});

const bare = {
  "package.json": { name: "api", type: "module", scripts: { start: "node server.js" } },
  "server.js": 'console.log("hello");\n',
};
const dependent = { ...bare["package.json"], dependencies: { ms: "2.1.3" } };

const refused: readonly (readonly [what: string, tree: ProjectTree, code: string, message: RegExp])[] = [
  [
    "a project without a manifest",
    { "server.js": "" },
    "DEXT_DOCKERFILE_PACKAGE_MANAGER_UNKNOWN",
    /there is no package\.json and no deno\.json/,
  ],
  [
    "one without a lock file",
    { ...bare, "package.json": dependent },
    "DEXT_DOCKERFILE_LOCK_FILE_MISSING",
    /no lock file of npm.*hint: Run: npm install/s,
  ],
  [
    "one with lock files that disagree",
    { ...bare, "package.json": dependent, "package-lock.json": {}, "yarn.lock": "# yarn lockfile v1\n" },
    "DEXT_DOCKERFILE_LOCK_FILES_DISAGREE",
    /"yarn\.lock", "package-lock\.json".*hint: Delete the lock files of the others/s,
  ],
  [
    "a workspace whose packages need each other",
    {
      "package.json": { name: "root", workspaces: ["*"] },
      "package-lock.json": {},
      "a/package.json": {
        name: "a",
        version: "1.0.0",
        scripts: { start: "node a.js" },
        dependencies: { b: "1.0.0" },
      },
      "a/a.js": "",
      "b/package.json": { name: "b", version: "1.0.0", main: "b.js", dependencies: { a: "1.0.0" } },
      "b/b.js": "",
    },
    "DEXT_DOCKERFILE_WORKSPACE_CYCLE",
    /a → b → a/,
  ],
  [
    "one that starts what nothing builds",
    { ...bare, "package.json": { ...bare["package.json"], scripts: { start: "node dist/main.js" } } },
    "DEXT_DOCKERFILE_BUILD_SCRIPT_MISSING",
    /package\.json:\d+: .*has no script "build"/,
  ],
  [
    "one whose entry point does not exist",
    { ...bare, "package.json": { ...bare["package.json"], scripts: { start: "node sever.js" } } },
    "DEXT_DOCKERFILE_ENTRY_POINT_MISSING",
    /package\.json:\d+: "sever\.js" does not exist/,
  ],
  [
    "one that asks for a Node that there is none of",
    { ...bare, "package.json": { ...bare["package.json"], engines: { node: ">=99" } } },
    "DEXT_DOCKERFILE_VERSION_UNKNOWN",
    /"package\.json:\d+" asks for Node ">=99"/,
  ],
];

describe("dext dockerfile refuses", () => {
  it.each(refused)("%s by name, and leaves what is there as it is", async (_what, tree, code, message) => {
    const path = await projectTree({ ...tree, Dockerfile: "FROM scratch\n", ".dockerignore": "*\n" });
    const before = (await readdir(path, { recursive: true })).toSorted();
    const run = (...args: string[]): Promise<DextOutcome> =>
      dext(["dockerfile", ...args], {
        folder: { path, runtimeDirectory: join(path, ".runs") },
      });
    const outcome = await run("--on-conflict", "overwrite", ...(tree["a/a.js"] === undefined ? [] : ["a"]));
    expect(outcome).toMatchObject({ code: 3, stdout: "" });
    expect(outcome.stderr).toContain(`error ${code}: `);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).toMatch(/^hint: /m);
    expect((await readdir(path, { recursive: true })).toSorted()).toEqual(before);
    expect(await readFile(join(path, "Dockerfile"), "utf8")).toBe("FROM scratch\n");
  });
});
