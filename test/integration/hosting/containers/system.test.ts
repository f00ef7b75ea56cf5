import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { docker, useDockerEngine } from "../../../fixtures/docker-engine.ts";
import type { TestEngine } from "../../../fixtures/docker-engine.ts";
import { nodeImage, redisImage } from "../../../fixtures/local-images.ts";
import { TestAppHosts } from "../../../fixtures/testing-apphost.ts";

const server = `
process.on("SIGHUP", () => console.log("hup"));
process.on("SIGTERM", () => process.exit(0));
const { createServer } = require("node:http");
createServer(async (request, response) => {
  if (request.url === "/given") return response.end(JSON.stringify(process.env));
  if (request.url === "/ask") return response.end(await (await fetch(process.env.API_HTTP)).text());
  response.end("hello from " + process.env.DEXT_WHO);
}).listen(Number(process.env.PORT || 8080), process.env.PORT ? "localhost" : "0.0.0.0");
`;

describe.skipIf(!docker.available)(`a system with containers ${docker.reason}`, () => {
  let test: TestEngine;
  let image = "";
  const apps = new TestAppHosts({ timeout: "60s" });
  beforeAll(async () => {
    test = await useDockerEngine();
    image = await nodeImage(test.engine);
    await redisImage(test.engine);
  }, 120_000);
  afterAll(() => test?.release());
  afterEach(async () => {
    await apps.dispose();
    vi.unstubAllEnvs();
  });

  it("runs containers and processes that reach each other, and leaves none", async () => {
    vi.stubEnv("DOCKER_HOST", `unix://${test.socketPath}`);
    const app = await apps.start(
      `const cache = host.addRedis("cache").withLauncher("container");
       const api = host.addNodeApp("api", "server.cjs").withEnvironment("DEXT_WHO", "a process");
       host.addContainer("web", "${image}").withHttpEndpoint({ targetPort: 8080, env: "UNUSED_PORT" })
         .withBindMount("server.cjs", "/server.cjs", { readOnly: true }).withArgs("node", "/server.cjs")
         .withEnvironment("DEXT_WHO", "a container").withReference(api).withReference(cache).waitFor(api).waitFor(cache);`,
      { files: { "server.cjs": server } },
    );
    const web = await app.resource("web");
    expect(web).toMatchObject({ state: "Running", launcher: "container" });
    expect(web).not.toHaveProperty("pid");
    const url = web.endpoints[0]?.url ?? "";
    expect(await (await fetch(url)).text()).toBe("hello from a container");
    // From inside the container to a process of this machine, through the forwarder on the bridge.
    expect(await (await fetch(`${url}/ask`)).text()).toBe("hello from a process");
    const given = (await (await fetch(`${url}/given`)).json()) as Record<string, string>;
    expect(given["ConnectionStrings__cache"]).toMatch(/^cache:6379,password=\w+$/);

    const cache = await app.resource("cache");
    expect(cache).toMatchObject({ launcher: "container", health: "Healthy" });
    const password = /password=(\w+)/.exec(given["ConnectionStrings__cache"] ?? "")?.[1] ?? "";
    const client = new Redis(Number(new URL(cache.endpoints[0]?.url ?? "").port), "127.0.0.1", { password });
    expect(await client.set("key", "value")).toBe("OK");
    client.disconnect();

    await app.client.command("web", { command: "restart" });
    await app.waitFor("web", ({ health, generation }) => health === "Healthy" && generation === 2);
    await app.waitFor("web", ({ usage }) => (usage?.memory ?? 0) > 1_000_000);
    await app.stop();
    expect(app.exitCode).toBe(0);
    const filters = encodeURIComponent(JSON.stringify({ label: [`dev.dext.run=${app.runId}`] }));
    expect(
      await test.engine.json({ method: "GET", path: `/containers/json?all=true&filters=${filters}` }),
    ).toEqual([]);
  }, 90_000);

  it("153: gives containers their configuration, and sends them SIGHUP or starts them again when it changes", async () => {
    vi.stubEnv("DOCKER_HOST", `unix://${test.socketPath}`);
    const folder = await mkdtemp(join(tmpdir(), "dext-configured-"));
    const path = join(folder, "config.yaml");
    await writeFile(path, "greeting: one\n");
    const app = await apps.start(
      `import { createBuilder } from "@dext/hosting";
       import { defineConfig, file } from "@dext/providers";
       const host = createBuilder({ name: "sample" });
       const definition = defineConfig({ layers: [file(${JSON.stringify(path)})] });
       for (const onChange of ["signal", "restart"]) {
         host.addContainer("on-" + onChange, "${image}").withHttpEndpoint({ targetPort: 8080, env: "UNUSED_PORT" })
           .withBindMount("server.cjs", "/server.cjs", { readOnly: true }).withArgs("node", "/server.cjs")
           .withConfiguration(definition, ["greeting"], { onChange });
       }
       await host.run();`,
      { files: { "server.cjs": server } },
    );
    const greeting = async (name: string): Promise<unknown> => {
      const { endpoints } = await app.resource(name);
      const given = (await (await fetch(`${endpoints[0]?.url ?? ""}/given`)).json()) as Record<
        string,
        string
      >;
      return given["GREETING"];
    };
    expect([await greeting("on-signal"), await greeting("on-restart")]).toEqual(["one", "one"]);
    await writeFile(path, "greeting: two\n");
    await app.waitFor("on-restart", ({ health, generation }) => health === "Healthy" && generation === 2);
    expect(await greeting("on-restart")).toBe("two");
    await vi.waitFor(async () => {
      const lines = (await app.logs("on-signal")).map(({ text }) => text);
      // The engine may hand on what the program says before it has answered us.
      expect(lines.filter((text) => /hup|SIGHUP/.test(text)).toSorted()).toEqual([
        "hup",
        "was sent SIGHUP: its configuration has changed (GREETING)",
      ]);
    }, 10_000);
    expect(await app.resource("on-signal")).toMatchObject({ generation: 1, state: "Running" });
    await app.stop();
    await rm(folder, { recursive: true, force: true });
  }, 90_000);
});
