import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startAppHost } from "../fixtures/apphost-process.ts";
import type { RunningAppHost } from "../fixtures/apphost-process.ts";
import { TestAppHosts } from "../fixtures/testing-apphost.ts";

const apps = new TestAppHosts();
/** For what is started by the command line and by the runtimes, and for what is kept beside the AppHost. */
let app: RunningAppHost | undefined;
afterEach(async () => {
  await apps.dispose();
  await app?.dispose();
  app = undefined;
});

/** Answers with what it was given about others, and asks the one that it refers to. */
const service = `
import { createServer } from "node:http";
const given = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(services__|ConnectionStrings__|ORDER_|WEB_|CACHE_|NODE_ENV|PORT$|OTEL_)/.test(name)));
createServer(async (request, response) => {
  if (request.url === "/given") return response.end(JSON.stringify(given));
  if (request.url === "/next") return response.end(await (await fetch(process.env.ORDER_API_HTTP + "/given")).text());
  response.end("ok");
}).listen(Number(process.env.PORT), "localhost");
process.once("SIGTERM", () => process.exit(0));
`;

const packageJson = '{ "name": "order-api", "type": "module", "scripts": { "start": "node server.ts" } }';

const body = `
  const cache = host.addRedis("order-cache").withLauncher("embedded");
  const api = host.addProject("order-api", "./api").withReference(cache).waitFor(cache);
  host.addNodeApp("web", "web.ts").withReference(api).withReference(cache).waitFor(api).withEnvironment("WEB_TEXT", expression\`see \${api.endpoint("http")}/given\`);
`;
const files = { "api/package.json": packageJson, "api/server.ts": service, "web.ts": service };

describe.each(["dext", "node", "deno"] as const)("the same AppHost by %s", (via) => {
  it("brings a hyphenated system up, tells its parts of each other, and leaves nothing", async () => {
    app = await startAppHost(body, { files, via });
    await app.waitUntil("web", ({ health }) => health === "Healthy");
    const api = await app.resource("order-api");
    const web = await app.resource("web");
    const cache = await app.resource("order-cache");
    expect(cache).toMatchObject({ launcher: "embedded", health: "Healthy" });

    const apiUrl = api.endpoints[0]?.url ?? "";
    const webUrl = web.endpoints[0]?.url ?? "";
    const ofWeb = (await (await fetch(`${webUrl}/given`)).json()) as Record<string, string>;
    expect(ofWeb).toMatchObject({
      "services__order-api__http__0": apiUrl,
      services__order_api__http__0: apiUrl,
      ORDER_API_HTTP: apiUrl,
      WEB_TEXT: `see ${apiUrl}/given`,
      NODE_ENV: "development",
      PORT: new URL(webUrl).port,
    });

    // Through npm run the names with hyphens are gone, their twins are there.
    const ofApi = (await (await fetch(`${webUrl}/next`)).json()) as Record<string, string>;
    const { host, port } = new URL(cache.endpoints[0]?.url.replace("tcp:", "http:") ?? "");
    expect(ofApi).not.toHaveProperty("ConnectionStrings__order-cache");
    expect(ofApi["ConnectionStrings__order_cache"]).toMatch(new RegExp(`^${host},password=\\w{22}$`));
    expect(ofApi["ORDER_CACHE_URI"]).toMatch(new RegExp(`^redis://:\\w{22}@${host}$`));
    expect(ofApi).not.toHaveProperty("OTEL_SERVICE_NAME");
    expect(ofWeb["ConnectionStrings__order-cache"]).toBe(ofApi["ConnectionStrings__order_cache"]);

    expect(await app.stop("SIGTERM")).toBe(0);
    expect(await app.leftovers()).toEqual([]);
    expect(await isOpen(Number(port))).toBe(false);
    expect(await readdir(app.runtimeDirectory)).toEqual([]);
  }, 60_000);
});

describe("a collector", () => {
  it("is told to every resource by the standard variables", async () => {
    const tested = await apps.start(
      `host.withCollector("http://localhost:4318"); host.addNodeApp("web", "web.ts");`,
      { files },
    );
    const given = (await (await tested.http("web").get("/given")).json()) as Record<string, string>;
    expect(given).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_SERVICE_NAME: "web",
    });
  });
});

describe("parameters", () => {
  it("come from the environment, from .env, from what was kept, and are generated once", async () => {
    const parameters = `
      const a = host.addParameter("from-environment"); const b = host.addParameter("from-dotenv", { default: "unused" });
      const c = host.addParameter("generated", { secret: true, generate: { length: 30, characters: "ab" } });
      host.addExecutable("show", "sh", { args: ["-c", "echo [$A][$B][$C]; sleep 300"] }).withEnvironment("A", a).withEnvironment("B", b).withEnvironment("C", c);`;
    app = await startAppHost(parameters, {
      files: { ".env": 'Parameters__from_dotenv="two words"\n' },
      env: { "Parameters__from-environment": "one", Parameters__from_dotenv_not: "x" },
    });
    await app.waitUntil("show", ({ health }) => health === "Healthy");
    const line = (await app.logs("show")).find(({ stream }) => stream === "stdout");
    // The secret is masked in the log, and kept for the next run.
    expect(line?.text).toBe("[one][two words][***]");
    const { readFile, stat } = await import("node:fs/promises");
    const path = `${app.folder}/.dext/parameters.json`;
    const kept = JSON.parse(await readFile(path, "utf8")) as { values: Record<string, string> };
    expect(kept.values["generated"]).toMatch(/^[ab]{30}$/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "localhost" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
