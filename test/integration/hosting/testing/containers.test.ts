import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { docker, useDockerEngine } from "../../../fixtures/docker-engine.ts";
import type { TestEngine } from "../../../fixtures/docker-engine.ts";
import { nodeImage } from "../../../fixtures/local-images.ts";
import { failureOf, TestAppHosts } from "../../../fixtures/testing-apphost.ts";

/** Counts in its volume how often it was started. */
const server = `
const { createServer } = require("node:http");
const { appendFileSync, readFileSync } = require("node:fs");
appendFileSync("/data/starts", "x");
createServer((request, response) => response.end(readFileSync("/data/starts"))).listen(8080);
process.once("SIGTERM", () => process.exit(0));
`;
const files = { "server.cjs": server };

describe.skipIf(!docker.available)(`containers of a test ${docker.reason}`, () => {
  const apps = new TestAppHosts();
  let test: TestEngine;
  let web = "";
  beforeAll(async () => {
    test = await useDockerEngine();
    const image = await nodeImage(test.engine);
    web = `host.addContainer("web", "${image}").withHttpEndpoint({ targetPort: 8080 }).withArgs("node", "/server.cjs")
      .withBindMount("server.cjs", "/server.cjs", { readOnly: true }).withVolume("counts", "/data")`;
  }, 120_000);
  afterAll(() => test?.release());
  afterEach(async () => {
    await apps.dispose();
    vi.unstubAllEnvs();
  });

  async function namesOf(kind: "containers" | "volumes", runId: string): Promise<readonly string[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`dev.dext.run=${runId}`] }));
    if (kind === "volumes") {
      const { Volumes } = await test.engine.json<{ Volumes: { Name: string }[] | null }>({
        path: `/volumes?filters=${filters}`,
      });
      return (Volumes ?? []).map(({ Name }) => Name);
    }
    const found = await test.engine.json<{ Names: string[] }[]>({
      path: `/containers/json?all=true&filters=${filters}`,
    });
    return found.map(({ Names }) => Names[0] ?? "");
  }

  it("can be killed and come back by their policy, one replica or all", { timeout: 60_000 }, async () => {
    vi.stubEnv("DOCKER_HOST", `unix://${test.socketPath}`);
    const app = await apps.start(`${web}.withReplicas(2).withRestart("on-failure", { backoff: "50ms" });`, {
      files,
      timeout: "40s",
    });
    await app.kill("web", { replica: 1 });
    await app.waitFor("web", "Healthy");
    expect((await app.resources()).map(({ generation }) => generation)).toEqual([1, 2]);
    await app.kill("web");
    await app.waitFor("web", "Healthy");
    expect((await app.resources()).map(({ generation }) => generation)).toEqual([2, 3]);
    // Two starts of each and one more of the second, all on the volume of this run.
    expect(await (await app.http("web").get("/")).text()).toBe("xxxxx");
    expect(await namesOf("volumes", app.runId)).toEqual([`dext-${app.runId}-counts`]);
    await app.stop();
    expect(await namesOf("volumes", app.runId)).toEqual([]);
    expect(await namesOf("containers", app.runId)).toEqual([]);
  });

  it("stand still when they are paused, and can be killed or stopped then", { timeout: 60_000 }, async () => {
    vi.stubEnv("DOCKER_HOST", `unix://${test.socketPath}`);
    const app = await apps.start(
      `${web.replace('"web"', '"other"')}; ${web}.withHttpHealthCheck("/", { interval: "200ms", timeout: "300ms" });
       host.addExternalService("bank", "http://localhost:9");`,
      { files, waitFor: false },
    );
    await Promise.all(["web", "other"].map((name) => app.waitFor(name, "Healthy", { timeout: "40s" })));
    await app.pause("web");
    await app.pause("web");
    await app.waitFor("web", "Unhealthy", { timeout: "10s" });
    await app.resume("web");
    await app.waitFor("web", "Healthy", { timeout: "10s" });
    await app.resume("web");
    expect((await app.resource("web")).generation).toBe(1);

    await app.pause("web");
    await app.kill("web");
    expect(await app.resource("web")).toMatchObject({ state: "Exited", exitCode: 137 });
    for (const [fault, name] of [
      [() => app.kill("web"), "web"],
      [() => app.pause("web"), "web"],
      [() => app.kill("bank"), "bank"],
    ] as const) {
      expect(await failureOf(fault)).toMatchObject({
        code: "DEXT_TESTING_FAULT_IMPOSSIBLE",
        details: { resource: name },
      });
    }
    await app.pause("other");
    const startedAt = performance.now();
    await app.stop();
    // What stands still would have to be killed after 5 s.
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(await namesOf("containers", app.runId)).toEqual([]);
  });

  it("share no volume and no container that outlives a run with anybody", { timeout: 60_000 }, async () => {
    vi.stubEnv("DOCKER_HOST", `unix://${test.socketPath}`);
    const body = `${web.replace(/"web", ("[^"]*")/, '"web", $1, { lifetime: "persistent" }')};`;
    const [first, second] = await Promise.all([1, 2].map(() => apps.start(body, { files, timeout: "40s" })));
    for (const app of [first, second]) {
      expect(await (await app?.http("web").get("/"))?.text()).toBe("x");
      expect(await namesOf("containers", app?.runId ?? "")).toEqual([`/dext-${app?.runId}-web`]);
    }
    await apps.dispose();
    for (const app of [first, second]) {
      expect(await namesOf("containers", app?.runId ?? "")).toEqual([]);
      expect(await namesOf("volumes", app?.runId ?? "")).toEqual([]);
    }
  });

  it("are gone with their volumes when the AppHost is killed", { timeout: 60_000 }, async () => {
    vi.stubEnv("DOCKER_HOST", `unix://${test.socketPath}`);
    const app = await apps.start(`${web};`, { files, timeout: "40s" });
    process.kill((await app.client.info()).pid, "SIGKILL");
    await expect
      .poll(
        async () => [...(await namesOf("containers", app.runId)), ...(await namesOf("volumes", app.runId))],
        { timeout: 15_000 },
      )
      .toEqual([]);
  });
});
