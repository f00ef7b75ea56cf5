import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createAppFolder } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { dext, endLeftDexts, startDext } from "../../fixtures/cli/dext-process.ts";
import { appHost, failingServer, job, server, stubbornServer } from "../../fixtures/cli/services.ts";

let folder: AppFolder;
afterEach(async () => {
  await endLeftDexts();
  await folder.remove();
});

const twoServers = {
  "api.js": server,
  "web.js": server,
  "apphost.ts": appHost(
    'const api = host.addNodeApp("api", "./api.js");',
    'host.addNodeApp("web", "./web.js").withReference(api).waitFor(api);',
  ),
};

describe.each(["node", "deno"])("dext run --runtime %s", (runtime) => {
  test("prints prefixed lines, states and endpoints, and ends with 0 after Ctrl-C with nothing left", async () => {
    folder = await createAppFolder(twoServers);
    const run = startDext(["run", "--runtime", runtime], { folder });
    await run.says("Everything is up after");
    await run.says("web | listening on");
    const pids = await resourcePids();
    run.signal("SIGINT");
    const outcome = await run.ended;
    expect(outcome).toMatchObject({ code: 0, signal: null });
    const lines = outcome.stdout.split("\n");
    expect(lines).toContainEqual(expect.stringMatching(/^api {3}Running {2}http:\/\/localhost:\d+$/));
    expect(lines).toContainEqual(expect.stringMatching(/^api \| listening on \d+$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}web {2}http:\/\/localhost:\d+$/));
    expect(lines).toContain("api | bye");
    expect(outcome.stdout).toMatch(/Stopped after .*, nothing failed\n$/);
    expect(outcome.stderr).toContain("Stopping (Ctrl-C); again to kill at once");
    expect(lines.indexOf("web   Stopped")).toBeLessThan(lines.indexOf("api   Stopping"));
    expect(pids.filter(isThere)).toEqual([]);
    expect(await readdir(folder.runtimeDirectory)).toEqual([]);
  });
});

describe("dext run", () => {
  test.each(["SIGTERM", "SIGHUP"] as const)("stops in order on %s", async (signal) => {
    folder = await createAppFolder(twoServers);
    const run = startDext(["run"], { folder });
    await run.says("Everything is up after");
    run.signal(signal);
    expect(await run.ended).toMatchObject({ code: 0, stdout: expect.stringContaining("api | bye") });
  });

  test("says for whom it waits, and kills on a second Ctrl-C", async () => {
    folder = await createAppFolder({
      "api.js": stubbornServer,
      "apphost.ts": appHost('host.addNodeApp("api", "./api.js").withStopTimeout("60s");'),
    });
    const run = startDext(["run"], { folder });
    await run.says("Everything is up after");
    const pids = await resourcePids();
    run.signal("SIGINT");
    await run.says(/Waiting for api \(pid \d+, [12] s\)/, { on: "stderr" });
    run.signal("SIGINT");
    expect(await run.ended).toMatchObject({ stderr: expect.stringContaining("Killing what is left") });
    expect(pids.filter(isThere)).toEqual([]);
  });

  test("ends with 4 and the name of what failed", async () => {
    folder = await createAppFolder({
      "api.js": server,
      "bad.js": failingServer,
      "apphost.ts": appHost(
        'host.addNodeApp("api", "./api.js");',
        'host.addNodeApp("bad", "./bad.js", { http: false });',
      ),
    });
    const run = startDext(["run"], { folder });
    await run.says(/bad\s+Exited\s+.*7/);
    await run.says("bad | cannot go on");
    run.signal("SIGINT");
    const outcome = await run.ended;
    expect(outcome.code).toBe(4);
    expect(outcome.stdout).toMatch(/Stopped after .*, failed: bad \(.*7.*\)\n$/);
    expect(outcome.stderr).toMatch(/error DEXT_CLI_RESOURCE_FAILED: Failed: "bad" \(.*7.*\)\nhint: /);
  });

  test("ends by itself when everything has finished", async () => {
    folder = await createAppFolder({
      "job.js": job,
      "apphost.ts": appHost('host.addNodeApp("job", "./job.js", { http: false });'),
    });
    const outcome = await dext(["run"], { folder });
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining("job | done") });
  });

  test("runs the resources that are named and what they depend on", async () => {
    folder = await createAppFolder({
      ...twoServers,
      "apphost.ts": appHost('host.addNodeApp("api", "./api.js");', 'host.addNodeApp("web", "./web.js");'),
    });
    const run = startDext(["run", "web"], { folder });
    await run.says("Everything is up after");
    const { resources } = JSON.parse((await dext(["ps", "--json"], { folder })).stdout);
    expect(resources.map(({ name }: { name: string }) => name)).toEqual(["web"]);
    run.signal("SIGINT");
    expect(await run.ended).toMatchObject({ code: 0 });
  });

  test("numbers the lines of replicas", async () => {
    folder = await createAppFolder({
      "api.js": server,
      "apphost.ts": appHost('host.addNodeApp("api", "./api.js").withReplicas(2);'),
    });
    const run = startDext(["run"], { folder });
    await run.says("api.0 | listening on");
    await run.says("api.1 | listening on");
    run.signal("SIGINT");
    expect(await run.ended).toMatchObject({ code: 0 });
  });

  test("prints events and lines as one JSON document a line with --json", async () => {
    folder = await createAppFolder(twoServers);
    const run = startDext(["run", "--json"], { folder });
    await run.says('"type":"settled"');
    run.signal("SIGINT");
    const { stdout, code } = await run.ended;
    const documents = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { version: number; type: string; text?: string });
    expect(new Set(documents.map(({ version }) => version))).toEqual(new Set([1]));
    expect(documents[0]?.type).toBe("attached");
    expect(documents.at(-1)).toMatchObject({ type: "end", exitCode: 0, failed: [] });
    expect(documents.some(({ type, text }) => type === "line" && text?.startsWith("listening on"))).toBe(
      true,
    );
    expect(code).toBe(0);
  });

  test("colours only where that is wanted, and keeps colours from running into the next line", async () => {
    folder = await createAppFolder({
      "bad.js": failingServer,
      "apphost.ts": appHost('host.addNodeApp("bad", "./bad.js", { http: false });'),
    });
    const plain = await dext(["run"], { folder });
    expect(plain.stdout).not.toContain("\u001b");
    const coloured = await dext(["run"], { folder, env: { FORCE_COLOR: "1" } });
    expect(coloured.stdout).toContain("\u001b[31mcannot go on\u001b[39m\u001b[0m\n");
    const refused = await dext(["run"], { folder, env: { FORCE_COLOR: "1", NO_COLOR: "1" } });
    expect(refused.stdout).not.toContain("\u001b");
  });

  test("refuses a second run of the AppHost, unless it is isolated", async () => {
    folder = await createAppFolder(twoServers);
    const first = startDext(["run"], { folder });
    await first.says("Everything is up after");
    const second = await dext(["run"], { folder });
    expect(second).toMatchObject({ code: 3, stdout: "" });
    expect(second.stderr).toMatch(
      /^error DEXT_CLI_ALREADY_RUNNING: .*\nhint: Stop it with dext stop --run \w+, or/,
    );
    const isolated = startDext(["run", "--isolated"], { folder });
    await isolated.says("Everything is up after");
    isolated.signal("SIGINT");
    expect(await isolated.ended).toMatchObject({ code: 0 });
    first.signal("SIGINT");
    expect(await first.ended).toMatchObject({ code: 0 });
  });

  test("leaves nothing when it is killed itself", async () => {
    folder = await createAppFolder(twoServers);
    const run = startDext(["run"], { folder });
    await run.says("Everything is up after");
    const pids = await resourcePids();
    run.signal("SIGKILL");
    await run.ended;
    await vi.waitFor(() => expect(pids.filter(isThere)).toEqual([]), 10_000);
  });

  test("says that the AppHost went away in the middle", async () => {
    folder = await createAppFolder(twoServers);
    const run = startDext(["run"], { folder });
    await run.says("Everything is up after");
    const pids = await resourcePids();
    process.kill(await appHostPid(), "SIGKILL");
    const outcome = await run.ended;
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("error DEXT_CLI_APPHOST_ENDED: ");
    await vi.waitFor(() => expect(pids.filter(isThere)).toEqual([]), 10_000);
  });

  test("stops in order when nobody reads its output any more", async () => {
    folder = await createAppFolder(twoServers);
    const run = startDext(["run"], { folder });
    await run.says("Everything is up after");
    const pids = await resourcePids();
    run.child.stdout.destroy();
    // The next line meets a closed pipe.
    const { resources } = JSON.parse((await dext(["ps", "--json"], { folder })).stdout);
    process.kill(resources[1].pid, "SIGTERM");
    expect(await run.ended).toMatchObject({ signal: null });
    await vi.waitFor(() => expect(pids.filter(isThere)).toEqual([]), 10_000);
  });
});

async function resourcePids(): Promise<number[]> {
  const { resources } = JSON.parse((await dext(["ps", "--json"], { folder })).stdout);
  return resources.map(({ pid }: { pid: number }) => pid);
}

async function appHostPid(): Promise<number> {
  const { runs } = JSON.parse((await dext(["doctor", "--json"], { folder })).stdout);
  return runs.live[0].pid;
}

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
