import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createAppFolder } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { dext, endLeftDexts, startDext } from "../../fixtures/cli/dext-process.ts";
import type { DextProcess } from "../../fixtures/cli/dext-process.ts";
import { appHost, failingServer, job, server } from "../../fixtures/cli/services.ts";

describe("with a run of this folder", () => {
  let folder: AppFolder;
  let run: DextProcess;
  beforeAll(async () => {
    folder = await createAppFolder({
      "api.js": server,
      "job.js": job,
      "bad.js": failingServer,
      "services/api/notes.txt": "",
      "apphost.ts": appHost(
        'host.addNodeApp("api", "./api.js").withReplicas(2);',
        'host.addNodeApp("job", "./job.js", { http: false });',
        'host.addNodeApp("bad", "./bad.js", { http: false });',
        'host.addNodeApp("later", "./api.js").withExplicitStart();',
      ),
    });
    run = startDext(["run"], { folder });
    await run.says("resources are up after");
  });
  afterAll(async () => {
    await endLeftDexts();
    await folder.remove();
  });

  test("dext ps shows each replica with its state, health and endpoints", async () => {
    const { code, stdout } = await dext(["ps"], { folder });
    expect(code).toBe(0);
    const [head, ...rows] = stdout.trimEnd().split("\n").slice(1);
    expect(head).toMatch(/^NAME +KIND +STATE +HEALTH +LAUNCHER +RESTARTS +CPU +MEMORY +PID +ENDPOINTS$/);
    expect(rows[0]).toMatch(/^api\.0 +node +Running +Healthy +process +\d+ +http:\/\/localhost:\d+$/);
    expect(rows.map((row) => row.split(/\s+/)[0])).toEqual(["api.0", "api.1", "job", "bad", "later"]);
  });

  test("dext ps --json prints the versioned document", async () => {
    const { stdout } = await dext(["ps", "--json"], { folder });
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ version: 1, run: expect.stringMatching(/^[a-z0-9]{8}$/) });
    expect(document.resources[0]).toMatchObject({
      name: "api",
      kind: "node",
      replica: 0,
      state: "Running",
      health: "Healthy",
      launcher: "process",
      pid: expect.any(Number),
      endpoints: [{ name: "http", url: expect.stringMatching(/^http:\/\/localhost:\d+$/) }],
    });
  });

  test("is found from a folder below, by its id from anywhere, and not from a folder beside", async () => {
    expect(await dext(["ps"], { folder, cwd: "services/api" })).toMatchObject({ code: 0 });
    const id = JSON.parse((await dext(["ps", "--json"], { folder })).stdout).run;
    expect(await dext(["ps", "--run", id], { folder, cwd: ".." })).toMatchObject({ code: 0 });
    const lost = await dext(["ps"], { folder, cwd: ".." });
    expect(lost).toMatchObject({ code: 3, stdout: "" });
    expect(lost.stderr).toMatch(
      /^error DEXT_CLI_RUN_NOT_FOUND: No run was started in ".*" or a folder above\n/,
    );
    expect(lost.stderr).toContain(
      `hint: These run elsewhere, choose with --run <id>: ${id} (shop, ${folder.path})`,
    );
    const unknown = await dext(["stop", "--run", "nosuch00", "--json"], { folder });
    expect(unknown).toMatchObject({ code: 3, stderr: "" });
    expect(JSON.parse(unknown.stdout)).toMatchObject({
      error: { code: "DEXT_CLI_RUN_NOT_FOUND", details: { runs: [{ run: id }] } },
    });
  });

  test.each([
    [["wait", "api", "job"], 0, /^Healthy: api, job\n$/, ""],
    [["wait", "job", "--for", "finished"], 0, /^Finished: job\n$/, ""],
    [["wait", "job", "bad", "later", "--for", "stopped"], 0, /^Stopped: job, bad, later\n$/, ""],
    [
      ["wait", "--timeout", "20s"],
      4,
      /^$/,
      /DEXT_CLI_WAIT_FAILED: Not healthy and cannot get there any more: "bad" \(Exited: .*7/,
    ],
    [
      ["wait", "api", "--for", "stopped", "--timeout", "300ms"],
      4,
      /^$/,
      /Not stopped within 300 ms: "api" \(Running, Healthy\)/,
    ],
    [["wait", "later", "--timeout", "300ms"], 4, /^$/, /Not healthy within 300 ms: "later" \(NotStarted/],
    [["wait", "appi"], 2, /^$/, /DEXT_CLI_RESOURCE_UNKNOWN: .*\nhint: Did you mean api\?/],
    [
      ["wait", "--for", "happy"],
      2,
      /^$/,
      /DEXT_CLI_OPTION_INVALID: --for is "happy", wanted: healthy, running/,
    ],
    [["wait", "--timeout", "soon"], 2, /^$/, /DEXT_CLI_OPTION_INVALID: --timeout is "soon"/],
  ])("dext %j ends with %i", async (args, code, stdout, stderr) => {
    const outcome = await dext(args, { folder });
    expect(outcome.stdout).toMatch(stdout);
    expect(outcome.stderr).toMatch(stderr);
    expect(outcome.code).toBe(code);
  });

  test("dext wait --json gives what is missing as a document", async () => {
    const outcome = await dext(["wait", "bad", "--json"], { folder });
    expect(outcome).toMatchObject({ code: 4, stderr: "" });
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      version: 1,
      error: {
        code: "DEXT_CLI_WAIT_FAILED",
        details: { for: "healthy", because: "failed", missing: ["bad"] },
      },
    });
    const good = await dext(["wait", "job", "--json"], { folder });
    expect(JSON.parse(good.stdout)).toMatchObject({
      version: 1,
      for: "healthy",
      resources: [{ name: "job" }],
    });
  });

  test("dext logs prints the lines of the resources that are named", async () => {
    const all = await dext(["logs"], { folder });
    expect(all.stdout).toMatch(/^api\.0 \| listening on \d+$/m);
    expect(all.stdout).toMatch(/^job +\| done$/m);
    const some = await dext(["logs", "job", "--tail", "1"], { folder });
    expect(some).toMatchObject({ code: 0, stdout: expect.stringMatching(/^job +\| done\n$/) });
    const document = await dext(["logs", "job", "--tail", "1", "--json"], { folder });
    expect(JSON.parse(document.stdout)).toMatchObject({ version: 1, resource: "job", text: "done" });
    expect(await dext(["logs", "jbo"], { folder })).toMatchObject({ code: 2 });
    expect(await dext(["logs", "--tail", "x"], { folder })).toMatchObject({ code: 2 });
  });

  test("dext stop returns when the AppHost is gone, and what follows the logs ends with it", async () => {
    const follow = startDext(["logs", "--follow"], { folder });
    await follow.says("listening on");
    const stopped = await dext(["stop"], { folder });
    expect(stopped).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Stopped \w{8} \(shop, /) });
    expect(await dext(["ps"], { folder })).toMatchObject({ code: 3 });
    expect(await follow.ended).toMatchObject({ code: 0, stdout: expect.stringContaining("bye") });
    expect(await run.ended).toMatchObject({ code: 4 });
  });
});

describe("without a run", () => {
  let folder: AppFolder;
  afterEach(async () => {
    await endLeftDexts();
    await folder.remove();
  });

  test("dext wait waits for one that is just being started", async () => {
    folder = await createAppFolder({
      "api.js": server,
      "apphost.ts": appHost('host.addNodeApp("api", "./api.js");'),
    });
    const waiting = startDext(["wait"], { folder });
    const run = startDext(["run"], { folder });
    expect(await waiting.ended).toMatchObject({ code: 0, stdout: "Healthy: api\n" });
    run.signal("SIGINT");
    await run.ended;
  });

  test("dext wait fails as soon as the run has ended", async () => {
    folder = await createAppFolder({
      "api.js": server,
      "apphost.ts": appHost('host.addNodeApp("api", "./api.js");'),
    });
    const run = startDext(["run"], { folder });
    await run.says("Everything is up");
    const waiting = startDext(["wait", "--for", "finished"], { folder });
    const stopped = startDext(["wait", "--for", "stopped"], { folder });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await dext(["stop", "--json"], { folder })).toMatchObject({ code: 0 });
    expect(await waiting.ended).toMatchObject({ code: 4 });
    expect(await stopped.ended).toMatchObject({ code: 0 });
    await run.ended;
  });

  test("dext describe shows the model and starts nothing", async () => {
    folder = await createAppFolder({
      "api.js": server,
      "web.js": server,
      "apphost.ts": appHost(
        'console.log("a word from the AppHost");',
        'const key = host.addParameter("key", { secret: true, default: "s3cret" });',
        'const api = host.addNodeApp("api", "./api.js").withEnvironment("KEY", key);',
        'host.addNodeApp("web", "./web.js").withReference(api).waitFor(api);',
      ),
    });
    const outcome = await dext(["describe"], { folder });
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toContain(`shop  ${folder.path}`);
    expect(outcome.stdout).toMatch(/^ {2}key {2}\*\*\* {2}from default$/m);
    expect(outcome.stdout).toMatch(/^web {2}node {2}.*apphost\.ts:6:6$/m);
    expect(outcome.stdout).toMatch(/^ {2}references +api$/m);
    expect(outcome.stdout).toMatch(/^ {2}waits for +api healthy$/m);
    expect(outcome.stdout).not.toContain("s3cret");
    expect(outcome.stderr).toBe("a word from the AppHost\n");
    const { stdout } = await dext(["describe", "--json"], { folder });
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      name: "shop",
      resources: [{ name: "api" }, { name: "web" }],
    });
  });

  test("dext doctor shows the machine and what dead runs have left, and removes it", async () => {
    folder = await createAppFolder({});
    await mkdir(folder.runtimeDirectory, { recursive: true, mode: 0o700 });
    await writeFile(join(folder.runtimeDirectory, "dead0000.json"), "{}");
    const seen = await dext(["doctor"], { folder });
    expect(seen).toMatchObject({ code: 0, stderr: "" });
    expect(seen.stdout).toContain(process.versions.node);
    expect(seen.stdout).toMatch(/^ {2}redis /m);
    expect(seen.stdout).toContain("left by a dead run");
    const cleaned = JSON.parse((await dext(["doctor", "--clean", "--json"], { folder })).stdout);
    expect(cleaned).toMatchObject({ version: 1, runs: { live: [], cleaned: true } });
    expect(cleaned.runs.stale).toEqual([join(folder.runtimeDirectory, "dead0000.json")]);
    expect(cleaned.backing.map(({ kind }: { kind: string }) => kind)).toContain("postgres");
    const after = JSON.parse((await dext(["doctor", "--json"], { folder })).stdout);
    expect(after.runs.stale).toEqual([]);
  });
});
