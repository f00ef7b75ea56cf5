import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startAppHost } from "@dext/hosting/testing";
import type { TestAppHost } from "@dext/hosting/testing";
import type { ResourceSnapshot } from "@dext/protocol";
import { findProgram } from "../../hosting/src/orchestration/find-program.ts";
import { requirement } from "../fixtures/requirement.ts";
import { makeVaultProgram } from "../fixtures/vault/vault-program.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

const playground = fileURLToPath(new URL("../../playground", import.meta.url));
const dext = fileURLToPath(new URL("../../cli/bin/dext.js", import.meta.url));
const hasRedis = ["/usr/bin", "/usr/local/bin"].some((folder) => existsSync(`${folder}/redis-server`));
const consulPath = await findProgram("consul");
const hasConsul = requirement("consul", () => consulPath !== undefined);
/** What a machine has without this repository: whatever Node is there is too old for the services. */
const poorPath = "/usr/local/bin:/usr/bin:/bin";

afterEach(() => void vi.unstubAllEnvs());

describe.each([
  { launcher: "process", skip: !hasRedis },
  { launcher: "embedded", skip: false },
])("the playground with Redis as $launcher", ({ launcher, skip }) => {
  // Without a redis-server on the machine there is no such launcher.
  describe.skipIf(skip)("in a test", () => {
    let app: TestAppHost;
    beforeAll(async () => {
      vi.stubEnv("PATH", poorPath);
      app = await startAppHost(join(playground, "apphost.ts"), { launch: launcher, timeout: "45s" });
    }, 60_000);
    // Not there when it did not start.
    afterAll(() => (app as TestAppHost | undefined)?.stop());

    async function textOf(resource: string): Promise<string> {
      const lines = await app.logs(resource);
      return lines.map(({ replica, text }) => `${resource}.${replica} ${text}`).join("\n");
    }

    it("has every resource healthy, the seed finished", async () => {
      const resources = await app.resources();
      expectAllThere(resources);
      expect(resources.find(({ name }) => name === "cache")?.launcher).toBe(launcher);
    });

    it("announces something of its own where no Consul is there", async () => {
      const page = await readPage(app.url("web"));
      const isThere = (await app.resources()).some(({ name }) => name === "settings");
      expect(page).toContain(isThere ? "Announced by Consul" : "Announced by the code");
    });

    it("takes an order from the page's form to the worker's log and back to the page as shipped", async () => {
      const web = app.url("web");
      const form = orderForm(await readPage(web), "enamel-mug");
      const placed = await submit(web, { ...form, fields: { ...form.fields, quantity: "2" } });
      expect(placed.status).toBe(303);
      const page = await readPage(new URL(placed.headers.get("location") ?? "", web).href);
      const number = /Thank you\. Order (\d+), 2 × Enamel mug for €28\.00/.exec(page)?.[1];
      expect(number).toBeDefined();

      await vi.waitFor(
        async () => expect(await textOf("worker")).toContain(`Order ${number} is shipped`),
        15_000,
      );
      expect(await readPage(web)).toMatch(new RegExp(`data-order="${number}"\\s+data-status="shipped"`));
    });

    it("ships an order whose worker is killed while it packs, and starts that worker again", async () => {
      const web = app.url("web");
      const placed = await submit(web, {
        action: "/orders",
        fields: { product: "brass-pen", quantity: "1" },
      });
      const number = new URL(placed.headers.get("location") ?? "", web).searchParams.get("placed");

      const packer = await vi.waitUntil(
        async () =>
          new RegExp(String.raw`worker\.(\d) .*Order ${number}: packing`).exec(await textOf("worker")),
        { timeout: 5_000 },
      );
      const replica = Number(packer[1]);
      const start = new RegExp(String.raw`worker\.${replica} .*worker listens.* pid=(\d+)`);
      const pid = Number(start.exec(await textOf("worker"))?.[1]);
      expect(isAlive(pid)).toBe(true);
      await app.kill("worker", { replica });
      expect(isAlive(pid)).toBe(false);

      await vi.waitFor(async () => expect(await textOf("worker")).toContain(`Order ${number} is shipped`), {
        timeout: 20_000,
        interval: 500,
      });
      await app.waitFor("worker", "Healthy", { replica, timeout: "10s" });
      expect(await app.resource("worker", { replica })).toMatchObject({
        name: "worker",
        replica,
        state: "Running",
        health: "Healthy",
        generation: 2,
      });
    }, 40_000);

    it("says on the page why an order is refused", async () => {
      const web = app.url("web");
      const form = orderForm(await readPage(web), "wool-blanket");
      const refused = await submit(web, { ...form, fields: { ...form.fields, quantity: "6" } });
      expect(refused.status).toBe(409);
      expect(await refused.text()).toContain("Only 5 left of Wool blanket, you asked for 6.");
    });

    it("shows an order on the stock page's live stream, through the proxy of the dev server", async () => {
      const web = app.url("web");
      const stock = app.url("stock");
      const stream = await fetch(new URL("/api/stock/live", stock));
      const events = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
      expect((await events.read()).value).toContain("event: shelves");

      await submit(web, { action: "/orders", fields: { product: "canvas-bag", quantity: "3" } });
      const { value } = await events.read();
      await events.cancel();
      expect(value).toContain('"product":"canvas-bag"');
      expect(value).toContain('"change":-3');
    });

    it("tells on the page what the pipeline does when the inventory fails, and when it answers again", async () => {
      const web = app.url("web");
      const turn = (fault: string): Promise<Response> => submit(web, { action: "/fault", fields: { fault } });
      expect((await turn("upside-down")).status).toBe(400);
      expect((await turn("failing")).status).toBe(303);
      const failing = await vi.waitFor(
        async () => {
          const page = await readPage(web);
          expect(page).toMatch(/data-circuit="open"/);
          return page;
        },
        { timeout: 15_000 },
      );
      expect(failing).toMatch(/attempt 1 was answered 503, next in \d+ ms/);
      expect(failing).toMatch(/circuit opened for 5 s/);
      expect(failing).toContain("Enamel mug");
      expect((await turn("none")).status).toBe(303);
      await vi.waitFor(
        async () => {
          const page = await readPage(web);
          expect(page).toMatch(/data-circuit="closed"/);
          expect(page).toContain("circuit closed: the inventory answers again");
        },
        { timeout: 15_000, interval: 250 },
      );
    }, 40_000);

    it("gives the same key to the api and the worker, and shows no secret in the logs", async () => {
      const names = [...new Set((await app.resources()).map(({ name }) => name))];
      const all = (await Promise.all(names.map(textOf))).join("\n");
      expect(all).not.toContain("its receipt is not ours");
      const secrets = ["order-signing-key", "cache-password"].map((name) => app.parameter(name));
      expect(secrets.filter((secret) => secret === "" || all.includes(secret))).toEqual([]);
    });

    it("stops without a failure and leaves no process and no open port behind", async () => {
      const resources = await app.resources();
      await app.stop();
      expect(app.exitCode).toBe(0);
      await expectGone(resources);
    });
  });
});

describe.skipIf(!hasConsul.available)(`the playground with Consul and Vault ${hasConsul.reason}`, () => {
  let app: TestAppHost | undefined;
  let program: Awaited<ReturnType<typeof makeVaultProgram>>;
  beforeAll(async () => {
    program = await makeVaultProgram();
  });
  afterAll(async () => {
    await app?.stop();
    await program.close();
  });

  it("announces what stands in Consul, signs with the key of Vault, and follows both", async () => {
    vi.stubEnv("PATH", [program.folder, dirname(consulPath ?? ""), poorPath].join(delimiter));
    app = await startAppHost(join(playground, "apphost.ts"), { launch: "embedded", timeout: "60s" });
    const web = app.url("web");
    const page = await readPage(web);
    expect(page).toContain("Storm lanterns travel free until the storm is over.");
    expect(page).toContain("Announced by Consul · receipts signed with a key of Vault");

    await fetch(new URL("/v1/kv/shop/announcement/text", app.url("settings")), {
      method: "PUT",
      body: "Closed <b>for the fair</b>.",
    });
    await vi.waitFor(
      async () => expect(await readPage(web)).toContain("Closed &#60;b&#62;for the fair&#60;/b&#62;."),
      { timeout: 20_000, interval: 200 },
    );
    // What does not fit keeps the last good one, and the shop goes on.
    const api = await app.waitFor("api", "Healthy");
    await fetch(new URL("/v1/kv/shop/announcement/text", app.url("settings")), {
      method: "PUT",
      body: "x".repeat(201),
    });
    await vi.waitFor(
      async () =>
        expect((await app?.resource("api"))?.configurationProblems).toMatchObject([{ state: "INVALID" }]),
      { timeout: 10_000, interval: 100 },
    );
    expect(await readPage(web)).toContain("Closed &#60;b&#62;");
    expect(await app.resource("api")).toMatchObject({ generation: api.generation, health: "Healthy" });

    // The worker knows the api's receipts by the key of Vault, which neither of them has access to.
    const placed = await submit(web, { action: "/orders", fields: { product: "enamel-mug", quantity: "1" } });
    const number = new URL(placed.headers.get("location") ?? "", web).searchParams.get("placed");
    await vi.waitFor(
      async () =>
        expect((await app?.logs("worker"))?.map(({ text }) => text).join("\n")).toContain(
          `Order ${number} is shipped`,
        ),
      { timeout: 20_000, interval: 250 },
    );
  }, 120_000);
});

describe("the playground run by dext", () => {
  let run: Run | undefined;
  afterEach(() => run?.abandon());

  it("is healthy, keeps its secrets to itself, ends with 0 and leaves nothing behind", async () => {
    run = await startPlayground("embedded");
    const resources = await run.resources();
    expectAllThere(resources);
    expect(await readPage(await run.address("web"))).toContain("data-product");
    const all = await run.logs();
    const secrets = await keptParameters();
    expect(Object.keys(secrets)).toEqual(expect.arrayContaining(["order-signing-key", "cache-password"]));
    expect(Object.values(secrets).filter((secret) => all.includes(secret))).toEqual([]);
    expect(await run.stop()).toBe(0);
    await expectGone(resources);
  }, 90_000);
});

function expectAllThere(resources: readonly ResourceSnapshot[]): void {
  expect(resources.map(({ name, replica, state, health }) => ({ name, replica, state, health }))).toEqual(
    expect.arrayContaining([
      ...["api", "cache", "inventory", "stock", "web"].map((name) => isHealthy(name, 0)),
      isHealthy("worker", 0),
      isHealthy("worker", 1),
      expect.objectContaining({ name: "seed", state: "Finished" }),
    ]),
  );
}

async function expectGone(resources: readonly ResourceSnapshot[]): Promise<void> {
  const processes = resources.flatMap(({ name, pid }) => (name === "seed" || !pid ? [] : [pid]));
  const ports = resources.flatMap(({ endpoints }) => endpoints.map(({ url }) => Number(new URL(url).port)));
  // Consul and Vault are there where the machine has them.
  const optional = resources.filter(({ name }) => name === "settings" || name === "vault").length;
  expect(processes).toHaveLength(7 + optional);
  expect(ports).toHaveLength(7 + optional);
  expect(processes.filter(isAlive)).toEqual([]);
  expect(await Promise.all(ports.map(isOpen))).toEqual(ports.map(() => false));
}

/** Generated at the first run and kept for the next. */
async function keptParameters(): Promise<Record<string, string>> {
  const text = await readFile(join(playground, ".dext", "parameters.json"), "utf8");
  return (JSON.parse(text) as { values: Record<string, string> }).values;
}

interface Run {
  resources(): Promise<ResourceSnapshot[]>;
  address(resource: string): Promise<string>;
  logs(resource?: string): Promise<string>;
  /** Interrupts the run and gives its exit code. */
  stop(): Promise<number | null>;
  /** Ends what is left, however the test went. */
  abandon(): Promise<void>;
}

async function startPlayground(launcher: string): Promise<Run> {
  const runtime = await mkdtemp(join(tmpdir(), "dext-e2e-"));
  const environment = {
    PATH: poorPath,
    HOME: process.env["HOME"],
    DEXT_RUNTIME_DIRECTORY: runtime,
    DEXT_LAUNCH: launcher,
    NO_COLOR: "1",
  };
  const options = { cwd: playground, env: environment };
  const child = spawn(process.execPath, [dext, "run"], { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  }
  const ended = once(child, "close");
  const ask = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, [dext, ...args], {
      ...options,
      maxBuffer: 2 ** 24,
    });
    return stdout;
  };
  const resources = async (): Promise<ResourceSnapshot[]> =>
    (JSON.parse(await ask("ps", "--json")) as { resources: ResourceSnapshot[] }).resources;

  const run: Run = {
    resources,
    logs: (...names) => ask("logs", ...names.filter((name) => name !== undefined)),
    async address(resource) {
      const snapshot = (await resources()).find(({ name }) => name === resource);
      return snapshot!.endpoints.find(({ name }) => name === "http")!.url;
    },
    async stop() {
      child.kill("SIGINT");
      await ended;
      return child.exitCode;
    },
    async abandon() {
      await endOf(child, ended);
      await rm(runtime, { recursive: true, force: true });
    },
  };
  try {
    await ask("wait", "--for", "healthy", "--timeout", "45s");
    return run;
  } catch (error) {
    await run.abandon();
    throw new Error(`The playground did not become healthy:\n${output.join("")}`, { cause: error });
  }
}

async function endOf(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await ended;
}

function isHealthy(name: string, replica: number): unknown {
  return { name, replica, state: "Running", health: "Healthy" };
}

/** One that has ended and that nobody has taken note of yet does not count. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !stat.slice(stat.lastIndexOf(")")).startsWith(") Z");
  } catch {
    return false;
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "localhost" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

interface Form {
  action: string;
  fields: Record<string, string>;
}

/** The order form of a product, as a browser reads it. */
function orderForm(page: string, product: string): Form {
  const card = page.slice(page.indexOf(`data-product="${product}"`));
  const [form = ""] = /<form[^]*?<\/form>/.exec(card) ?? [];
  const action = /action="([^"]*)"/.exec(form)?.[1];
  if (!action) throw new Error(`The page has no form for "${product}"`);
  const inputs = [...form.matchAll(/<input[^>]*>/g)].map(([input]) => input);
  return {
    action,
    fields: Object.fromEntries(inputs.map((input) => [attribute(input, "name"), attribute(input, "value")])),
  };
}

function attribute(tag: string, name: string): string {
  return new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
}

function submit(web: string, { action, fields }: Form): Promise<Response> {
  return fetch(new URL(action, web), {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams(fields),
  });
}

async function readPage(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return response.text();
}
