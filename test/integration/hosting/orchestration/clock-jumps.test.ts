import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { cleanEnvironment, startAppHost } from "../../../fixtures/apphost-process.ts";
import type { RunningAppHost } from "../../../fixtures/apphost-process.ts";
import { repository } from "../../../fixtures/cli/app-folder.ts";

/** Sets the clock of a process an hour forward and back again, twenty times a second. */
const jumps = `
const now = Date.now;
let offset = 0;
setInterval(() => { offset = offset > 0 ? -3_600_000 : 3_600_000; }, 50).unref();
Date.now = () => now() + offset;
`;

const server = `
import { createServer } from "node:http";
createServer((request, response) => response.end("ok")).listen(Number(process.env.PORT), "localhost");
`;

let app: RunningAppHost | undefined;
afterEach(async () => {
  await app?.dispose();
  app = undefined;
});

it("a clock that jumps changes no wait, no limit, no identity and no order of a run", async () => {
  app = await startAppHost(
    `const api = host.addNodeApp("api", "server.js");
     host.addNodeApp("web", "server.js").waitFor(api);
     host.addExecutable("flaky", "sh", { args: ["-c", "exit 5"] }).withRestart("on-failure", { backoff: "100ms", limit: 3 });
     host.addExecutable("ticks", "sh", { args: ["-c", "for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 0.05; done"] });
     host.addExecutable("stubborn", "sh", { args: ["-c", "trap '' TERM; while :; do sleep 0.1; done"] }).withStopTimeout("500ms");`,
    {
      files: { "server.js": server, "jumps.mjs": jumps },
      // For the AppHost alone: what it starts gets it too, and its clock jumps just as well.
      env: { NODE_OPTIONS: "--import ./jumps.mjs" },
    },
  );
  await app.waitUntil("web", ({ health }) => health === "Healthy");
  const begin = performance.now();
  const flaky = await app.waitUntil("flaky", ({ state }) => state === "Exited");
  expect(flaky).toMatchObject({ restarts: 3, reason: expect.stringContaining("crash loop") });
  expect(performance.now() - begin).toBeLessThan(10_000);
  await app.waitUntil("ticks", ({ state }) => state === "Finished");
  expect(
    (await app.logs("ticks")).filter(({ stream }) => stream === "stdout").map(({ text }) => text),
  ).toEqual("123456789".split(""));
  // The run is found by the identity of its process, and a refusal tells no negative time.
  const { runtimeDirectory, folder } = app;
  const ps = spawnSync(process.execPath, [join(repository, "cli/bin/dext.js"), "ps", "--json"], {
    cwd: folder,
    env: { ...cleanEnvironment(), DEXT_RUNTIME_DIRECTORY: runtimeDirectory },
    encoding: "utf8",
  });
  expect(ps.stderr).toBe("");
  expect(JSON.parse(ps.stdout)).toMatchObject({ run: app.runId });
  await expect(app.client.command("web", { command: "start" })).rejects.toMatchObject({
    code: "DEXT_RUN_COMMAND_REFUSED",
    message: expect.not.stringMatching(/-\d/),
  });
  const stopping = performance.now();
  expect(await app.stop()).toBe(4);
  const took = performance.now() - stopping;
  expect(took).toBeGreaterThan(400);
  expect(took).toBeLessThan(8000);
  expect(await app.leftovers()).toEqual([]);
});
