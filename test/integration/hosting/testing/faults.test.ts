import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { markedProcesses } from "../../../fixtures/apphost-process.ts";
import { failureOf, TestAppHosts } from "../../../fixtures/testing-apphost.ts";

const apps = new TestAppHosts();
afterEach(() => apps.dispose());

const checked = `.withHttpHealthCheck("/health", { interval: "200ms", timeout: "300ms" })`;

/** The states of processes as the kernel names them: `T` is stopped. */
async function statesOf(pids: readonly number[]): Promise<readonly string[]> {
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, "latin1")));
  return stats.map((text) => text.slice(text.lastIndexOf(")") + 2, text.lastIndexOf(")") + 3));
}

describe("a killed resource", () => {
  it("is started again by its policy, and the kill is over when that is known", async () => {
    const app = await apps.start(
      `host.addNodeApp("api", "server.ts").withRestart("on-failure", { backoff: "50ms" });`,
    );
    const first = await (await app.http("api").get("/pid")).text();
    await app.kill("api");
    expect((await app.resource("api")).pid).not.toBe(Number(first));
    await app.waitFor("api", "Healthy");
    expect(await (await app.http("api").get("/pid")).text()).not.toBe(first);
    expect(await app.resource("api")).toMatchObject({ generation: 2, restarts: 1 });
  });

  it("stays down without a policy, with all that it had started", async () => {
    const app = await apps.start(
      `host.addExecutable("shell", "sh", { args: ["-c", "setsid sleep 300 & sleep 300; true"] }); host.addNodeApp("api", "server.ts");`,
    );
    const before = await markedProcesses(app.runId);
    await app.kill("shell");
    expect(await app.resource("shell")).toMatchObject({ state: "Exited", signal: "SIGKILL" });
    const failure = await failureOf(() => app.waitFor("shell", "Healthy"));
    expect(failure.message).toMatch(/^"shell" is not Healthy: "shell" is Exited \(ended by SIGKILL after /);
    const after = await markedProcesses(app.runId);
    expect(before.length - after.length).toBe(3);
    expect(await failureOf(() => app.kill("shell"))).toMatchObject({ code: "DEXT_TESTING_FAULT_IMPOSSIBLE" });
  });

  it("can be one replica of several", async () => {
    const app = await apps.start(`host.addNodeApp("api", "server.ts").withReplicas(2);`);
    await app.kill("api", { replica: 1 });
    await app.waitFor("api", "Exited", { replica: 1 });
    expect((await app.resource("api")).state).toBe("Running");
    const failure = await failureOf(() => app.waitFor("api", "Healthy"));
    expect(failure.message).toContain('"api" (replica 1) is Exited');
  });
});

describe("an embedded server", () => {
  it("can be killed and comes back, and can be paused", async () => {
    const app = await apps.start(`host.addRedis("cache").withRestart("on-failure", { backoff: "50ms" });`, {
      launch: "embedded",
    });
    expect((await app.resource("cache")).launcher).toBe("embedded");
    await app.kill("cache");
    await app.waitFor("cache", "Healthy");
    expect(await app.resource("cache")).toMatchObject({ generation: 2, restarts: 1 });
    await app.pause("cache");
    expect(await statesOf([(await app.resource("cache")).pid ?? 0])).toEqual(["T"]);
    await app.kill("cache");
    await app.waitFor("cache", "Healthy");
    expect((await app.resource("cache")).generation).toBe(3);
  });
});

describe("a paused resource", () => {
  it("fails its health check by the check's timeout, and is well again when it goes on", async () => {
    const app = await apps.start(`host.addNodeApp("cache", "server.ts")${checked};`);
    await app.pause("cache");
    await app.waitFor("cache", "Unhealthy", { timeout: "10s" });
    expect((await app.resource("cache")).healthMessage).toBe("http /health: no answer within 300 ms");
    await app.resume("cache");
    await app.waitFor("cache", "Healthy", { timeout: "10s" });
    expect((await app.resource("cache")).generation).toBe(1);
  });

  it("can be a server that hides the mark of its run", async () => {
    const app = await apps.start(`host.addRedis("cache");`, { launch: "process,embedded" });
    await app.pause("cache");
    await app.waitFor("cache", "Unhealthy", { timeout: "15s" });
    expect((await app.resource("cache")).healthMessage).toBe("redis: no answer within 5.0 s");
    await app.resume("cache");
    await app.waitFor("cache", "Healthy", { timeout: "10s" });
  });

  it("stands still with every process that it has started, also in a session of its own", async () => {
    const app = await apps.start(
      `host.addExecutable("shell", "sh", { args: ["-c", "setsid sleep 300 & sleep 300; true"] }); host.addExecutable("other", "sleep", { args: ["300"] });`,
    );
    const other = (await app.resource("other")).pid ?? 0;
    const own = (await markedProcesses(app.runId)).filter((pid) => pid !== other);
    await app.pause("shell");
    expect(await statesOf(own)).toEqual(["T", "T", "T"]);
    expect(await statesOf([other])).toEqual(["S"]);
    await app.resume("shell");
    expect(await statesOf(own)).not.toContain("T");
    await app.pause("shell");
    const startedAt = performance.now();
    await app.stop();
    // Whoever stands still would have to be killed, after 5 s.
    expect(performance.now() - startedAt).toBeLessThan(4000);
    expect(await markedProcesses(app.runId)).toEqual([]);
  });

  it("can be one replica of several, or all of them", async () => {
    const app = await apps.start(`host.addNodeApp("api", "server.ts").withReplicas(2)${checked};`);
    await app.pause("api", { replica: 1 });
    await app.waitFor("api", "Unhealthy", { replica: 1, timeout: "10s" });
    expect((await app.resource("api")).health).toBe("Healthy");
    await app.pause("api");
    await app.waitFor("api", "Unhealthy", { timeout: "10s" });
    await app.resume("api");
    await app.waitFor("api", "Healthy", { timeout: "10s" });
  });
});

describe("a fault", () => {
  it("is refused for what does not run, what the run has not started and what is not there", async () => {
    const app = await apps.start(
      `host.addNodeApp("api", "server.ts").withExplicitStart(); host.addExternalService("bank", "http://localhost:9");
       host.addExecutable("job", "true"); host.addPostgres("pg").addDatabase("orders");`,
      {
        waitFor: false,
        launch: "external",
        configuration: { "ConnectionStrings:pg": "Host=localhost;Port=9" },
      },
    );
    await app.waitFor("job", "Finished");
    const code = "DEXT_TESTING_FAULT_IMPOSSIBLE";
    expect(await failureOf(() => app.kill("api"))).toMatchObject({
      code,
      message: '"api" cannot be killed: it does not run, it is NotStarted',
      hint: 'Wait for it: await app.waitFor("api", "Running").',
    });
    expect(await failureOf(() => app.pause("job"))).toMatchObject({
      code,
      message: '"job" cannot be paused: it does not run, it is Finished',
    });
    await app.waitFor("bank", "Running");
    const bank = await failureOf(() => app.pause("bank"));
    expect(bank.code).toBe(code);
    expect(bank.message).toMatch(/^"bank" cannot be paused: the run has not started it/);
    const server = await failureOf(() => app.kill("pg"));
    expect(server.message).toBe(
      '"pg" cannot be killed: the run has not started it: ConnectionStrings:pg is in configuration',
    );
    for (const fault of [
      () => app.pause("banc"),
      () => app.kill("banc"),
      () => app.resume("banc"),
      () => app.kill("api", { replica: 1 }),
    ])
      expect(await failureOf(fault)).toMatchObject({ code: "DEXT_RUN_RESOURCE_UNKNOWN" });
    // There is nothing to undo.
    await app.resume("bank");
  });
});
