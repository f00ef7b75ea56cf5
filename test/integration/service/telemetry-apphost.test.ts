import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startOtlpReceiver } from "../../fixtures/otlp-receiver.ts";
import type { OtlpReceiver } from "../../fixtures/otlp-receiver.ts";
import { TestAppHosts } from "../../fixtures/testing-apphost.ts";

const appHosts = new TestAppHosts();
vi.setConfig({ testTimeout: 60_000 });

let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await startOtlpReceiver();
});

afterEach(async () => {
  await appHosts.dispose();
  await receiver.close();
});

const manifest = (scripts: Record<string, string>): string => JSON.stringify({ type: "module", scripts });

/** Calls `NEXT_HTTP` when there is one. */
const node = `
import { createServer } from "node:http";
createServer(async (request, response) => {
  console.log(process.env.OTEL_SERVICE_NAME + " is asked for " + request.url);
  if (process.env.NEXT_HTTP) await (await fetch(process.env.NEXT_HTTP + "/onwards")).text();
  response.end(process.env.NODE_OPTIONS ?? "");
}).listen(Number(process.env.PORT), "localhost");
`;
const deno = `
Deno.serve({ port: Number(Deno.env.get("PORT")), hostname: "localhost" }, (request) => {
  console.log("next is asked for " + new URL(request.url).pathname);
  return new Response("onwards");
});
`;

describe("an AppHost with a collector", () => {
  test("shows an unchanged npm script and a Deno app as one trace, and nothing of npm", async () => {
    const app = await appHosts.start(
      `host.withCollector("${receiver.url}");
       const next = host.addDenoApp("next", "./next/main.ts");
       host.addProject("first", "./first folder").withReference(next).waitFor(next);`,
      {
        files: {
          "next/main.ts": deno,
          "first folder/package.json": manifest({ start: "node 'main.js'" }),
          "first folder/main.js": node,
        },
      },
    );
    await app.waitFor("first", "Healthy");
    await (await app.http("first").get("/orders")).text();
    await receiver.wait(({ spans, logs }) => spans.length >= 3 && logs.length >= 2);

    const server = receiver.spans.find(({ service, kind }) => service === "first" && kind === "server");
    const client = receiver.spans.find(({ service, kind }) => service === "first" && kind === "client");
    const next = receiver.spans.find(({ service, kind }) => service === "next" && kind === "server");
    expect(server).toMatchObject({ parentSpanId: "", resource: { "service.instance.id": "first-0" } });
    expect(client).toMatchObject({ traceId: server?.traceId, parentSpanId: server?.spanId });
    expect(next).toMatchObject({
      traceId: server?.traceId,
      parentSpanId: client?.spanId,
      resource: { "service.instance.id": "next-0" },
    });
    // What both runtimes call the same things.
    for (const name of ["http.request.method", "url.scheme", "url.path", "http.response.status_code"]) {
      expect(Object.keys(server?.attributes ?? {})).toContain(name);
      expect(Object.keys(next?.attributes ?? {})).toContain(name);
    }
    const log = (service: string) =>
      receiver.logs.find((each) => each.service === service && each.traceId !== "");
    expect(log("first")).toMatchObject({ traceId: server?.traceId, spanId: server?.spanId, severity: 9 });
    expect(log("next")).toMatchObject({ traceId: server?.traceId, spanId: next?.spanId, severity: 9 });
    await receiver.wait(({ points }) =>
      ["first", "next"].every((service) =>
        points.some((point) => point.service === service && point.name === "http.server.request.duration"),
      ),
    );
    // npm, which runs the script, is a Node with the same environment.
    const processes = new Set(
      receiver.points.filter(({ service }) => service === "first").map(({ name }) => name),
    );
    expect(processes).toContain("nodejs.eventloop.utilization");
    expect(
      new Set(
        receiver.spans
          .filter(({ service }) => service === "first")
          .map(({ resource }) => resource["process.pid"]),
      ),
    ).toHaveProperty("size", 1);
  });

  test("appends to the NODE_OPTIONS of a resource, and leaves alone what is not to be watched", async () => {
    const app = await appHosts.start(
      `host.withCollector("${receiver.url}");
       host.addNodeApp("own", "./main.js").withEnvironment("NODE_OPTIONS", "--title=mine");
       host.addNodeApp("quiet", "./main.js").withTelemetry(false);`,
      { files: { "main.js": node } },
    );
    await Promise.all([app.waitFor("own", "Healthy"), app.waitFor("quiet", "Healthy")]);
    expect(await (await app.http("own").get("/")).text()).toMatch(
      /^--title=mine --require ".*\/service\/dist\/telemetry\.cjs"$/,
    );
    expect(await (await app.http("quiet").get("/")).text()).toBe("");
    await receiver.wait(({ spans }) => spans.length > 0);
    expect(new Set(receiver.spans.map(({ service }) => service))).toEqual(new Set(["own"]));
  });
});

test("an AppHost without a collector preloads nothing", async () => {
  const app = await appHosts.start('host.addNodeApp("own", "./main.js");', { files: { "main.js": node } });
  await app.waitFor("own", "Healthy");
  expect(await (await app.http("own").get("/")).text()).toBe("");
});
