import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAppHost } from "../../../fixtures/apphost-process.ts";
import type { RunningAppHost } from "../../../fixtures/apphost-process.ts";
import { answer, silence, startFaultyEngine } from "../../../fixtures/containers/faulty-engine.ts";
import type { FaultyEngine } from "../../../fixtures/containers/faulty-engine.ts";

let app: RunningAppHost | undefined;
let faulty: FaultyEngine;
beforeEach(async () => {
  faulty = await startFaultyEngine();
});
afterEach(async () => {
  await app?.dispose();
  app = undefined;
  await faulty.close();
});

const start = async (body: string): Promise<RunningAppHost> => {
  app = await startAppHost(body, { env: { DOCKER_HOST: `unix://${faulty.socketPath}` } });
  return app;
};
const body = `
  host.addContainer("box", "store:1");
  host.addRedis("cache").withLauncher(["container", "embedded"]);
  host.addExecutable("idle", "sleep", { args: ["300"] });`;

describe("an engine that does not answer", () => {
  it("from the beginning fails what needs it with the reason; what can do without it takes another way", async () => {
    faulty.faults.set("/version", silence);
    const run = await start(body);
    const box = await run.waitUntil("box", ({ state }) => state === "FailedToStart");
    expect(box.reason).toContain("has not answered GET /version within 5.0 s");
    const cache = await run.waitUntil("cache", ({ health }) => health === "Healthy");
    expect(cache.launcher).toBe("embedded");
    await run.waitUntil("idle", ({ health }) => health === "Healthy");
    expect(await run.stop()).toBe(4);
    expect(await run.leftovers()).toEqual([]);
  }, 40_000);

  it("any more while a container starts keeps nothing else from running, and the run can be stopped at once", async () => {
    faulty.faults.set("/images/store:1/json", answer({ Id: "sha256:1" }));
    faulty.faults.set("/images/redis:8.2/json", answer({ message: "No such image" }, 404));
    faulty.faults.set("/distribution/redis:8.2/json", answer({ message: "no route" }, 500));
    faulty.faults.set("*", silence);
    const run = await start(body);
    await run.waitUntil("idle", ({ health }) => health === "Healthy");
    const cache = await run.waitUntil("cache", ({ health }) => health === "Healthy");
    expect(cache.launcher).toBe("embedded");
    expect((await run.resource("box")).state).toBe("Starting");
    const begin = performance.now();
    await run.client.command("box", { command: "stop" });
    expect(performance.now() - begin).toBeLessThan(3000);
    expect((await run.resource("box")).state).toBe("Stopped");
  }, 60_000);
});
