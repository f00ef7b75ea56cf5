import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { findProgram } from "../../../hosting/src/orchestration/find-program.ts";
import { dext, endLeftDexts, startDext } from "../../fixtures/cli/dext-process.ts";
import { freePort } from "../../fixtures/embedded-redis/redis-servers.ts";
import { outsideEnvironment, outsideFolder } from "../../fixtures/generators/outside-folder.ts";
import type { OutsideFolder } from "../../fixtures/generators/outside-folder.ts";
import { startOtlpReceiver } from "../../fixtures/otlp-receiver.ts";
import { requirement } from "../../fixtures/requirement.ts";

const redis = await findProgram("redis-server");
const postgres = await findProgram("postgres", { folders: ["/usr/lib/postgresql/*/bin"] });
const rabbitmq = await findProgram("rabbitmq-server");
const consul = await findProgram("consul");
const hasConsul = requirement("consul", () => consul !== undefined).available;
const reason =
  [
    requirement("redis", () => redis !== undefined),
    requirement("postgres", () => postgres !== undefined),
    requirement("rabbitmq", () => rabbitmq !== undefined),
  ].find(({ available }) => !available)?.reason ?? "";
const env = outsideEnvironment();
let outside: OutsideFolder;
/** The outside system that the component is for. */
const billing = createServer((request, response) => {
  response.writeHead(request.url === "/items/1" ? 200 : 404, { "content-type": "application/json" });
  response.end('{ "id": "1", "name": "Mug" }');
});

beforeAll(async () => {
  outside = await outsideFolder();
  const { folder, shop } = outside;
  await makes(["new", "app", "shop", "--kind", "plain", "--no-install", "--no-git"], folder);
  await makes(["new", "service", "stock", "--runtime", "deno", "--kind", "plain", "--no-install"], shop);
  for (const to of ["web", "stock"]) {
    for (const resource of ["redis", "postgres", "rabbitmq", "kafka", ...(hasConsul ? ["consul"] : [])]) {
      await makes(["add", resource, "--to", to, "--no-install"], shop);
    }
  }
  await once(billing.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(billing.address() as AddressInfo).port}`;
  await makes(["new", "service", "idle", "--kind", "worker", "--no-install"], shop);
  await makes(["add", "vault", "--to", "idle", "--no-install"], shop);
  const component = ["new", "component", "billing", "--url", url, "--no-install"];
  for (const to of ["web", "stock"]) await makes([...component, "--to", to], shop);
  await makes(["new", "component", "ledger", "--kind", "plain", "--runtime", "deno", "--no-install"], shop);
  await run("install");
}, 120_000);
afterAll(async () => {
  billing.close();
  await outside.remove();
});
afterEach(endLeftDexts);

describe("dext add and dext new component", () => {
  it("make clients that type-check, that linters have nothing against, and that pass their tests", async () => {
    await expect(run("run", "check")).resolves.toBeDefined();
    await expect(run("run", "lint")).resolves.toBeDefined();
    await expect(run("run", "test")).resolves.toBeDefined();
  }, 120_000);

  it.skipIf(reason !== "")(
    `give services on Node and Deno clients that work, show in telemetry, and come back with their servers ${reason}`,
    async () => {
      const receiver = await startOtlpReceiver();
      onTestFinished(() => receiver.close());
      const { shop } = outside;
      for (const name of ["web", "stock"]) {
        await writeFile(join(shop.path, "services", name, "src/main.ts"), usingAll(name));
      }
      // There is no Kafka on the machines that this runs on: nothing is to wait for it.
      const appHost = join(shop.path, "apphost.ts");
      await writeFile(appHost, (await readFile(appHost, "utf8")).replaceAll(".waitFor(stream)", ""));
      const system = startDext(["run", "web", "stock", "--json"], {
        folder: shop,
        env: { ...env, ConnectionStrings__stream: "127.0.0.1:1", DEXT_OTLP_ENDPOINT: receiver.url },
      });
      const wait = ["wait", "web", "stock", "--for", "healthy", "--timeout", "60s"];
      expect(await dext(wait, { folder: shop })).toMatchObject({ code: 0 });
      const answers = {
        cache: "kept",
        two: 2,
        message: "sent",
        item: { id: "1", name: "Mug" },
        greeting: "Hello",
      };
      expect(await Promise.all(["web", "stock"].map(ask))).toEqual([answers, answers]);
      for (const name of ["web", "stock"]) {
        await receiver.wait(({ spans }) =>
          spans.some((span) => span.service === name && span.name === "billing find"),
        );
        await receiver.wait(({ points }) =>
          points.some((point) => point.service === name && point.name === "billing.call.duration"),
        );
      }

      for (const server of ["cache", "db", "messages"]) {
        expect(await dext(["restart", server], { folder: shop })).toMatchObject({ code: 0 });
      }
      const everything = ["wait", "cache", "db", "messages", "web", "stock", "--for", "healthy"];
      expect(await dext([...everything, "--timeout", "60s"], { folder: shop })).toMatchObject({ code: 0 });
      await vi.waitFor(
        async () => expect(await Promise.all(["web", "stock"].map(ask))).toEqual([answers, answers]),
        { timeout: 30_000, interval: 200 },
      );

      if (hasConsul) await putGreetings(await urlOf("consul"));
      expect(await dext(["restart", "web", "stock"], { folder: shop })).toMatchObject({ code: 0 });
      expect(await dext([...everything, "--timeout", "60s"], { folder: shop })).toMatchObject({ code: 0 });
      const greetings = ["web", "stock"].map((name) => (hasConsul ? `Hello from ${name}` : "Hello"));
      expect(await Promise.all(["web", "stock"].map(ask))).toEqual(
        greetings.map((greeting) => ({ ...answers, greeting })),
      );

      system.signal("SIGTERM");
      expect(await system.ended).toMatchObject({ code: 0 });
    },
    180_000,
  );

  it.each([
    ["Node", "web", [process.execPath, "src/main.ts"]],
    ["Deno", "stock", ["deno", "run", "-A", "src/main.ts"]],
  ])("give a service on %s a Kafka client that tells that its server is away", async (_, name, command) => {
    const folder = join(outside.shop.path, "services", name);
    await writeFile(join(folder, "src/main.ts"), usingKafka(name));
    const port = await freePort();
    const [program = "", ...args] = command;
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...env, PORT: String(port), ConnectionStrings__stream: "127.0.0.1:1" },
      stdio: ["ignore", "inherit", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = once(child, "exit");
    const url = `http://127.0.0.1:${port}`;
    await vi.waitFor(async () => expect((await fetch(`${url}/alive`)).status).toBe(200), 10_000);
    const health = await fetch(`${url}/health`, { headers: { accept: "application/json" } });
    expect(health.status).toBe(503);
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});

async function makes(args: string[], folder: OutsideFolder["folder"]): Promise<void> {
  const made = await dext(args, { folder, env });
  expect(made).toMatchObject({ code: 0, stderr: expect.not.stringContaining("error") as unknown });
}

/** Gives what npm prints; rejects when it fails. */
async function run(...args: string[]): Promise<string> {
  const options = { cwd: outside.shop.path, env, maxBuffer: 64 * 1024 * 1024 };
  return (await promisify(execFile)("npm", args, options)).stdout;
}

async function ask(name: string): Promise<unknown> {
  return (await fetch(await urlOf(name))).json();
}

async function putGreetings(store: string): Promise<void> {
  for (const name of ["web", "stock"]) {
    await fetch(`${store}/v1/kv/${name}/greeting`, { method: "PUT", body: `Hello from ${name}` });
  }
}

async function urlOf(name: string): Promise<string> {
  const { resources } = JSON.parse((await dext(["ps", "--json"], { folder: outside.shop })).stdout) as {
    resources: { name: string; endpoints: { url: string }[] }[];
  };
  return resources.find((each) => each.name === name)?.endpoints[0]?.url ?? "";
}

/** A service that uses what `dext add` gave it, on any runtime. */
function usingAll(name: string): string {
  return `
import { Buffer } from "node:buffer";
import { EventEmitter, once } from "node:events";
import { loadConfig } from "@dext/providers";
import { createService } from "@dext/service";
import { connectBilling } from "@shop/billing";
import { connectCache } from "./cache.ts";
import { definition } from "./config.ts";
import { connectDb } from "./db.ts";
import { connectMessages } from "./messages.ts";

const queue = "${name}";
const { value } = await loadConfig(definition);
const service = createService({ name: queue });
const cache = await connectCache(service);
const db = connectDb(service);
const billing = connectBilling(service);
const arrivals = new EventEmitter();
const messages = await connectMessages(service, async (connection) => {
  const channel = await connection.createChannel();
  await channel.assertQueue(queue);
  await channel.consume(queue, (message) => {
    if (message === null) return;
    channel.ack(message);
    arrivals.emit("message", message.content.toString());
  });
});

await service.serve(async () => {
  await cache.set(queue, "kept");
  const { rows } = await db.query("select 1 + 1 as two");
  const arrived = once(arrivals, "message");
  const channel = await messages.createChannel();
  channel.sendToQueue(queue, Buffer.from("sent"));
  const [message] = await arrived;
  await channel.close();
  const item = await billing.find("1");
  return Response.json({ cache: await cache.get(queue), two: rows[0].two, message, item, greeting: value.greeting });
});
`;
}

function usingKafka(name: string): string {
  return `
import { createService } from "@dext/service";
import { connectStream } from "./stream.ts";

const service = createService({ name: "${name}" });
const { consumer } = connectStream(service);
consumer("${name}");
await service.serve(() => new Response());
`;
}
