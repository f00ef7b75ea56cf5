import { afterEach, describe, expect, it } from "vitest";
import { startAppHost } from "@dext/hosting/testing";
import { markedProcesses } from "../../../fixtures/apphost-process.ts";
import { failureOf, TestAppHosts } from "../../../fixtures/testing-apphost.ts";

const apps = new TestAppHosts();
afterEach(() => apps.dispose());

const api = `const api = host.addNodeApp("api", "server.ts");`;

describe("a test's calls", () => {
  it("reach a resource over HTTP, with data as JSON and everything else as fetch takes it", async () => {
    const app = await apps.start(api);
    const http = app.http("api");
    expect(http.url).toBe(app.url("api"));
    expect(http.url).toMatch(/^http:\/\/localhost:\d+$/);
    expect(await (await http.get("/")).text()).toBe("api#0");
    expect(await (await http("/env/PORT")).text()).toBe(new URL(http.url).port);
    const posted = await http.post("/echo", { tea: 1 });
    expect(posted.headers.get("x-type")).toBe("application/json");
    expect(await posted.json()).toEqual({ tea: 1 });
    const text = await http.put("/echo", "plain", { headers: { "content-type": "text/x-mine" } });
    expect([text.headers.get("x-type"), await text.text()]).toEqual(["text/x-mine", "plain"]);
    const form = await http.patch("/echo", new URLSearchParams({ a: "1" }));
    expect(form.headers.get("x-type")).toContain("application/x-www-form-urlencoded");
    await form.text();
    expect((await http.head("/")).status).toBe(200);
    expect(await (await http.delete("/")).text()).toBe("api#0");
  });

  it("reach each replica and each endpoint", async () => {
    const app = await apps.start(`host.addNodeApp("api", "server.ts").withReplicas(2);
      host.addNodeApp("two", "server.ts").withEndpoint({ name: "admin", env: "ADMIN" });`);
    expect(await (await app.http("api", { replica: 1 }).get("/")).text()).toBe("api#1");
    expect(app.url("api", { replica: 1 })).not.toBe(app.url("api"));
    expect(app.url("two", { endpoint: "admin" })).toMatch(/^tcp:/);
    expect((await app.resources()).map(({ name, replica }) => `${name}.${replica}`)).toEqual([
      "api.0",
      "api.1",
      "two.0",
    ]);
    expect(await failureOf(() => app.url("api", { replica: 2 }))).toMatchObject({
      code: "DEXT_RUN_RESOURCE_UNKNOWN",
    });
    expect(await failureOf(() => app.url("two", { endpoint: "http2" }))).toMatchObject({
      code: "DEXT_TESTING_NO_ADDRESS",
      hint: "Its endpoints are: http, admin.",
    });
    expect(await failureOf(() => app.http("two", { endpoint: "admin" }))).toMatchObject({
      code: "DEXT_TESTING_NO_ADDRESS",
    });
  });

  it("give connection strings and properties with the passwords of this run", async () => {
    const app = await apps.start(
      `const cache = host.addRedis("cache"); host.addNodeApp("api", "server.ts").withReference(cache);`,
      { launch: "embedded" },
    );
    const given = app.connectionString("cache");
    expect(given).toMatch(/^localhost:\d+,password=\w{22}$/);
    expect(await (await app.http("api").get("/env/ConnectionStrings__cache")).text()).toBe(given);
    expect(await (await app.http("api").get("/env/CACHE_URI")).text()).toBe(app.property("cache", "uri"));
    expect(await failureOf(() => app.property("cache", "colour"))).toMatchObject({
      code: "DEXT_TESTING_NO_ADDRESS",
      hint: "Its properties are: host, port, password, uri.",
    });
    expect(await failureOf(() => app.connectionString("api"))).toMatchObject({
      code: "DEXT_TESTING_NO_ADDRESS",
    });
  });

  it("read logs and give commands", async () => {
    const app = await apps.start(
      `${api} api.withCommand("greet", () => console.log("hi")).withCommand("fail", () => { throw new Error("no greeting"); });`,
    );
    const lines = await app.logs("api");
    expect(lines.map(({ stream, text }) => [stream, text])).toContainEqual(["stdout", "listening"]);
    expect(await app.logs("api", { tail: 1, search: "nothing such" })).toEqual([]);
    const first = await (await app.http("api").get("/pid")).text();
    await app.command("api", "restart");
    await app.waitFor("api", "Healthy");
    expect(await (await app.http("api").get("/pid")).text()).not.toBe(first);
    expect((await app.resource("api")).generation).toBe(2);
    await app.command("api", "greet");
    expect(await failureOf(() => app.command("api", "fail"))).toMatchObject({
      code: "DEXT_RUN_COMMAND_FAILED",
      message: 'The command "fail" of "api" failed: no greeting',
    });
    await app.command("api", "stop");
    await app.waitFor("api", "Stopped");
    expect(await failureOf(() => app.logs("apy"))).toMatchObject({
      code: "DEXT_RUN_RESOURCE_UNKNOWN",
      message: 'The run has no resource "apy"',
    });
  });
});

describe("waiting", () => {
  it("resolves for a state or a health, also for a short one that comes later", async () => {
    const app = await apps.start(
      `host.addExecutable("job", "sh", { args: ["-c", "sleep 0.1"] }).withExplicitStart(); ${api}`,
    );
    expect((await app.resource("job")).state).toBe("NotStarted");
    const finished = app.waitFor("job", "Finished");
    const running = app.waitFor("job", "Running");
    await app.command("job", "start");
    await Promise.all([running, finished]);
    await app.waitFor("job", "Healthy");
  });

  it("fails when time is over with state, reason and the last lines", async () => {
    const app = await apps.start(
      `host.addNodeApp("api", "server.ts").withHealthCheck("tide", () => ({ health: "Unhealthy", message: "it is low" }));`,
      { waitFor: "started" },
    );
    const failure = await failureOf(() => app.waitFor("api", "Healthy", { timeout: "700ms" }));
    expect(failure.code).toBe("DEXT_TESTING_NOT_READY");
    expect(failure.message).toBe(
      '"api" is not Healthy after 700 ms: "api" is Running and Unhealthy (tide: it is low)\nThe last lines of "api":\n  listening',
    );
  });

  it("fails at once when it will not come any more", async () => {
    const app = await apps.start(
      `host.addExecutable("bad", "sh", { args: ["-c", "echo this is why; exit 3"] }); ${api}`,
      { waitFor: false },
    );
    const failure = await failureOf(() => app.waitFor("bad", "Healthy", { timeout: "15s" }));
    expect(failure.message).toMatch(
      /^"bad" is not Healthy: "bad" is Exited \(ended with code 3 after [^)]*\)\nThe last lines of "bad":\n {2}this is why\n/,
    );
  });

  it("ends with the signal's reason", async () => {
    const app = await apps.start(api);
    const reason = new Error("enough");
    const stop = new AbortController();
    const wait = app.waitFor("api", "Exited", { signal: stop.signal });
    stop.abort(reason);
    await expect(wait).rejects.toBe(reason);
  });
});

describe("the start", () => {
  it("rejects with what did not come up, and leaves nothing behind", async () => {
    const path = await apps.make(
      `host.addExecutable("bad", "sh", { args: ["-c", "echo this is why; exit 3"] }); ${api} api.withEnvironment("SEEN", "yes");`,
    );
    const failure = await failureOf(() => startAppHost(path));
    expect(failure.code).toBe("DEXT_TESTING_NOT_READY");
    expect(failure.message).toMatch(/^Not everything is healthy: "bad" is Exited .*\n.*\n {2}this is why/);
  });

  it("says after its time who is not there", async () => {
    const path = await apps.make(
      `const slow = host.addExecutable("slow", "sleep", { args: ["60"] }).withLogReadiness("never"); host.addNodeApp("api", "server.ts").waitFor(slow);`,
    );
    const failure = await failureOf(() => startAppHost(path, { timeout: "4s" }));
    expect(failure.message).toMatch(
      /^Not everything is healthy after [^:]+: "slow" is Running and Unknown \(no line of its log has matched \/never\/ yet\), "api" is Waiting \(waits for "slow"/,
    );
    expect(failure.message).toContain('"api" has written nothing.');
  });

  it("rejects with the very error of a mistake in the AppHost", async () => {
    const twice = await apps.make(`${api} host.addNodeApp("api", "server.ts");`);
    expect(await failureOf(() => startAppHost(twice))).toMatchObject({
      code: "DEXT_MODEL_NAME_TAKEN",
      hint: "Give each a name of its own.",
    });
    const missing = await apps.make(`host.addParameter("key", { secret: true }); ${api}`);
    expect(await failureOf(() => startAppHost(missing))).toMatchObject({
      code: "DEXT_RUN_PARAMETER_MISSING",
      details: { parameters: [{ name: "key", secret: true }] },
    });
  });

  it("says what is known of an AppHost that runs nothing, throws, hangs or is not there", async () => {
    const hanging = await apps.make(
      `setInterval(() => {}, 1000); await new Promise(() => {}); // host.run()`,
    );
    expect(await failureOf(() => startAppHost(hanging, { timeout: "700ms" }))).toMatchObject({
      code: "DEXT_TESTING_APPHOST_SLOW",
    });
    const silent = await apps.make(`void (() => host.run());`);
    expect(await failureOf(() => startAppHost(silent))).toMatchObject({
      code: "DEXT_TESTING_APPHOST_FAILED",
      hint: "End it with: await host.run();",
    });
    const throwing = await apps.make(`throw new TypeError("out of tea");`);
    const failure = await failureOf(() => startAppHost(throwing));
    expect(failure.code).toBe("DEXT_TESTING_APPHOST_FAILED");
    expect(failure.message).toContain("TypeError: out of tea");
    expect(await failureOf(() => startAppHost("./no-such-apphost.ts"))).toMatchObject({
      code: "DEXT_TESTING_APPHOST_MISSING",
    });
  });
});

describe("stopping", () => {
  it("can be asked for twice, leaves no process, and refuses what comes after it", async () => {
    const app = await apps.start(api);
    expect(await markedProcesses(app.runId)).not.toEqual([]);
    await Promise.all([app.stop(), app.stop()]);
    await app.stop();
    expect(await markedProcesses(app.runId)).toEqual([]);
    for (const use of [() => app.url("api"), () => app.resources(), () => app.command("api", "stop")])
      expect(await failureOf(use)).toMatchObject({ code: "DEXT_TESTING_STOPPED" });
  });

  it("happens at the end of a block", async () => {
    let runId = "";
    const failure = await failureOf(async () => {
      await using app = await apps.start(api);
      runId = app.runId;
      throw new Error("the test fails");
    });
    expect(failure.message).toBe("the test fails");
    expect(await markedProcesses(runId)).toEqual([]);
  });

  it("cleans up after an AppHost that was killed, and a use says so", async () => {
    const app = await apps.start(api);
    process.kill((await app.client.info()).pid, "SIGKILL");
    const failure = await failureOf(async () => {
      for (;;) await app.resources();
    });
    expect(failure).toMatchObject({ code: "DEXT_TESTING_APPHOST_ENDED" });
    expect(failure.message).toContain("by SIGKILL");
    await app.stop();
    expect(await markedProcesses(app.runId)).toEqual([]);
  });
});
