import { expect, it } from "vitest";
import type { TestAppHost } from "@dext/hosting/testing";
import { startAppHost } from "@dext/hosting/testing";
import { markedProcesses } from "../../../fixtures/apphost-process.ts";
import { TestAppHosts } from "../../../fixtures/testing-apphost.ts";

const count = 20;

it("twenty AppHosts of one file run at once and do not collide", { timeout: 120_000 }, async () => {
  const apps = new TestAppHosts();
  let started: readonly TestAppHost[] = [];
  try {
    const path = await apps.make(
      `host.addNodeApp("api", "server.ts", { cwd: "." }).withHttpEndpoint({ port: 23793 });`,
    );
    const results = await Promise.allSettled(
      Array.from({ length: count }, (_, index) =>
        startAppHost(path, { environment: { api: { INDEX: index } }, timeout: "90s" }),
      ),
    );
    started = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(results.filter(({ status }) => status === "rejected")).toEqual([]);
    expect(new Set(started.map((app) => app.url("api"))).size).toBe(count);
    expect(new Set(started.map(({ runId }) => runId)).size).toBe(count);
    const answers = await Promise.all(
      started.map(async (app) => (await app.http("api").get("/env/INDEX")).text()),
    );
    expect(answers).toEqual(started.map((_, index) => String(index)));
  } finally {
    await Promise.all(started.map((app) => app.stop()));
    await apps.dispose();
  }
  const left = await Promise.all(started.map(({ runId }) => markedProcesses(runId)));
  expect(left.flat()).toEqual([]);
});
