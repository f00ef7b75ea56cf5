import { afterEach, describe, expect, it } from "vitest";
import { startAppHost } from "../../../fixtures/apphost-process.ts";
import type { RunningAppHost } from "../../../fixtures/apphost-process.ts";

let app: RunningAppHost | undefined;
afterEach(async () => {
  await app?.dispose();
  app = undefined;
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
    app = await startAppHost(
      `const api = host.addNodeApp("api", "server.ts").withHttpHealthCheck("/health").withEnvironment("HEALTHY_AFTER", 600);
       host.addNodeApp("web", "server.ts").waitFor(api);`,
      { files: { "server.ts": server } },
    );
    const waiting = await app.waitUntil("web", ({ state }) => state === "Waiting");
    expect(waiting.reason).toContain('waits for "api" to be healthy');
    await app.waitUntil("web", ({ health }) => health === "Healthy");
    const events = await app.events();
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
    app = await startAppHost(
      `const api = host.addNodeApp("api", "server.ts").withEnvironment("LISTEN_AFTER", 2500);
       host.addNodeApp("web", "server.ts").waitFor(api);`,
      { files: { "server.ts": server } },
    );
    await app.waitUntil("web", ({ state }) => state === "Running");
    const listens = (await app.logs("api")).find(({ text }) => text === "listens");
    const starts = (await app.events()).find(
      (event) => event.type === "state" && event.resource === "web" && event.data.to === "Starting",
    );
    expect((starts?.time ?? Number.POSITIVE_INFINITY) - (listens?.time ?? 0)).toBeLessThan(150);
  });

  it("starts when a job has finished", async () => {
    app = await startAppHost(
      `const job = host.addExecutable("job", "sh", { args: ["-c", "sleep 0.3; echo seeded"] });
       host.addNodeApp("api", "server.ts").waitForCompletion(job);`,
      { files: { "server.ts": server } },
    );
    await app.waitUntil("api", ({ state }) => state === "Running");
    expect(await app.resource("job")).toMatchObject({ state: "Finished", exitCode: 0 });
  });

  it("starts when another has started, though it is not healthy", async () => {
    app = await startAppHost(
      `const api = host.addNodeApp("api", "server.ts").withHttpHealthCheck("/health").withEnvironment("HEALTHY_AFTER", 60000);
       host.addNodeApp("web", "server.ts").waitForStart(api);`,
      { files: { "server.ts": server } },
    );
    await app.waitUntil("web", ({ state }) => state === "Running");
    const api = await app.waitUntil("api", ({ healthMessage }) => healthMessage?.includes("503") ?? false);
    expect(api).toMatchObject({
      health: "Unhealthy",
      healthMessage: expect.stringContaining("GET /health answered 503: warming up"),
    });
  });

  it("does not start when what it waits for failed, and says which; the others keep running and the exit code is 4", async () => {
    app = await startAppHost(
      `const job = host.addExecutable("job", "sh", { args: ["-c", "echo no luck >&2; exit 7"] });
       host.addNodeApp("api", "server.ts").waitForCompletion(job);
       host.addNodeApp("other", "server.ts");`,
      { files: { "server.ts": server } },
    );
    const api = await app.waitUntil("api", ({ state }) => state === "FailedToStart");
    expect(api.reason).toContain('"job" has ended');
    expect(await app.resource("job")).toMatchObject({
      state: "Exited",
      exitCode: 7,
      reason: expect.stringContaining("code 7"),
    });
    await app.waitUntil("other", ({ health }) => health === "Healthy");
    expect(await app.stop()).toBe(4);
  });

  it("is ready when a line of its log matches", async () => {
    app = await startAppHost(
      `const api = host.addExecutable("api", "sh", { args: ["-c", "sleep 0.7; echo it is ready; exec sleep 60"] }).withLogReadiness("is ready");
       host.addNodeApp("web", "server.ts").waitFor(api);`,
      { files: { "server.ts": server } },
    );
    const waiting = await app.waitUntil("api", ({ healthMessage }) => healthMessage !== undefined);
    expect(waiting.healthMessage).toContain("/is ready/");
    await app.waitUntil("web", ({ state }) => state === "Running");
  });
});

describe("stopping", () => {
  it("goes in reverse order of dependence and leaves nothing", async () => {
    app = await startAppHost(
      `const api = host.addNodeApp("api", "server.ts");
       const web = host.addNodeApp("web", "server.ts").waitFor(api);
       host.addNodeApp("page", "server.ts").withReference(web).waitFor(web);`,
      { files: { "server.ts": server } },
    );
    await app.waitUntil("page", ({ health }) => health === "Healthy");
    const stopped: string[] = [];
    const following = (async () => {
      for await (const event of app?.client.events() ?? []) {
        if (event.type === "state" && event.data.to === "Stopped") stopped.push(event.resource);
      }
    })().catch(() => {});
    expect(await app.stop("SIGINT")).toBe(0);
    await following;
    expect(stopped).toEqual(["page", "web", "api"]);
    expect(await app.leftovers()).toEqual([]);
  });

  it("takes grandchildren along", async () => {
    app = await startAppHost(
      `host.addExecutable("tree", "sh", { args: ["-c", "sleep 300 & (sleep 301 & sleep 302) & wait"] });`,
    );
    await app.waitUntil("tree", ({ health }) => health === "Healthy");
    expect((await app.leftovers()).length).toBeGreaterThan(3);
    expect(await app.stop("SIGHUP")).toBe(0);
    expect(await app.leftovers()).toEqual([]);
  });

  it("kills what ignores the signal after its own time", async () => {
    app = await startAppHost(
      `host.addExecutable("stubborn", "sh", { args: ["-c", "trap '' TERM; while :; do sleep 0.1; done"] }).withStopTimeout("300ms");`,
    );
    await app.waitUntil("stubborn", ({ health }) => health === "Healthy");
    const startedAt = performance.now();
    expect(await app.stop()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(3000);
    expect(await app.leftovers()).toEqual([]);
  });

  it("kills at once at the second signal", async () => {
    app = await startAppHost(
      `host.addExecutable("stubborn", "sh", { args: ["-c", "trap '' TERM; while :; do sleep 0.1; done"] }).withStopTimeout("60s");`,
    );
    await app.waitUntil("stubborn", ({ health }) => health === "Healthy");
    const exit = app.stop("SIGINT");
    await app.waitUntil("stubborn", ({ state }) => state === "Stopping");
    app.child.kill("SIGINT");
    expect(await exit).toBe(0);
    expect(await app.leftovers()).toEqual([]);
  });

  it("happens by itself when nothing is left running, with 4 when something failed", async () => {
    app = await startAppHost(`host.addExecutable("job", "sh", { args: ["-c", "sleep 0.5; exit 3"] });`);
    expect(await app.exitCode()).toBe(4);
  });

  it("leaves nothing when the AppHost itself is killed", async () => {
    app = await startAppHost(
      `host.addExecutable("tree", "sh", { args: ["-c", "sleep 300 & wait"] }); host.addNodeApp("api", "server.ts");`,
      { files: { "server.ts": server } },
    );
    await app.waitUntil("api", ({ health }) => health === "Healthy");
    await app.stop("SIGKILL");
    const deadline = Date.now() + 5000;
    while ((await app.leftovers()).length > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await app.leftovers()).toEqual([]);
  });
});
