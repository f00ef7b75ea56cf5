import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startAppHost } from "@dext/hosting/testing";
import type { StartAppHostOptions, TestAppHost } from "@dext/hosting/testing";
import { failureOf, TestAppHosts } from "../../../fixtures/testing-apphost.ts";

const apps = new TestAppHosts();
afterEach(() => apps.dispose());

const system = `
const db = host.addNodeApp("db", "server.ts");
const mail = host.addNodeApp("mail", "server.ts");
const api = host.addNodeApp("api", "server.ts").withReference(db).waitFor(db).withReference(mail);
host.addNodeApp("web", "server.ts").withReference(api).waitFor(api);
`;

async function names(app: TestAppHost): Promise<readonly string[]> {
  return (await app.resources()).map(({ name }) => name);
}

async function told(app: TestAppHost, variable: string): Promise<string> {
  return (await app.http("api").get(`/env/${variable}`)).text();
}

async function shown(app: TestAppHost): Promise<readonly string[]> {
  await app.waitFor("show", "Healthy");
  return (await app.logs("show")).flatMap(({ stream, text }) => (stream === "stdout" ? [text] : []));
}

async function refusal(body: string, options: StartAppHostOptions): ReturnType<typeof failureOf> {
  const path = await apps.make(body);
  return failureOf(() => startAppHost(path, options));
}

describe("resources", () => {
  it("can be chosen, with what they depend on", async () => {
    const app = await apps.start(system, { only: ["api"] });
    expect(await names(app)).toEqual(["db", "mail", "api"]);
  });

  it("can be taken out: who only refers to one is no longer told of it", async () => {
    const app = await apps.start(system, { without: ["mail", "web"] });
    expect(await names(app)).toEqual(["db", "api"]);
    expect(await told(app, "MAIL_HTTP")).toBe("(not set)");
    expect(await told(app, "DB_HTTP")).toBe(app.url("db"));
  });

  it("can be taken out only when nobody that runs waits for them or uses them in a value", async () => {
    expect(await refusal(system, { without: ["db"] })).toMatchObject({
      code: "DEXT_TESTING_STILL_NEEDED",
      message: '"db" cannot be taken out: "api" waits for it',
      hint: 'Take "api" out too, or replace "db": { replace: { "db": … } }.',
    });
    const used = `const db = host.addNodeApp("db", "server.ts"); host.addNodeApp("api", "server.ts").withEnvironment("AT", db.endpoint("http"));`;
    expect(await refusal(used, { without: ["db"] })).toMatchObject({
      message: '"db" cannot be taken out: "api" uses it in a value',
    });
    const app = await apps.start(system, { without: ["db"], only: ["mail"] });
    expect(await names(app)).toEqual(["mail"]);
  });

  it("go with what lives in them", async () => {
    const app = await apps.start(
      `host.addPostgres("pg").addDatabase("orders"); host.addNodeApp("api", "server.ts");`,
      { without: ["pg"] },
    );
    expect(await names(app)).toEqual(["api"]);
  });

  it("of a profile run when it is asked for", async () => {
    const body = `host.addNodeApp("api", "server.ts"); host.addNodeApp("tools", "server.ts").withProfile("tools");`;
    expect(await names(await apps.start(body))).toEqual(["api"]);
    expect(await names(await apps.start(body, { profiles: ["tools"] }))).toEqual(["api", "tools"]);
  });

  it("that are not there are refused by name", async () => {
    for (const options of [
      { only: ["dd"] },
      { without: ["dd"] },
      { replace: { dd: { url: "http://localhost:1" } } },
      { environment: { dd: { A: 1 } } },
    ]) {
      expect(await refusal(system, options)).toMatchObject({
        code: "DEXT_RUN_RESOURCE_UNKNOWN",
        message: '"sample" has no resource "dd"',
      });
    }
  });
});

describe("a replacement", () => {
  it("by a URL stands in for a service, without what only that one needed", async () => {
    const calls: (string | undefined)[] = [];
    const stub = createServer((request, response) => {
      calls.push(request.url);
      response.end("stub");
    }).listen(0, "localhost");
    await once(stub, "listening");
    try {
      const url = `http://localhost:${(stub.address() as AddressInfo).port}`;
      const app = await apps.start(system, { only: ["web"], replace: { api: { url } } });
      expect(await names(app)).toEqual(["api", "web"]);
      expect(app.url("api")).toBe(url);
      expect(await (await app.http("web").get("/env/API_HTTP")).text()).toBe(url);
      expect(await (await app.http("api").get("/orders")).text()).toBe("stub");
      expect(calls).toEqual(["/orders"]);
      expect(await app.resource("api")).toMatchObject({
        launcher: "none",
        launcherBecause: "the test replaces it",
      });
    } finally {
      stub.closeAllConnections();
      stub.close();
    }
  });

  it("by a connection string stands in for a backing resource, with the properties that follow from it", async () => {
    const other = await apps.start(`host.addRedis("cache");`, { launch: "embedded" });
    const app = await apps.start(
      `const cache = host.addRedis("cache"); host.addNodeApp("api", "server.ts").withReference(cache).waitFor(cache);`,
      { replace: { cache: { connectionString: other.connectionString("cache") } } },
    );
    expect(app.connectionString("cache")).toBe(other.connectionString("cache"));
    expect(app.property("cache", "uri")).toBe(other.property("cache", "uri"));
    expect(await told(app, "CACHE_URI")).toBe(other.property("cache", "uri"));
    expect((await app.resource("cache")).launcher).toBe("external");
  });

  it("by another resource runs under the name of the one that it replaces", async () => {
    const body = `
      const mode = host.addParameter("mode", { default: "usual" });
      const bank = host.addNodeApp("bank", "server.ts").withProfile("live");
      host.addNodeApp("api", "server.ts").withReference(bank, { as: "money" }).waitFor(bank)
        .withEnvironment("AT", expression\`\${bank.endpoint("http")}/pay\`);
      const ledger = host.addExecutable("ledger", "sleep", { args: ["300"] }).withProfile("test");
      const fake = host.addNodeApp("fake-bank", "server.ts").withProfile("test").waitFor(ledger);
      fake.withEnvironment("SELF", fake.endpoint("http")).withEnvironment("MODE", mode)
        .withEnvironment("LATE", () => fake.endpoint("http").port);`;
    const app = await apps.start(body, {
      replace: { bank: { resource: "fake-bank" } },
      environment: { bank: { EXTRA: "yes" } },
    });
    expect(await names(app)).toEqual(["bank", "api", "ledger"]);
    const bank = app.http("bank");
    const given = async (variable: string): Promise<string> => (await bank.get(`/env/${variable}`)).text();
    expect(await (await bank.get("/")).text()).toBe("bank#0");
    expect([await given("SELF"), await given("MODE"), await given("EXTRA"), await given("LATE")]).toEqual([
      bank.url,
      "usual",
      "yes",
      new URL(bank.url).port,
    ]);
    expect(await told(app, "MONEY_HTTP")).toBe(bank.url);
    expect(await told(app, "AT")).toBe(`${bank.url}/pay`);
    expect(await failureOf(() => app.url("fake-bank"))).toMatchObject({ code: "DEXT_RUN_RESOURCE_UNKNOWN" });
  });

  it("by another resource of its kind stands in for a backing resource with what lives in it", async () => {
    const app = await apps.start(
      `const cache = host.addRedis("cache").withDataVolume();
       const other = host.addRedis("empty-cache").withProfile("test");
       host.addNodeApp("api", "server.ts").withReference(cache).waitFor(cache);`,
      { replace: { cache: { resource: "empty-cache" } }, launch: "embedded" },
    );
    expect(await told(app, "CACHE_URI")).toBe(app.property("cache", "uri"));
    expect(app.property("cache", "password")).toBe(app.parameter("empty-cache-password"));
    expect(await failureOf(() => app.parameter("colour"))).toMatchObject({
      code: "DEXT_TESTING_NO_ADDRESS",
      hint: "Its parameters are: cache-password, empty-cache-password.",
    });
  });
});

describe("values", () => {
  it("of the environment win over the AppHost's own", async () => {
    const app = await apps.start(
      `host.addNodeApp("api", "server.ts").withEnvironment("MODE", "usual").withEnvironment("KEPT", "yes");`,
      { environment: { api: { MODE: "tested", LIMIT: 3 } } },
    );
    expect(await told(app, "MODE")).toBe("tested");
    expect(await told(app, "LIMIT")).toBe("3");
    expect(await told(app, "KEPT")).toBe("yes");
  });

  it("of parameters win over .env, and unknown ones are refused", async () => {
    const body = `const key = host.addParameter("api-key", { secret: true }); host.addNodeApp("api", "server.ts").withEnvironment("KEY", key);`;
    const app = await apps.start(body, {
      files: { ".env": "Parameters__api_key=from-file\n" },
      parameters: { "api-key": "from-test" },
    });
    expect(await told(app, "KEY")).toBe("from-test");
    expect(await refusal(body, { parameters: { key: "a" } })).toMatchObject({
      code: "DEXT_TESTING_OVERRIDE_INVALID",
      hint: "It has: api-key.",
    });
  });

  it("of arguments take the place of those that the AppHost adds", async () => {
    const body = `host.addExecutable("show", "sh", { args: ["-c", 'echo "[$*]"; sleep 300', "name"] }).withArgs("usual", "ones");`;
    expect(await shown(await apps.start(body))).toEqual(["[usual ones]"]);
    expect(await shown(await apps.start(body, { args: { show: ["--limit", 3] } }))).toEqual(["[--limit 3]"]);
    expect(await shown(await apps.start(body, { args: { show: [] } }))).toEqual(["[]"]);
  });

  it("of the configuration win over the environment and .env, however they are written there", async () => {
    const other = await apps.start(`host.addRedis("cache");`, { launch: "embedded" });
    const app = await apps.start(
      `const orders = host.addConnectionString("order-db"); const limit = host.addParameter("order-limit");
       host.addNodeApp("api", "server.ts").withReference(orders).withEnvironment("LIMIT", limit); host.addRedis("cache");`,
      {
        files: { ".env": "ConnectionStrings__order-db=of-file\nParameters__order-limit=1\n" },
        configuration: {
          "ConnectionStrings:order_db": "Host=localhost;Port=5",
          Parameters__order_limit: "2",
          "ConnectionStrings:cache": other.connectionString("cache"),
        },
      },
    );
    expect(await told(app, "ConnectionStrings__order-db")).toBe("Host=localhost;Port=5");
    expect(await told(app, "LIMIT")).toBe("2");
    expect(app.parameter("order-limit")).toBe("2");
    expect((await app.resource("cache")).launcher).toBe("external");
  });

  it("that the runner of the tests has set for itself reach no service", async () => {
    const app = await apps.start(`host.addNodeApp("api", "server.ts");`);
    for (const name of ["BASE_URL", "VITEST", "VITEST_POOL_ID", "DEXT_OVERRIDES", "DEXT_ISOLATED"])
      expect([name, await told(app, name)]).toEqual([name, "(not set)"]);
  });
});

describe("a run for a test", () => {
  it("writes nothing beside the AppHost, keeps no data and uses no fixed port", async () => {
    const path = await apps.make(
      `host.addRedis("cache", { port: 23791 }).withDataVolume(); host.addNodeApp("api", "server.ts").withHttpEndpoint({ port: 23792 });`,
    );
    const before = await readdir(dirname(path));
    await using first = await startAppHost(path, { launch: "embedded" });
    await using second = await startAppHost(path, { launch: "embedded" });
    expect(new URL(first.url("api")).port).not.toBe("23792");
    expect(first.url("api")).not.toBe(second.url("api"));
    expect(first.connectionString("cache")).not.toContain("23791");
    expect(first.property("cache", "password")).not.toBe(second.property("cache", "password"));
    expect(await (await first.http("api").get("/")).text()).toBe("api#0");
    await Promise.all([first.stop(), second.stop()]);
    expect(await readdir(dirname(path))).toEqual(before);
  });

  it("leaves a port to a program that is not told any", async () => {
    const probe = createServer().listen(0, "localhost");
    await once(probe, "listening");
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, "close");
    const app = await apps.start(
      `host.addExecutable("fixed", "node", { args: ["fixed.ts"] }).withEndpoint({ name: "http", scheme: "http", port: ${port} });`,
      {
        files: {
          "fixed.ts": `import { createServer } from "node:http"; createServer((_, response) => response.end("fixed")).listen(${port}, "localhost");`,
        },
      },
    );
    expect(await (await app.http("fixed").get("/")).text()).toBe("fixed");
  });
});
