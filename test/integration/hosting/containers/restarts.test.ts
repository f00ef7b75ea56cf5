import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startAppHost } from "../../../fixtures/apphost-process.ts";
import type { RunningAppHost } from "../../../fixtures/apphost-process.ts";
import { docker, useDockerEngine } from "../../../fixtures/docker-engine.ts";
import type { TestEngine } from "../../../fixtures/docker-engine.ts";
import { baseImage, nodeImage } from "../../../fixtures/local-images.ts";

const program = `
const { createServer } = require("node:http");
process.on("SIGTERM", () => process.exit(0));
createServer((request, response) => response.end(process.env.HOSTNAME)).listen(8080, "0.0.0.0");
`;

describe.skipIf(!docker.available)(`containers in a run ${docker.reason}`, { timeout: 60_000 }, () => {
  let used: TestEngine;
  let images: { base: string; node: string };
  let app: RunningAppHost | undefined;
  beforeAll(async () => {
    used = await useDockerEngine();
    images = { base: await baseImage(used.engine), node: await nodeImage(used.engine) };
  }, 120_000);
  afterAll(() => used?.release());
  afterEach(async () => {
    await app?.dispose();
    app = undefined;
  });

  const start = async (body: string): Promise<RunningAppHost> => {
    const env = { DOCKER_HOST: `unix://${used.socketPath}` };
    app = await startAppHost(body, { env, files: { "server.cjs": program } });
    return app;
  };
  const leftOf = async ({ runId }: RunningAppHost): Promise<unknown[]> => {
    const query = { all: true, filters: { label: [`dev.dext.run=${runId}`] } };
    return [
      ...(await used.engine.json<unknown[]>({ path: "/containers/json", query })),
      ...(await used.engine.json<unknown[]>({ path: "/networks", query })),
    ];
  };

  it("that crash are started again by their policy; a crash loop is given up and told, and leaves none", async () => {
    const run = await start(
      `host.addContainer("flaky", "${images.base}", { entrypoint: ["/bin/sh", "-c"], args: ["echo again; exit 5"] })
         .withRestart("on-failure", { backoff: "50ms", limit: 2 });
       host.addExecutable("idle", "sleep", { args: ["300"] });`,
    );
    const flaky = await run.waitUntil("flaky", ({ state }) => state === "Exited");
    expect(flaky).toMatchObject({ restarts: 2, generation: 3, exitCode: 5, launcher: "container" });
    expect(flaky.reason).toContain("a crash loop: 2 restarts in a row did not help");
    const lines = (await run.logs("flaky")).filter(({ stream }) => stream === "stdout");
    expect(lines.map(({ text }) => text)).toEqual(["again", "again", "again"]);
    // Only the network is there for what may still start.
    expect(await leftOf(run)).toHaveLength(1);
    expect(await run.stop()).toBe(4);
    expect(await leftOf(run)).toEqual([]);
  });

  it("of several replicas answer behind one stable address while one of them is started again", async () => {
    const port = await freePort();
    const front = `http://127.0.0.1:${port}/`;
    const run = await start(
      `host.addContainer("web", "${images.node}").withArgs("node", "/server.cjs").withReplicas(2)
         .withHttpEndpoint({ port: ${port}, targetPort: 8080 }).withBindMount("server.cjs", "/server.cjs", { readOnly: true })
         .withStopTimeout("2s").withExplicitStart();
       host.addExecutable("idle", "sleep", { args: ["300"] });`,
    );
    await run.waitUntil("idle", ({ health }) => health === "Healthy");
    expect((await run.resource("web", 1)).state).toBe("NotStarted");
    await run.client.command("web", { command: "start" });
    const healthy = async (): Promise<number> => {
      const { resources } = await run.client.snapshot();
      return resources.filter(({ name, health }) => name === "web" && health === "Healthy").length;
    };
    await expect.poll(healthy, { timeout: 20_000 }).toBe(2);
    const answers = async (): Promise<Set<string>> => {
      const texts = await Promise.all(Array.from({ length: 8 }, () => ask(front)));
      return new Set(texts);
    };
    expect((await answers()).size).toBe(2);
    await run.client.command("web", { command: "stop", replica: 1 });
    await expect.poll(async () => (await answers()).size).toBe(1);
    await run.client.command("web", { command: "start", replica: 1 });
    await expect.poll(async () => (await answers()).size, { timeout: 20_000 }).toBe(2);
    expect(await run.stop()).toBe(0);
    expect(await leftOf(run)).toEqual([]);
  });
});

/** Over a connection of its own, or one replica would answer to all. */
async function ask(url: string): Promise<string> {
  const response = await fetch(url, { headers: { connection: "close" } }).catch(() => undefined);
  return response === undefined ? "no answer" : response.text();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
