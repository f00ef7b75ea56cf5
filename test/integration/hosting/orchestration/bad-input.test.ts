import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { cleanEnvironment, runToEnd, startAppHost } from "../../../fixtures/apphost-process.ts";
import type { RunningAppHost } from "../../../fixtures/apphost-process.ts";

let app: RunningAppHost | undefined;
afterEach(async () => {
  await app?.dispose();
  app = undefined;
});

const idle = `host.addExecutable("idle", "sleep", { args: ["300"] });`;
const server = `
import { createServer } from "node:http";
createServer((request, response) => response.end("ok")).listen(Number(process.env.PORT), "localhost");
`;

describe("a mistake in the AppHost ends it with 3 before anything starts:", () => {
  it.each([
    [
      "two resources of one name",
      `${idle} ${idle}`,
      "DEXT_MODEL_NAME_TAKEN",
      /apphost\.ts:\d+:\d+.*apphost\.ts:\d+:\d+/,
    ],
    [
      "a cycle of waits",
      `const a = host.addNodeApp("a", "a.ts"); const b = host.addNodeApp("b", "b.ts").waitFor(a); a.waitFor(b);`,
      "DEXT_MODEL_WAIT_CYCLE",
      /a → b → a/,
    ],
    [
      "a port that two resources fix",
      `host.addNodeApp("a", "a.ts").withHttpEndpoint({ port: 8123 }); host.addNodeApp("b", "a.ts").withHttpEndpoint({ port: 8123 });`,
      "DEXT_MODEL_PORT_TAKEN",
      /8123.*"a".*"b"/,
    ],
    [
      "a reference to an endpoint that is not there",
      `host.addNodeApp("a", "a.ts").endpoint("admin");`,
      "DEXT_MODEL_ENDPOINT_UNKNOWN",
      /"admin"/,
    ],
    [
      "a parameter without a value",
      `host.addParameter("api-key", { secret: true }); ${idle}`,
      "DEXT_RUN_PARAMETER_MISSING",
      /api-key/,
    ],
    [
      "what a run cannot do",
      `host.addExternalService("a", "http://localhost:1").withConfiguration({ layers: [] }, ["db.*"]);`,
      "DEXT_RUN_UNSUPPORTED",
      /withConfiguration/,
    ],
    [
      "an https endpoint of a process",
      `host.addNodeApp("a", "a.ts").withHttpEndpoint({ name: "tls", scheme: "https" });`,
      "DEXT_RUN_UNSUPPORTED",
      /https/,
    ],
  ])("%s", async (_title, body, code, message) => {
    const { exitCode, stderr } = await runToEnd(body);
    expect(stderr).toContain(`error ${code}: `);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/\nhint: \S/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(exitCode).toBe(3);
  });

  it("a resource that is named to be run and is not there", async () => {
    const { exitCode, stderr } = await runToEnd(idle, { env: { DEXT_RESOURCES: "ilde" } });
    expect(stderr).toContain("DEXT_RUN_RESOURCE_UNKNOWN");
    expect(exitCode).toBe(3);
  });
});

describe("a resource that cannot start says why while the others run:", () => {
  it.each([
    [
      "a project folder that is not there",
      `host.addProject("bad", "./nowhere");`,
      "DEXT_RUN_FOLDER_MISSING",
      /nowhere/,
    ],
    [
      "a script that is not there",
      `host.addNodeApp("bad", "nowhere.ts");`,
      "DEXT_RUN_SCRIPT_MISSING",
      /nowhere\.ts/,
    ],
    [
      "a command that is not found",
      `host.addExecutable("bad", "no-such-program");`,
      "DEXT_RUN_COMMAND_MISSING",
      /no-such-program/,
    ],
    ["a folder without a project", `host.addProject("bad", "./empty");`, "DEXT_PROJECT_", /empty/],
    [
      "an environment value that is too long",
      `host.addExecutable("bad", "sleep", { args: ["1"] }).withEnvironment("LONG", "x".repeat(140000));`,
      "DEXT_PROCESS_",
      /LONG/,
    ],
    [
      "a backing resource that can be had in no way",
      `host.addRedis("bad").withLauncher("external");`,
      "DEXT_RUN_NO_LAUNCHER",
      /ConnectionStrings/,
    ],
  ])("%s", async (_title, body, code, message) => {
    app = await startAppHost(`${body} ${idle}`, { files: { "empty/readme.txt": "nothing" } });
    await app.waitUntil("idle", ({ health }) => health === "Healthy");
    const bad = await app.waitUntil("bad", ({ state }) => state === "FailedToStart");
    const notice = (await app.events()).find(
      (event) => event.type === "notice" && event.data.resource === "bad",
    );
    expect(notice?.type === "notice" && notice.data.code).toContain(code);
    expect(`${bad.reason} ${JSON.stringify(notice?.data)}`).toMatch(message);
    expect(await app.stop()).toBe(4);
  });

  it("a fixed port that is taken, naming the process that has it", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as AddressInfo;
    try {
      app = await startAppHost(
        `host.addNodeApp("bad", "server.ts").withHttpEndpoint({ port: ${port} }); ${idle}`,
        {
          files: { "server.ts": server },
        },
      );
      const bad = await app.waitUntil("bad", ({ state }) => state === "FailedToStart");
      expect(bad.reason).toContain(`Port ${port}`);
      expect(bad.reason).toContain(`process ${process.pid}`);
      await app.waitUntil("idle", ({ health }) => health === "Healthy");
      expect(await app.stop()).toBe(4);
    } finally {
      holder.close();
    }
  });

  it("a service that exits at once", async () => {
    app = await startAppHost(
      `host.addExecutable("bad", "sh", { args: ["-c", "echo broken >&2; exit 9"] }); ${idle}`,
    );
    const bad = await app.waitUntil("bad", ({ state }) => state === "Exited");
    expect(bad).toMatchObject({ exitCode: 9, reason: expect.stringContaining("code 9") });
    expect((await app.logs("bad")).map(({ text }) => text)).toContain("broken");
    await app.waitUntil("idle", ({ health }) => health === "Healthy");
    expect(await app.stop()).toBe(4);
  });
});

describe("a service that never becomes healthy", () => {
  it("stays unhealthy with the reason, and what waits for it waits", async () => {
    app = await startAppHost(
      `const deaf = host.addNodeApp("deaf", "deaf.ts");
       host.addExecutable("late", "sleep", { args: ["300"] }).waitFor(deaf); ${idle}`,
      { files: { "deaf.ts": "setInterval(() => {}, 1000);" } },
    );
    await app.waitUntil("idle", ({ health }) => health === "Healthy");
    const deaf = await app.waitUntil("deaf", ({ health }) => health === "Unhealthy");
    expect(deaf.healthMessage).toContain("nothing listens on localhost:");
    expect((await app.resource("late")).state).toBe("Waiting");
    expect(await app.stop()).toBe(0);
  });

  it("is found out when its check hangs", async () => {
    app = await startAppHost(
      `host.addNodeApp("api", "server.ts").withHealthCheck("hangs", () => new Promise(() => {}), { timeout: "200ms" });`,
      { files: { "server.ts": server } },
    );
    const api = await app.waitUntil(
      "api",
      ({ healthMessage }) => healthMessage?.startsWith("hangs") ?? false,
    );
    expect(api).toMatchObject({ health: "Unhealthy", healthMessage: "hangs: no answer within 200 ms" });
    expect(await app.stop()).toBe(0);
  });

  it("is found out when its check throws", async () => {
    app = await startAppHost(
      `host.addNodeApp("api", "server.ts").withHealthCheck("throws", () => { throw new Error("the pool is empty"); });`,
      { files: { "server.ts": server } },
    );
    const api = await app.waitUntil(
      "api",
      ({ healthMessage }) => healthMessage?.startsWith("throws") ?? false,
    );
    expect(api.healthMessage).toBe("throws: the pool is empty");
  });
});

it("a second run of the same AppHost is refused, naming the first", async () => {
  app = await startAppHost(idle);
  const { run } = await app.client.info();
  const second = spawnSync(process.execPath, ["apphost.ts"], {
    cwd: app.folder,
    env: { ...cleanEnvironment(), DEXT_RUNTIME_DIRECTORY: app.runtimeDirectory },
    encoding: "utf8",
  });
  expect(second.stderr).toContain("DEXT_RUN_ALREADY_RUNNING");
  expect(second.stderr).toContain(run);
  expect(second.status).toBe(3);
});
