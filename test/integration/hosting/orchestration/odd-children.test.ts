import { afterEach, describe, expect, it } from "vitest";
import { startAppHost } from "../../../fixtures/apphost-process.ts";
import type { RunningAppHost } from "../../../fixtures/apphost-process.ts";

const server = `
import { createServer } from "node:http";
createServer((request, response) => response.end("ok")).listen(Number(process.env.PORT), "localhost");
`;

let app: RunningAppHost | undefined;
afterEach(async () => {
  await app?.dispose();
  app = undefined;
});

describe("a child that closes its streams and lives on", () => {
  it("runs, is stopped with the others, and its output up to there is kept", async () => {
    app = await startAppHost(
      `host.addExecutable("mute", "sh", { args: ["-c", "echo before; exec >&- 2>&- <&-; while :; do sleep 0.1; done"] });
       host.addExecutable("idle", "sleep", { args: ["300"] });`,
    );
    await app.waitUntil("mute", ({ health }) => health === "Healthy");
    await expect.poll(async () => (await app?.logs("mute"))?.map(({ text }) => text)).toEqual(["before"]);
    // Long enough for an end of its streams to be taken for its own.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await app.resource("mute")).toMatchObject({ state: "Running", restarts: 0 });
    expect(await app.stop()).toBe(0);
    expect(await app.leftovers()).toEqual([]);
  });

  it("is told to have ended when it has, with its exit code, and its policy follows", async () => {
    app = await startAppHost(
      `host.addExecutable("mute", "sh", { args: ["-c", "exec >&- 2>&-; sleep 0.3; exit 6"] }).withRestart("on-failure", { backoff: 20, limit: 1 });
       host.addExecutable("idle", "sleep", { args: ["300"] });`,
    );
    const mute = await app.waitUntil("mute", ({ state }) => state === "Exited");
    expect(mute).toMatchObject({ exitCode: 6, restarts: 1 });
  });
});

describe("a child that floods", () => {
  it("keeps no other resource from starting, answering and stopping, and tears no line", async () => {
    app = await startAppHost(
      `const flood = host.addExecutable("flood", "sh", { args: ["-c", "exec yes 0123456789012345678901234567890123456789"] });
       host.addNodeApp("api", "server.js").waitForStart(flood);`,
      {
        files: { "server.js": server },
      },
    );
    const api = await app.waitUntil("api", ({ health }) => health === "Healthy");
    expect(await (await fetch(api.endpoints[0]?.url ?? "")).text()).toBe("ok");
    const begin = performance.now();
    await app.client.command("api", { command: "restart" });
    await app.waitUntil("api", ({ health, generation }) => health === "Healthy" && generation === 2);
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect((await app.resource("flood")).state).toBe("Running");
    const lines: string[] = [];
    for await (const { text } of app.client.logs({ resources: ["flood"], tail: 1000 })) lines.push(text);
    expect(new Set(lines.slice(-900))).toEqual(new Set(["0123456789012345678901234567890123456789"]));
    expect(await app.stop()).toBe(0);
    expect(await app.leftovers()).toEqual([]);
  }, 40_000);
});

describe("a restart policy of unless-stopped", () => {
  it("brings back what has ended by itself, also with 0, and not what was stopped by hand", async () => {
    app = await startAppHost(
      `host.addExecutable("job", "sh", { args: ["-c", "sleep 0.1"] }).withRestart("unless-stopped", { backoff: 20, limit: 1000 });
       host.addExecutable("idle", "sleep", { args: ["300"] });`,
    );
    await app.waitUntil("job", ({ generation }) => generation >= 3);
    await app.client.command("job", { command: "stop" });
    const { generation } = await app.waitUntil("job", ({ state }) => state === "Stopped");
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await app.resource("job")).toMatchObject({ state: "Stopped", generation });
  });
});
