import { spawn } from "node:child_process";
import { once } from "node:events";
import { symlink } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { commit, plan } from "@dext/generators";
import { createService } from "@dext/service";
import type { Service } from "@dext/service";
import { expect, it, onTestFinished, vi } from "vitest";
import { realRedis, startRealRedis } from "../../fixtures/embedded-redis/redis-servers.ts";
import { targetFolder } from "../../fixtures/generators/target-folder.ts";

const redis = realRedis();

it.skipIf(!redis.available)(
  `the client of Redis tells at once that its server is away, and lets the service stop ${redis.reason}`,
  async () => {
    const server = await startRealRedis();
    vi.stubEnv("CACHE_URI", `redis://127.0.0.1:${server.port}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    const folder = await shopFolder();
    await commit(await plan("resource", { resource: "redis", name: "cache", to: "api" }, { target: folder }));
    const { connectCache } = (await import(urlOf(folder, "services/api/src/cache.ts"))) as {
      connectCache: (service: Service) => Promise<{ get(key: string): Promise<unknown>; isReady: boolean }>;
    };
    const service = createService({ name: "api" });
    const client = await connectCache(service);
    expect((await service.health.report("ready")).status).toBe("Healthy");
    await server.stop();
    await vi.waitFor(() => expect(client.isReady).toBe(false));
    const late = client.get("key").catch((error: unknown) => error);
    await vi.waitFor(
      async () => expect((await service.health.report("ready")).status).toBe("Unhealthy"),
      2000,
    );
    await service.stop();
    expect(await late).toBeInstanceOf(Error);
  },
);

it("the connection of a component gives up a server that takes none, and ends while it connects", async () => {
  const port = await deafServer();
  const folder = await shopFolder();
  await commit(await plan("component", { name: "ledger", kind: "plain" }, { target: folder }));
  const { LineConnection } = (await import(urlOf(folder, "components/ledger/src/line-connection.ts"))) as {
    LineConnection: new (
      address: string,
      options: { timeout: number },
    ) => { ask(line: string): Promise<string>; close(): void };
  };
  const hasty = new LineConnection(`127.0.0.1:${port}`, { timeout: 50 });
  await expect(hasty.ask("x")).rejects.toThrow("No connection within 50 ms");
  const patient = new LineConnection(`127.0.0.1:${port}`, { timeout: 600_000 });
  const failure = patient.ask("x").catch((error: unknown) => error);
  patient.close();
  expect(await failure).toMatchObject({ message: "The connection was closed" });
});

/** A repository with a service `api`, in which what is imported is found. */
async function shopFolder(): Promise<string> {
  const folder = await targetFolder();
  await commit(await plan("app", { name: "shop" }, { target: folder }));
  await symlink(join(import.meta.dirname, "../../../node_modules"), join(folder, "node_modules"));
  return folder;
}

function urlOf(folder: string, path: string): string {
  return pathToFileURL(join(folder, path)).href;
}

/** The port of a server that has stopped listening with its queue full: the system answers nobody else. */
async function deafServer(): Promise<number> {
  const code = `require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
    console.log(this.address().port);
  });`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  child.kill("SIGSTOP");
  const port = Number(String(line));
  for (let count = 0; count < 4; count += 1) {
    const socket = connect({ port, host: "127.0.0.1" }).on("error", () => {});
    onTestFinished(() => void socket.destroy());
  }
  return port;
}
