import { expect, it } from "vitest";
import type { StartAppHostOptions, TestAppHost } from "@dext/hosting/testing";
import { startAppHost } from "@dext/hosting/testing";
import { markedProcesses } from "../../../fixtures/apphost-process.ts";
import { TestAppHosts } from "../../../fixtures/testing-apphost.ts";

const count = 20;

/** Every fourth has a cache, every fourth a service on Deno; all of them fix the same ports. */
const body = `
const cache = host.addRedis("cache", { port: 23794 }).withDataVolume();
host.addNodeApp("api", "server.ts").withHttpEndpoint({ port: 23793 });
host.addNodeApp("shop", "server.ts").withHttpEndpoint({ port: 23795 }).withReference(cache).waitFor(cache);
host.addDenoApp("page", "page.ts").withHttpEndpoint({ port: 23796 });
`;

const page = `
Deno.serve({ port: Number(Deno.env.get("PORT")), hostname: "localhost", onListen() {} }, (request) =>
  new Response(Deno.env.get(new URL(request.url).pathname.slice("/env/".length)) ?? "(not set)"));
`;

/** What the AppHost of that number runs. */
function serviceOf(index: number): "api" | "shop" | "page" {
  if (index % 4 === 1) return "shop";
  return index % 4 === 3 ? "page" : "api";
}

function optionsOf(index: number): StartAppHostOptions {
  const service = serviceOf(index);
  return {
    only: [service],
    environment: { [service]: { INDEX: index } },
    launch: "embedded",
    timeout: "90s",
  };
}

it("twenty AppHosts of one file run at once and do not collide", { timeout: 120_000 }, async () => {
  const apps = new TestAppHosts();
  let started: readonly TestAppHost[] = [];
  try {
    const path = await apps.make(body, { "page.ts": page });
    const results = await Promise.allSettled(
      Array.from({ length: count }, (_, index) => startAppHost(path, optionsOf(index))),
    );
    started = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(results.filter(({ status }) => status === "rejected")).toEqual([]);
    expect(new Set(started.map(({ runId }) => runId)).size).toBe(count);
    const urls = started.map((app, index) => app.url(serviceOf(index)));
    const caches = started.filter((_, index) => serviceOf(index) === "shop");
    expect(caches).toHaveLength(5);
    const ports = [
      ...urls.map((url) => new URL(url).port),
      ...caches.map((app) => app.property("cache", "port")),
    ];
    expect(new Set(ports).size).toBe(count + caches.length);
    expect(ports.filter((port) => /^2379[3-6]$/.test(port))).toEqual([]);
    const told = (name: string): Promise<readonly string[]> =>
      Promise.all(
        started.map(async (app, index) => (await app.http(serviceOf(index)).get(`/env/${name}`)).text()),
      );
    expect(await told("INDEX")).toEqual(started.map((_, index) => String(index)));
    expect(await told("PORT")).toEqual(urls.map((url) => new URL(url).port));
    expect(await told("CACHE_URI")).toEqual(
      started.map((app, index) => (serviceOf(index) === "shop" ? app.property("cache", "uri") : "(not set)")),
    );
    expect(new Set(caches.map((app) => app.property("cache", "password"))).size).toBe(caches.length);
  } finally {
    await Promise.all(started.map((app) => app.stop()));
    await apps.dispose();
  }
  const left = await Promise.all(started.map(({ runId }) => markedProcesses(runId)));
  expect(left.flat()).toEqual([]);
});
