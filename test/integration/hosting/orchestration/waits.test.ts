import { afterEach, describe, expect, it } from "vitest";
import { eventsOf, startAppHost } from "../../../fixtures/apphost-process.ts";
import type { RunningAppHost } from "../../../fixtures/apphost-process.ts";
import { TestAppHosts } from "../../../fixtures/testing-apphost.ts";

const apps = new TestAppHosts({ waitFor: false });
/** For what the AppHost does at signals and its end. */
let bare: RunningAppHost | undefined;
afterEach(async () => {
  await apps.dispose();
  await bare?.dispose();
  bare = undefined;
});

/** A server that listens after a delay and is healthy after another. */
const server = `
import { createServer } from "node:http";
const { LISTEN_AFTER = "0", HEALTHY_AFTER = "0", PORT, IGNORE_TERM } = process.env;
const startedAt = Date.now();
const server = createServer((request, response) => {
  const healthy = Date.now() - startedAt >= Number(HEALTHY_AFTER);
  response.writeHead(request.url === "/health" && !healthy ? 503 : 200).end(healthy ? "Healthy" : "warming up");
});
setTimeout(() => server.listen(Number(PORT), "localhost", () => console.log("listens")), Number(LISTEN_AFTER));
process.once("SIGTERM", () => { console.log("stops"); server.closeAllConnections(); process.exit(0); });
`;

describe("a resource", () => {
  it("starts when the one that it waits for is healthy, not before", async () => {
    const app = await apps.start(
      `const api = host.addNodeApp("api", "server.ts").withHttpHealthCheck("/health").withEnvironment("HEALTHY_AFTER", 600);
       host.addNodeApp("web", "server.ts").waitFor(api);`,
      { files: { "server.ts": server } },
    );
    const waiting = await app.waitFor("web", "Waiting");
    expect(waiting.reason).toContain('waits for "api" to be healthy');
    await app.waitFor("web", "Healthy");
    const events = await eventsOf(app.client);
    const apiHealthy = events.findIndex(
      (event) => event.type === "health" && event.resource === "api" && event.data.to === "Healthy",
    );
    const webStarts = events.findIndex(
      (event) => event.type === "state" && event.resource === "web" && event.data.to === "Starting",
    );
    expect(apiHealthy).toBeGreaterThan(0);
    expect(webStarts).toBeGreaterThan(apiHealthy);
  });

  it("starts within 150 ms after the one that it waits for listens, also when that took long", async () => {
    const app = await apps.start(
      `const api = host.addNodeApp("api", "server.ts").withEnvironment("LISTEN_AFTER", 2500);
       host.addNodeApp("web", "server.ts").waitFor(api);`,
      { files: { "server.ts": server } },
    );
    await app.waitFor("web", "Running");
    const listens = (await app.logs("api")).find(({ text }) => text === "listens");
    const starts = (await eventsOf(app.client)).find(
      (event) => event.type === "state" && event.resource === "web" && event.data.to === "Starting",
    );
    expect((starts?.time ?? Number.POSITIVE_INFINITY) - (listens?.time ?? 0)).toBeLessThan(150);
  });

  it("starts when a job has finished", async () => {
    const app = await apps.start(
      `const job = host.addExecutable("job", "sh", { args: ["-c", "sleep 0.3; echo seeded"] });
       host.addNodeApp("api", "server.ts").waitForCompletion(job);`,
      { files: { "server.ts": server } },
    );
    await app.waitFor("api", "Running");
    expect(await app.resource("job")).toMatchObject({ state: "Finished", exitCode: 0 });
  });

  it("starts when another has started, though it is not healthy", async () => {
    const app = await apps.start(
      `const api = host.addNodeApp("api", "server.ts").withHttpHealthCheck("/health").withEnvironment("HEALTHY_AFTER", 60000);
       host.addNodeApp("web", "server.ts").waitForStart(api);`,
      { files: { "server.ts": server } },
    );
    await app.waitFor("web", "Running");
    const api = await app.waitFor("api", ({ healthMessage }) => healthMessage?.includes("503") ?? false);
    expect(api).toMatchObject({
      health: "Unhealthy",
      healthMessage: expect.stringContaining("GET /health answered 503: warming up"),
    });
  });

  it("does not start when what it waits for failed, and says which; the others keep running and the exit code is 4", async () => {
    const app = await apps.start(
      `const job = host.addExecutable("job", "sh", { args: ["-c", "echo no luck >&2; exit 7"] });
       host.addNodeApp("api", "server.ts").waitForCompletion(job);
       host.addNodeApp("other", "server.ts");`,
      { files: { "server.ts": server } },
    );
    const api = await app.waitFor("api", "FailedToStart");
    expect(api.reason).toContain('"job" has ended');
    expect(await app.resource("job")).toMatchObject({
      state: "Exited",
      exitCode: 7,
      reason: expect.stringContaining("code 7"),
    });
    await app.waitFor("other", "Healthy");
    await app.stop();
    expect(app.exitCode).toBe(4);
  });

  it("is ready when a line of its log matches", async () => {
    const app = await apps.start(
      `const api = host.addExecutable("api", "sh", { args: ["-c", "sleep 0.7; echo it is ready; exec sleep 60"] }).withLogReadiness("is ready");
       host.addNodeApp("web", "server.ts").waitFor(api);`,
      { files: { "server.ts": server } },
    );
    const waiting = await app.waitFor("api", ({ healthMessage }) => healthMessage !== undefined);
    expect(waiting.healthMessage).toContain("/is ready/");
    await app.waitFor("web", "Running");
  });
});

describe("stopping", () => {
  it("goes in reverse order of dependence and leaves nothing", async () => {
    bare = await startAppHost(
      `const api = host.addNodeApp("api", "server.ts");
       const web = host.addNodeApp("web", "server.ts").waitFor(api);
       host.addNodeApp("page", "server.ts").withReference(web).waitFor(web);`,
      { files: { "server.ts": server } },
    );
    await bare.waitUntil("page", ({ health }) => health === "Healthy");
    const stopped: string[] = [];
    const following = (async () => {
      for await (const event of bare?.client.events() ?? []) {
        if (event.type === "state" && event.data.to === "Stopped") stopped.push(event.resource);
      }
    })().catch(() => {});
    expect(await bare.stop("SIGINT")).toBe(0);
    await following;
    expect(stopped).toEqual(["page", "web", "api"]);
    expect(await bare.leftovers()).toEqual([]);
  });

  it("takes grandchildren along", async () => {
    bare = await startAppHost(
      `host.addExecutable("tree", "sh", { args: ["-c", "sleep 300 & (sleep 301 & sleep 302) & wait"] });`,
    );
    await bare.waitUntil("tree", ({ health }) => health === "Healthy");
    expect((await bare.leftovers()).length).toBeGreaterThan(3);
    expect(await bare.stop("SIGHUP")).toBe(0);
    expect(await bare.leftovers()).toEqual([]);
  });

  it("kills what ignores the signal after its own time", async () => {
    bare = await startAppHost(
      `host.addExecutable("stubborn", "sh", { args: ["-c", "trap '' TERM; while :; do sleep 0.1; done"] }).withStopTimeout("300ms");`,
    );
    await bare.waitUntil("stubborn", ({ health }) => health === "Healthy");
    const startedAt = performance.now();
    expect(await bare.stop()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(3000);
    expect(await bare.leftovers()).toEqual([]);
  });

  it("kills at once at the second signal", async () => {
    bare = await startAppHost(
      `host.addExecutable("stubborn", "sh", { args: ["-c", "trap '' TERM; while :; do sleep 0.1; done"] }).withStopTimeout("60s");`,
    );
    await bare.waitUntil("stubborn", ({ health }) => health === "Healthy");
    const exit = bare.stop("SIGINT");
    await bare.waitUntil("stubborn", ({ state }) => state === "Stopping");
    // What comes at once is taken for the same request.
    await new Promise((resolve) => setTimeout(resolve, 150));
    bare.child.kill("SIGINT");
    expect(await exit).toBe(0);
    expect(await bare.leftovers()).toEqual([]);
  });

  it("happens by itself when nothing is left running, with 4 when something failed", async () => {
    bare = await startAppHost(`host.addExecutable("job", "sh", { args: ["-c", "sleep 0.5; exit 3"] });`);
    expect(await bare.exitCode()).toBe(4);
  });

  it("leaves nothing when the AppHost itself is killed", async () => {
    bare = await startAppHost(
      `host.addExecutable("tree", "sh", { args: ["-c", "sleep 300 & wait"] }); host.addNodeApp("api", "server.ts");`,
      { files: { "server.ts": server } },
    );
    await bare.waitUntil("api", ({ health }) => health === "Healthy");
    await bare.stop("SIGKILL");
    const deadline = Date.now() + 5000;
    while ((await bare.leftovers()).length > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await bare.leftovers()).toEqual([]);
  });
});
