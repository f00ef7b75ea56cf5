import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../../../scripts/packages.ts";
import { cleanEnvironment, makeAppHost, markedProcesses } from "../../fixtures/apphost-process.ts";

const exec = promisify(execFile);
const server = `
import { createServer } from "node:http";
createServer((request, response) => response.end("ok")).listen(Number(process.env.PORT), "localhost", () => console.log(JSON.stringify({ level: 30, msg: "listens" })));
`;
const body = `
  const api = host.addNodeApp("api", "server.ts").withCommand("hello", () => {});
  host.addNodeApp("web", "server.ts").waitFor(api);
  host.addExecutable("debugger", "sleep", { args: ["300"] }).withProfile("debug");`;

let folder = "";
let runtimeDirectory = "";
beforeEach(async () => {
  runtimeDirectory = await mkdtemp(join(tmpdir(), "dext-rt-"));
});
afterEach(async () => {
  await dext("stop", "--all");
  await rm(folder, { recursive: true, force: true });
  await rm(runtimeDirectory, { recursive: true, force: true });
});

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

async function dext(...args: string[]): Promise<Result> {
  const options = {
    cwd: folder,
    env: { ...cleanEnvironment(), DEXT_RUNTIME_DIRECTORY: runtimeDirectory },
    timeout: 20_000,
  };
  try {
    const { stdout, stderr } = await exec(
      process.execPath,
      [join(root, "cli/bin/dext.js"), ...args],
      options,
    );
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Result;
    return { code, stdout, stderr };
  }
}

interface Listed {
  name: string;
  state: string;
  generation: number;
}

async function listed(): Promise<{ run: string; resources: Listed[] }> {
  const { stdout } = await dext("ps", "--json");
  return JSON.parse(stdout) as { run: string; resources: Listed[] };
}

describe("dext run --detach", () => {
  it("returns when everything is up, leaves the run going, and stop ends all of it", async () => {
    folder = await makeAppHost(body, { "server.ts": server });
    const started = await dext("run", "--detach");
    expect(started).toMatchObject({ code: 0, stderr: "" });
    expect(started.stdout).toMatch(
      /api {2}http:\/\/localhost:\d+\nweb {2}http:\/\/localhost:\d+\nRun \w+ is up after/,
    );
    const { run, resources } = await listed();
    expect(resources.map(({ name, state }) => [name, state])).toEqual([
      ["api", "Running"],
      ["web", "Running"],
    ]);
    expect((await dext("stop")).code).toBe(0);
    expect(await markedProcesses(run)).toEqual([]);
    expect((await dext("ps")).stderr).toContain("DEXT_CLI_RUN_NOT_FOUND");
  });

  it("says what failed, ends with 4, and the rest goes on", async () => {
    folder = await makeAppHost(`${body} host.addExecutable("bad", "sh", { args: ["-c", "exit 7"] });`, {
      "server.ts": server,
    });
    const started = await dext("run", "--detach");
    expect(started.code).toBe(4);
    expect(started.stderr).toMatch(/DEXT_CLI_RESOURCE_FAILED.*"bad" \(ended with code 7/);
    expect((await listed()).resources).toContainEqual(
      expect.objectContaining({ name: "web", state: "Running" }),
    );
  });

  it("tells a mistake in the AppHost as an ordinary run does", async () => {
    folder = await makeAppHost(`host.addExecutable("a", "sleep"); host.addExecutable("a", "sleep");`);
    const started = await dext("run", "--detach");
    expect(started.code).toBe(3);
    expect(started.stderr).toContain("DEXT_MODEL_NAME_TAKEN");
  });

  it("refuses options that contradict it", async () => {
    folder = await makeAppHost(body, { "server.ts": server });
    expect(await dext("run", "--detach", "--isolated")).toMatchObject({ code: 2 });
  });
});

describe("commands for resources", () => {
  it("start, stop and restart one while the others run; what cannot be done is refused", async () => {
    folder = await makeAppHost(body, { "server.ts": server });
    await dext("run", "--detach", "--profile", "debug");
    expect((await dext("stop", "web")).stdout).toBe("Stopped web\n");
    expect(await dext("stop", "web")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("DEXT_RUN_COMMAND_REFUSED"),
    });
    expect((await dext("start", "web")).stdout).toBe("Started web\n");
    expect((await dext("restart", "api", "web")).code).toBe(0);
    expect((await dext("resource", "api", "hello")).stdout).toBe("Done: hello of api\n");
    expect(await dext("resource", "api", "helo")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("hello"),
    });
    expect(await dext("restart", "apo")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Did you mean api?"),
    });
    expect(await dext("start")).toMatchObject({ code: 2 });
    const { resources } = await listed();
    expect(resources.map(({ name, generation }) => [name, generation])).toEqual([
      ["api", 2],
      ["web", 3],
      ["debugger", 1],
    ]);
  });
});

describe("dext run --until-finished", () => {
  it("ends with 0 when every resource has finished", async () => {
    folder = await makeAppHost(`host.addExecutable("job", "true");`);
    expect(await dext("run", "--until-finished")).toMatchObject({ code: 0 });
  });

  it("ends with 4 as soon as one has failed", async () => {
    folder = await makeAppHost(
      `host.addExecutable("bad", "false"); host.addExecutable("idle", "sleep", { args: ["300"] });`,
    );
    expect(await dext("run", "--until-finished")).toMatchObject({ code: 4 });
  });
});

describe("dext logs", () => {
  it("finds lines by text, time and level", async () => {
    folder = await makeAppHost(
      `host.addExecutable("api", "sh", { args: ["-c", "echo plain; echo '{\\"level\\":50,\\"msg\\":\\"broken\\"}'; sleep 300"] });`,
    );
    await dext("run", "--detach");
    expect((await dext("logs", "--search", "PLAIN", "--ignore-case")).stdout).toContain("plain");
    expect((await dext("logs", "--search", "PLAIN")).stdout).toBe("");
    expect((await dext("logs", "--level", "error")).stdout).toMatch(/broken/);
    expect((await dext("logs", "--level", "error")).stdout).not.toMatch(/plain/);
    expect((await dext("logs", "--since", "1h")).stdout).toContain("plain");
    expect((await dext("logs", "--since", "2200-01-01")).stdout).toBe("");
    expect(await dext("logs", "--since", "soon")).toMatchObject({ code: 2 });
    expect(await dext("logs", "--level", "loud")).toMatchObject({ code: 2 });
  });
});
