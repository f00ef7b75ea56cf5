import { createBuilder, expression } from "@dext/hosting";
import type { EndpointModel, LaunchContext } from "@dext/hosting";
import { expect, it } from "vitest";
import { isolateModel, quickenModel } from "../../../../hosting/src/testing/isolate-model.ts";

function endpointsOf(describe: (host: ReturnType<typeof createBuilder>) => void): readonly EndpointModel[] {
  const host = createBuilder({ directory: "/shop" });
  describe(host);
  return isolateModel(host.build()).resources.flatMap(({ endpoints }) => endpoints);
}

it("takes fixed ports from whatever is told its port: by a variable, by an argument, by its launcher", () => {
  const endpoints = endpointsOf((host) => {
    host.addNodeApp("api", "api.ts").withHttpEndpoint({ port: 8080 });
    const proxy = host.addExecutable("proxy", "proxy").withEndpoint({ name: "web", port: 8081 });
    proxy.withArgs("--listen", expression`:${proxy.endpoint("web").port}`);
    host.addRedis("cache", { port: 6379 });
    host.addContainer("store", "minio").withEndpoint({ name: "s3", port: 9000, targetPort: 9000 });
  });
  expect(endpoints.map(({ name, port }) => [name, port])).toEqual([
    ["http", undefined],
    ["web", undefined],
    ["tcp", undefined],
    ["s3", undefined],
  ]);
});

it("leaves its port to a program that cannot be told another one", () => {
  const endpoints = endpointsOf((host) => {
    host.addExecutable("old", "old").withEndpoint({ name: "web", port: 8081 });
  });
  expect(endpoints).toMatchObject([{ name: "web", port: 8081 }]);
});

it("keeps no data and no container that outlives a run, and leaves the rest as it is", async () => {
  const host = createBuilder({ directory: "/shop" });
  host
    .addRedis("cache")
    .withDataVolume()
    .withWatch("./data")
    .withHealthCheck("slow", () => true);
  host.addContainer("mail", "mailpit", { lifetime: "persistent" });
  const [cache, mail] = isolateModel(host.build()).resources;
  expect(cache).not.toHaveProperty("dataVolume");
  expect(cache).toHaveProperty("watch");
  expect(cache?.healthChecks.map(({ interval }) => interval)).toEqual([10_000, 10_000]);
  const [launcher] = mail?.launchers ?? [];
  expect(launcher).toMatchObject({ type: "container", container: { image: "mailpit" } });
  expect(launcher).not.toHaveProperty("container.lifetime");
  const context = { resource: mail, directory: "/shop" } as unknown as LaunchContext;
  expect(await launcher?.plan(context)).not.toHaveProperty("container.lifetime");
});

it("is made quick for a test: no files are watched, and health is looked at at least once a second", () => {
  const host = createBuilder({ directory: "/shop" });
  host
    .addRedis("cache")
    .withWatch("./data")
    .withHealthCheck("quick", () => true, { interval: 200 });
  const [cache] = quickenModel(host.build()).resources;
  expect(cache).not.toHaveProperty("watch");
  expect(cache?.healthChecks.map(({ interval }) => interval)).toEqual([1000, 200]);
});
