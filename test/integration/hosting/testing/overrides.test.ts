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

  it("has to fit what it replaces", async () => {
    const body = `host.addNodeApp("api", "server.ts").withEndpoint({ name: "admin", env: "ADMIN" }); host.addRedis("cache"); host.addExecutable("job", "true");`;
    const messages = async (options: StartAppHostOptions): Promise<string> =>
      (await refusal(body, options)).message;
    expect(await messages({ replace: { api: { url: "http://localhost:1" } } })).toBe(
      '"api" cannot be replaced so: it has 2 endpoints',
    );
    expect(await messages({ replace: { api: { url: { http: "http://localhost:1/v1" } } } })).toBe(
      '"api" cannot be replaced so: "http://localhost:1/v1" has more than scheme, host and port',
    );
    expect(await messages({ replace: { api: { connectionString: "a" } } })).toBe(
      '"api" cannot be replaced so: it has no connection string',
    );
    expect(await messages({ replace: { job: { url: "http://localhost:1" } } })).toBe(
      '"job" cannot be replaced so: it has no endpoint',
    );
    expect(await messages({ replace: { cache: { url: { tcp: "redis://localhost:1" } } } })).toBe(
      '"cache" cannot be replaced so: it has one connection string and no addresses by endpoint',
    );
    expect(await messages({ replace: { api: { url: "localhost" } } })).toBe(
      'The overrides are not valid: "api" is to be replaced by "localhost", which is no URL',
    );
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
