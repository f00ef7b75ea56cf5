import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { dext, endLeftDexts, startDext } from "../../fixtures/cli/dext-process.ts";
import type { DextOptions, DextOutcome } from "../../fixtures/cli/dext-process.ts";
import { docker, isPodman, useDockerEngine } from "../../fixtures/docker-engine.ts";
import type { TestEngine } from "../../fixtures/docker-engine.ts";
import { hasNpm, nodeBuilderImage } from "../../fixtures/dockerfile/build-engine.ts";
import { offlineLock, workspaceTree } from "../../fixtures/dockerfile/sample-projects.ts";
import { projectTree } from "../../fixtures/project-tree.ts";

interface Document {
  version: number;
  passed: boolean;
  projects: {
    name: string;
    image?: { size: number };
    checks: { check: string; result: string; found: string; duration?: number; lines?: string[] }[];
  }[];
}

const file = "services/api/Dockerfile";

async function workspace(): Promise<DextOptions["folder"]> {
  const path = await projectTree({
    ...workspaceTree({ range: "1.0.0", packageManager: "", packages: false }),
    "package.json": {
      name: "root",
      private: true,
      workspaces: ["packages/*", "services/*"],
    },
    "package-lock.json": offlineLock(),
  });
  return { path, runtimeDirectory: join(path, ".runs") };
}

afterEach(endLeftDexts);

describe.skipIf(!docker.available || isPodman || !hasNpm)(`dext dockerfile --check ${docker.reason}`, () => {
  let used: TestEngine;
  let base: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    used = await useDockerEngine();
    base = await nodeBuilderImage(used);
    env = { DOCKER_HOST: `unix://${used.socketPath}` };
  }, 90_000);

  afterAll(async () => {
    await used?.release();
  });

  /** Of a machine under load no one-second stop is asked. */
  const given = (): string[] => [
    "--build-arg",
    `BASE_IMAGE=${base}`,
    "--build-network",
    "host",
    "--stop-within",
    "4s",
  ];
  const left = async (): Promise<string[]> => {
    const images = await used.engine.json<{ RepoTags: string[] | null }[]>({ path: "/images/json" });
    return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.startsWith("dext/check"));
  };

  it("finds that all holds of what dext dockerfile has written, and leaves nothing behind", async () => {
    const folder = await workspace();
    expect(await dext(["dockerfile"], { folder })).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await dext(["dockerfile", "--check", ...given()], { folder, env });
    expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
    const rows = stdout.trim().split("\n");
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 3).join(" | "))).toEqual(
      [
        ["is built", "Dockerfile without finding", "runs as a user that is not root"],
        ["no sources beside the build", "no secret", "no tests", "no other packages of the workspace"],
        ["starts on a read-only root without rights", "becomes healthy", "stops when it is told to"],
      ]
        .flat()
        .map((what) => `ok | @acme/api | ${what}`),
    );
    expect(stdout).toMatch(/is built +in [\d.]+ m?s, [\d.]+ MiB$/m);
    expect(stdout).toMatch(/not root +1000:1000$/m);
    expect(stdout).toMatch(/ended with exit code 0, [\d.]+ m?s after SIGTERM$/m);
    expect(stderr).toContain("10 of 10 hold; Docker ");
    expect(await left()).toEqual([]);
  }, 60_000);

  it("tells of a careless Dockerfile all that does not hold, and nothing else", async () => {
    const bad = await workspace();
    await writeFile(
      join(bad.path, file),
      [`FROM ${base}`, "WORKDIR /srv/api", "COPY . .", "RUN node build.config.js"].join("\n") +
        // A shell of two commands stays between the engine and the program.
        '\nCMD ["/bin/sh", "-c", "trap : TERM; node -e \'setTimeout(String, 1e6)\'; echo"]\n',
    );
    const { code, stdout } = await dext(
      ["dockerfile", "--check", "--json", "--stop-within", "0ms", "services/api"],
      { folder: bad, env },
    );
    const { version, passed, projects } = JSON.parse(stdout) as Document;
    expect([code, version, passed]).toEqual([4, 1, false]);
    const checks = projects[0]?.checks ?? [];
    const failed = Object.fromEntries(
      checks.filter(({ result }) => result === "failed").map((row) => [row.check, row.found]),
    );
    expect(failed).toEqual({
      lint: expect.stringContaining("in line") as unknown,
      user: "root, since no USER is set",
      sources: "/srv/api/src/main.js, /srv/api/src/main.test.js",
      secrets: "/srv/api/.env, /srv/api/server.pem",
      tests: expect.stringContaining("/srv/api/src/main.test.js") as unknown,
      healthy: "no HEALTHCHECK",
      stops: expect.stringMatching(/^does not end at SIGTERM: killed after /) as unknown,
    });
    expect(checks.filter(({ result }) => result === "ok").map((row) => row.check)).toEqual([
      "built",
      "workspace",
      "starts",
    ]);
  }, 60_000);

  it("shows the end of a build that fails, and of the output of a program that does not start", async () => {
    const broken = await workspace();
    await writeFile(join(broken.path, file), `FROM ${base}\nRUN echo nothing here && exit 7\n`);
    const args = ["dockerfile", "--check", "services/api"];
    const unbuilt = await dext(args, { folder: broken, env });
    expect(unbuilt).toMatchObject({ code: 4 });
    expect(unbuilt.stdout).toMatch(
      /^failed +@acme\/api +is built +.*(?:exit code|returned a non-zero code): 7/m,
    );
    expect(unbuilt.stdout).toMatch(
      /The last lines of the build of @acme\/api:\n(?: {2}.*\n)* {2}nothing here\n/,
    );
    expect(unbuilt.stdout).toMatch(/^skipped +@acme\/api +becomes healthy +there is no image$/m);

    const needy = 'if (!process.env.SHOP) throw new Error("no SHOP"); require("fs").writeFileSync("/x", "");';
    await writeFile(join(broken.path, "start.cjs"), needy);
    await writeFile(join(broken.path, "services/api/start.cjs"), needy);
    await writeFile(
      join(broken.path, file),
      `FROM ${base}\nCOPY start.cjs ./\nUSER 1000:1000\nCMD ["node", "start.cjs"]\n`,
    );
    const { stdout } = await dext(args, { folder: broken, env });
    expect(stdout).toMatch(/^failed .*without rights +ended with exit code 1 after /m);
    expect(stdout).toContain("by --env NAME=value or --env-from <file>");
    expect(stdout).toContain("Error: no SHOP");
    const told = await dext([...args, "--env", "SHOP=1"], { folder: broken, env });
    expect(told.stdout).toContain("It writes to its own file system");
    expect(await left()).toEqual([]);
  }, 60_000);

  it("asks no health of a job, and no stop of one that is done", async () => {
    const path = await projectTree({
      "package.json": { name: "job", type: "module", scripts: { start: "node job.js" } },
      "job.js": 'console.log("done");\n',
    });
    const folder = { path, runtimeDirectory: join(path, ".runs") };
    expect(await dext(["dockerfile"], { folder })).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await dext(["dockerfile", "--check", ...given()], { folder, env });
    expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^ok .*without rights +ended with exit code 0 after /m);
    expect(stdout).toMatch(/^skipped .*stops when it is told to +it had ended$/m);
    expect(stderr).toMatch(/\d of \d hold, 2 could not be told; /);

    // An image that is there is checked and stays; this one says nothing of what it runs.
    const checked = await dext(["dockerfile", "--check", "--image", base], { folder, env });
    expect(checked.code).toBe(4);
    expect(checked.stdout).toContain(`"${base}", `);
    expect(checked.stdout).toMatch(/^failed .*without rights +no command specified$/im);
    expect(checked.stdout).toMatch(/^skipped .*no secret +no container can be made of it$/m);
    expect(await nodeBuilderImage(used)).toBe(base);
  }, 60_000);

  it("removes what it has made when it is interrupted", async () => {
    const slow = await workspace();
    await writeFile(
      join(slow.path, file),
      `FROM ${base}\nCMD ["node", "-e", "setTimeout(String, 1e6)"]\nHEALTHCHECK CMD false\n`,
    );
    const running = startDext(["dockerfile", "--check", "services/api"], { folder: slow, env });
    await running.says("running it", { on: "stderr" });
    running.signal("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    expect([code, stdout]).toEqual([130, ""]);
    expect(stderr).toContain("DEXT_CLI_INTERRUPTED");
    expect(await left()).toEqual([]);
    const containers = await used.engine.json<{ Names: string[] }[]>({
      path: "/containers/json",
      query: { all: true },
    });
    expect(
      containers.flatMap(({ Names }) => Names).filter((name) => name.startsWith("/dext-check-")),
    ).toEqual([]);
  }, 60_000);
});

describe("dext dockerfile --check refuses", () => {
  it.each([
    ["no engine", ["--check"], 3, /DEXT_CONTAINER_ENGINE_MISSING[^]*\nhint: /],
    [
      "no Dockerfile",
      ["--check", "--missing"],
      3,
      /DEXT_CLI_DOCKERFILE_MISSING[^]*hint: .*dext dockerfile services\/api/,
    ],
    [
      "secrets of a build",
      ["--check", "--secret"],
      3,
      /DEXT_CLI_DOCKERFILE_SECRETS[^]*hint: .*--check --image api services\/api/,
    ],
    [
      "a variable that is not there",
      ["--check", "--env", "NOT_SET_ANYWHERE"],
      2,
      /"NOT_SET_ANYWHERE", which is no variable/,
    ],
    [
      "a file of variables that is not there",
      ["--check", "--env-from", "gone"],
      2,
      /DEXT_CLI_FILE_UNREADABLE/,
    ],
    [
      "to build what is there",
      ["--check", "--image", "a", "--build-arg", "A=b"],
      2,
      /--build-arg does not go with --image/,
    ],
    ["options of the others", ["--check", "--dry-run"], 2, /--dry-run does not go with --check/],
    ["its options without it", ["--env", "A=b"], 2, /--env goes with --check only/],
  ] as const)("%s, and says what to do", async (_what, args, code, message) => {
    const outcome = await refuse(args);
    expect(outcome).toMatchObject({ code, stdout: "" });
    expect(outcome.stderr).toMatch(message);
  });
});

/** Checks where there is no engine; nothing may have changed. */
async function refuse(args: readonly string[]): Promise<DextOutcome> {
  const folder = await workspace();
  await dext(["dockerfile"], { folder });
  if (args.includes("--missing")) await rm(join(folder.path, file));
  if (args.includes("--secret"))
    await writeFile(join(folder.path, file), "FROM a\nRUN --mount=type=secret,id=npmrc npm ci\n");
  const before = await readdir(folder.path);
  const rest = args.filter((arg) => !["--missing", "--secret"].includes(arg));
  const outcome = await dext(["dockerfile", ...rest], {
    folder,
    env: { DOCKER_HOST: "unix:///nowhere/docker.sock" },
  });
  expect(await readdir(folder.path)).toEqual(before);
  return outcome;
}
