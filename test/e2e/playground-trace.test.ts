import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAppHost } from "@dext/hosting/testing";
import type { TestAppHost } from "@dext/hosting/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../../scripts/packages.ts";
import { startOtlpReceiver } from "../fixtures/otlp-receiver.ts";
import type { OtlpReceiver, ReceivedSpan } from "../fixtures/otlp-receiver.ts";

let receiver: OtlpReceiver;
let app: TestAppHost;
let folder: string;

/** The playground as it stands, with a collector, apart from other runs of it. */
beforeAll(async () => {
  receiver = await startOtlpReceiver();
  folder = await mkdtemp(join(tmpdir(), "dext-trace-"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  const appHost = join(root, "playground", "apphost.ts");
  await writeFile(
    join(folder, "apphost.ts"),
    `process.env.DEXT_OTLP_ENDPOINT = ${JSON.stringify(receiver.url)};
     process.argv[1] = ${JSON.stringify(appHost)};
     await import(${JSON.stringify(appHost)});`,
  );
  app = await startAppHost(join(folder, "apphost.ts"), { launch: "process,embedded", timeout: "90s" });
}, 120_000);

afterAll(async () => {
  // Not there when it did not start.
  await (app as TestAppHost | undefined)?.stop();
  await receiver.close();
  await rm(folder, { recursive: true });
}, 30_000);

it("follows an order in one trace: web, api, inventory, Redis, worker", async () => {
  const placed = await app.http("web")("/orders", {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ product: "enamel-mug", quantity: "2" }),
  });
  expect(placed.status).toBe(303);
  const order = new URL(placed.headers.get("location") ?? "", "http://web").searchParams.get("placed");

  const packed = await receiver.wait(
    ({ spans, logs }) =>
      spans.find(
        ({ name, traceId }) =>
          name === "pack order" &&
          logs.some(
            (log) => log.traceId === traceId && String(log.body).includes(`Order ${order} is shipped`),
          ),
      ),
    30_000,
  );
  const trace = (): ReceivedSpan[] => receiver.spans.filter(({ traceId }) => traceId === packed.traceId);
  const parentOf = ({ parentSpanId }: ReceivedSpan) => trace().find(({ spanId }) => spanId === parentSpanId);
  /** The way up from a span, as `service kind`. */
  const path = (span: ReceivedSpan): string[] => {
    const steps: string[] = [];
    for (let each: ReceivedSpan | undefined = span; each !== undefined; each = parentOf(each)) {
      steps.push(`${each.service} ${each.kind}`);
    }
    return steps;
  };
  const fromWeb = ["api server", "web client", "web server"];

  const redisOf = (service: string) =>
    trace().filter((span) => span.service === service && span.attributes["db.system.name"] === "redis");
  // Each service sends by itself: what was last may still be on its way.
  const isThere = () =>
    ["api", "inventory", "worker"].every((service) => redisOf(service).length > 0) &&
    redisOf("worker").some(({ name }) => name === "XACK") &&
    trace().some(({ service, kind }) => service === "web" && kind === "server");
  await receiver.wait(isThere);
  expect(path(packed)).toEqual(["worker consumer", ...fromWeb]);
  const atInventory = trace().find(({ service, kind }) => service === "inventory" && kind === "server");
  expect(atInventory && path(atInventory)).toEqual(["inventory server", "api client", ...fromWeb]);
  for (const span of redisOf("inventory")) expect(path(span)).toContain("inventory server");
  expect(redisOf("api").map((span) => span.name)).toEqual(expect.arrayContaining(["INCR", "MULTI"]));
  expect(redisOf("worker").map((span) => span.name)).toEqual(
    expect.arrayContaining(["HGET", "HSET", "XACK"]),
  );
  for (const span of redisOf("worker")) expect(path(span)).toEqual(["worker client", ...path(packed)]);

  // What was said on the way can be found by the trace as well.
  const said = receiver.logs.filter(({ traceId }) => traceId === packed.traceId);
  expect(new Set(said.map(({ service }) => service))).toEqual(new Set(["web", "api", "inventory", "worker"]));
  expect(said.find(({ body }) => body === `Order ${order} is taken`)).toMatchObject({
    service: "api",
    severity: 9,
    attributes: { product: "enamel-mug", quantity: 2 },
  });
}, 60_000);
