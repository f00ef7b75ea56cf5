import { delimiter } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findProgram } from "../../../../hosting/src/orchestration/find-program.ts";
import { cleanEnvironment, runToEnd, startAppHost } from "../../../fixtures/apphost-process.ts";
import type { AppHostOptions, RunningAppHost } from "../../../fixtures/apphost-process.ts";
import { configuredService, givenTo, linesOf, until } from "../../../fixtures/configured-service.ts";
import { startConsulServer } from "../../../fixtures/consul/consul-server.ts";
import type { ConsulServer } from "../../../fixtures/consul/consul-server.ts";
import { requirement } from "../../../fixtures/requirement.ts";
import { makeVaultProgram } from "../../../fixtures/vault/vault-program.ts";

const isInstalled = (await findProgram("consul")) !== undefined;
const realConsul = requirement("consul", () => isInstalled);

let vault: Awaited<ReturnType<typeof makeVaultProgram>>;
let consul: ConsulServer;
let app: RunningAppHost | undefined;
beforeAll(async () => {
  vault = await makeVaultProgram();
  consul = await startConsulServer({ acl: true });
});
afterEach(async () => {
  await app?.dispose();
  app = undefined;
  consul.heal();
});
afterAll(async () => {
  await vault.close();
  await consul.close();
});

const preamble = `
import { createBuilder } from "@dext/hosting";
import { consul, defineConfig, object, vault } from "@dext/providers";
const host = createBuilder({ name: "sample" });
const service = (name) => host.addNodeApp(name, "service.mjs", { http: false });
`;

function start(body: string, options: AppHostOptions = {}): Promise<RunningAppHost> {
  const { PATH = "" } = cleanEnvironment();
  return startAppHost(`${preamble}${body}\nawait host.run();\n`, {
    ...options,
    files: { "service.mjs": configuredService, ...options.files },
    env: {
      PATH: [vault.folder, PATH].join(delimiter),
      DEXT_LAUNCH: "external,process",
      ConnectionStrings__settings: `Endpoint=${consul.address};Token=${consul.token ?? ""}`,
      ...options.env,
    },
  });
}

const healthy = ({ health }: { health: string }): boolean => health === "Healthy";

function put(key: string, value: string): Promise<Response> {
  return fetch(`${consul.address}/v1/kv/${key}`, {
    method: "PUT",
    body: value,
    headers: { "x-consul-token": consul.token ?? "" },
  });
}

const both = `
const key = host.addParameter("signing-key", { secret: true, generate: true });
const settings = host.addConsul("settings").withKeyValues({ "shop/greeting": "hello", "shop/limits": { orders: 3 }, "shop/unused": "1" });
const secrets = host.addVault("secrets").withSecrets({ "secret/shop/orders": { signingKey: key } });
const definition = defineConfig({
  layers: [
    consul({ prefix: "shop/", connection: "settings" }),
    vault({ path: "secret/shop/orders", connection: "secrets", at: "orders" }),
  ],
});
`;

describe("a configuration whose sources are servers of the run", () => {
  it("149: is loaded when they are healthy and filled; the service gets its keys, and neither tokens nor connections", async () => {
    app = await start(
      `${both}
      service("api").withConfiguration(definition, ["greeting", "orders.*"], { from: [settings, secrets] });
      service("web").withConfiguration(definition, ["greeting"], { from: [secrets, settings] });`,
      {
        env: { VAULT_ADDR: "http://127.0.0.1:9", VAULT_TOKEN: "s.of-the-developer", CONSUL_HTTP_TOKEN: "c" },
      },
    );
    await app.waitUntil("api", healthy);
    await app.waitUntil("web", healthy);
    expect(await app.resource("secrets")).toMatchObject({ launcher: "process", health: "Healthy" });
    expect(await app.resource("settings")).toMatchObject({ launcher: "external", health: "Healthy" });
    const [given = {}] = await givenTo(app, "api");
    expect(given).toMatchObject({ GREETING: "hello", ORDERS__signingKey: "***" });
    const text = JSON.stringify(given);
    expect(text).not.toContain(consul.token);
    expect(
      Object.keys(given).filter((name) =>
        /VAULT|CONSUL|ConnectionStrings|SECRETS_|SETTINGS_|TOKEN/.test(name),
      ),
    ).toEqual([]);
    expect(await linesOf(app, "settings", /filled/)).toEqual(["filled with 3 keys"]);
    expect(await linesOf(app, "secrets", /Root Token/)).toEqual([
      "==> Vault server started! Root Token: ***",
    ]);
    expect(await linesOf(app, "secrets", /filled/)).toEqual(["filled with 1 secret"]);
    const described = (await app.client.describe()).resources.find(({ name }) => name === "api");
    expect(described?.configurations).toMatchObject([
      { from: ["settings", "secrets"], sources: [{ state: "READY" }, { state: "READY" }] },
    ]);
    expect(described?.references).toEqual([]);
    // Seeded before anybody who waits for it has begun to start.
    const events = await app.events();
    const at = (resource: string, to: string): number =>
      events.findIndex(
        (event) => event.type === "state" && event.resource === resource && event.data.to === to,
      );
    const healthyAt = events.findIndex(
      (event) => event.type === "health" && event.resource === "secrets" && event.data.to === "Healthy",
    );
    expect(at("api", "Starting")).toBeGreaterThan(healthyAt);
  });

  it("153, 154, 155: a used key restarts, an unused one does not; an outage leaves the service running and is shown until it is over", async () => {
    await put("live/greeting", "one");
    app = await start(
      `const settings = host.addConsul("settings");
      const definition = defineConfig({ layers: [object({ greeting: "?" }), consul({ prefix: "live/", connection: "settings", wait: "1s" })] });
      service("api").withConfiguration(definition, ["greeting"], { from: [settings] });`,
    );
    const running = app;
    await until(async () => (await running.resource("api")).health === "Healthy", "healthy");
    const before = await app.resource("api");
    await put("live/unused", "x");
    await put("live/greeting", "two");
    await put("live/greeting", "three");
    await app.waitUntil(
      "api",
      ({ generation, health }) => generation > before.generation && health === "Healthy",
    );
    expect((await givenTo(app, "api")).at(-1)).toMatchObject({ GREETING: "three" });
    const pid = (await app.resource("api")).pid;
    consul.inject({
      fault: { kind: "status", status: 500, body: "No cluster leader" },
      when: ({ path }) => path.startsWith("/v1/kv"),
    });
    consul.breakConnections();
    const wrong = await app.waitUntil(
      "api",
      ({ configurationProblems }) => configurationProblems !== undefined,
    );
    expect(wrong.configurationProblems).toMatchObject([
      {
        source: expect.stringMatching(/^consul .*live\//) as string,
        state: "STALE",
        message: expect.stringMatching(/does not answer|No cluster leader/) as string,
      },
    ]);
    consul.heal();
    await app.waitUntil("api", ({ configurationProblems }) => configurationProblems === undefined);
    expect(await app.resource("api")).toMatchObject({ pid, state: "Running" });
    const notices = (await app.events()).flatMap((event) =>
      event.type === "notice" ? [event.data.level] : [],
    );
    expect(notices).toEqual(["warning", "info"]);
  });

  it("a configuration that cannot be loaded makes the service fail with the reason, and it starts when that is mended", async () => {
    app = await start(
      `const settings = host.addConsul("settings");
      const definition = defineConfig({ layers: [consul({ prefix: "late/", connection: "settings" })] });
      service("api").withConfiguration(definition, ["greeting"], { from: [settings] });
      service("second").withConfiguration(definition, ["more"], { from: [settings] });
      service("idle");`,
    );
    const failed = await app.waitUntil("api", ({ state }) => state === "FailedToStart");
    expect(failed.reason).toMatch(/^The configuration of "api", "second" cannot be loaded: .*late\//);
    await put("late/greeting", "there now");
    await app.client.command("api", { command: "start" });
    await app.waitUntil("api", healthy);
    expect((await givenTo(app, "api")).at(-1)).toMatchObject({ GREETING: "there now" });

    // A key that is not there: started again as soon as it is, since the configuration itself is followed by now.
    await expect(app.client.command("second", { command: "start" })).rejects.toMatchObject({
      code: "DEXT_RUN_START_FAILED",
      message: expect.stringMatching(/is to be given what its configuration does not have: "more"/) as string,
    });
    await put("late/more", "of it");
    await app.waitUntil("second", healthy);
    expect((await givenTo(app, "second")).at(-1)).toMatchObject({ MORE: "of it" });
    expect(await app.resource("api")).toMatchObject({ generation: 1, state: "Running" });
  });

  it("a server outside the run that does not answer ends the AppHost with 3 after its time, and meanwhile it is said what is read", async () => {
    const { exitCode, stderr, stdout } = await runToEnd(
      `${preamble}
      const definition = defineConfig({ startTimeout: "2500ms", layers: [consul({ prefix: "shop/", address: "http://127.0.0.1:9" })] });
      service("api").withConfiguration(definition, ["greeting"]);
      await host.run();`,
      { files: { "service.mjs": configuredService } },
    );
    expect(stderr).toMatch(/^Still reading the configuration: consul shop\/$/m);
    expect(stderr).toMatch(
      /^error DEXT_RUN_CONFIGURATION_FAILED: The configuration of "api" cannot be loaded: .*127\.0\.0\.1:9.*\(tried \d+ times\)$/m,
    );
    expect(stdout).toBe("");
    expect(exitCode).toBe(3);
  });

  it("a seed that the server refuses makes it fail with the key, the status and its words; who waits for it does not start", async () => {
    app = await start(
      `const settings = host.addConsul("settings").withKeyValues({ "shop/a": "1" });
      service("api").waitFor(settings);
      service("idle");`,
      { env: { ConnectionStrings__settings: `Endpoint=${consul.address};Token=not-let-in` } },
    );
    const failed = await app.waitUntil("settings", ({ state }) => state === "FailedToStart");
    expect(failed.reason).toMatch(/^"settings" could not be filled with the key "shop\/a": 403 \S/);
    expect(await app.waitUntil("api", ({ state }) => state === "FailedToStart")).toMatchObject({
      reason: `"settings" did not start`,
    });
    expect(JSON.stringify(await app.events())).not.toContain("not-let-in");
    expect(await app.stop()).toBe(4);
  });

  it("optional servers that cannot be had are left out, with what is read from them, and this is told", async () => {
    app = await start(
      `${both.replace('addVault("secrets")', 'addVault("secrets").withOptional()')}
      service("api").withReference(secrets).waitFor(secrets).withEnvironment("WHERE", secrets.property("uri"))
        .withConfiguration(defineConfig({ layers: [object({ a: "1" })] }), ["a"])
        .withConfiguration(definition, ["greeting"], { from: [settings, secrets] });`,
      { env: { PATH: cleanEnvironment()["PATH"] ?? "" } },
    );
    await app.waitUntil("api", healthy);
    const [given = {}] = await givenTo(app, "api");
    expect(given).toMatchObject({ A: "1" });
    expect(Object.keys(given).filter((name) => /GREETING|WHERE|SECRETS/.test(name))).toEqual([]);
    const { resources } = await app.client.snapshot();
    expect(resources.map(({ name }) => name)).toEqual(["settings", "api"]);
    const notices = (await app.events()).flatMap((event) =>
      event.type === "notice" ? [event.data.message] : [],
    );
    expect(notices).toEqual([
      expect.stringMatching(
        /^"secrets" \(vault\) cannot be had on this machine: .*vault or bao is not on the PATH\. It is optional, and left out$/,
      ),
    ]);
  });
});

describe.skipIf(!realConsul.available)(`with a Consul of this machine ${realConsul.reason}`, () => {
  it("153: seeds are there before the services, and a change of a key starts the service again once", async () => {
    app = await start(
      `const settings = host.addConsul("settings").withKeyValues({ "shop/greeting": "hello" });
        const definition = defineConfig({ layers: [consul({ prefix: "shop/", connection: "settings" })] });
        service("api").withConfiguration(definition, ["greeting"], { from: [settings] });`,
      { env: { ConnectionStrings__settings: "" } },
    );
    const running = app;
    await until(async () => (await running.resource("api")).health === "Healthy", "healthy");
    expect((await givenTo(app, "api"))[0]).toMatchObject({ GREETING: "hello" });
    const { endpoints, launcher } = await app.resource("settings");
    expect(launcher).toBe("process");
    const url = `${endpoints[0]?.url ?? ""}/v1/kv/shop/greeting`;
    await fetch(url, { method: "PUT", body: "good" });
    await fetch(url, { method: "PUT", body: "good morning" });
    await app.waitUntil("api", ({ generation, health }) => generation === 2 && health === "Healthy");
    expect((await givenTo(app, "api")).map((each) => each["GREETING"])).toEqual(["hello", "good morning"]);
    // Its keys outlive a restart within the run, so that the seed leaves the changed one alone.
    await app.client.command("settings", { command: "restart" });
    await until(
      async () => (await linesOf(running, "settings", /left as they are/)).length === 1,
      "seeded again",
    );
    expect(await (await fetch(`${url}?raw`)).text()).toBe("good morning");
    expect(await app.resource("api")).toMatchObject({ generation: 2, state: "Running" });
  });
});
