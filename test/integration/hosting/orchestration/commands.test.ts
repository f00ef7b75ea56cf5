import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { eventsOf, markedProcesses, startAppHost } from "../../../fixtures/apphost-process.ts";
import type { RunningAppHost } from "../../../fixtures/apphost-process.ts";
import { TestAppHosts } from "../../../fixtures/testing-apphost.ts";

const apps = new TestAppHosts({ waitFor: false });
/** For what a test does not share with other runs: watched files, fixed ports, ends. */
let bare: RunningAppHost | undefined;
afterEach(async () => {
  await apps.dispose();
  await bare?.dispose();
  bare = undefined;
});

const idle = `host.addExecutable("idle", "sleep", { args: ["300"] });`;
const server = `
import { createServer } from "node:http";
createServer((request, response) => response.end(process.env.DEXT_RESOURCE)).listen(Number(process.env.PORT), "localhost");
`;

async function codeOf(action: Promise<unknown> | undefined): Promise<string> {
  try {
    await action;
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "nothing was refused";
}

describe("a restart policy", () => {
  it("starts a resource again with growing waits, and gives a crash loop up", async () => {
    const app = await apps.start(
      `host.addExecutable("flaky", "sh", { args: ["-c", "exit 5"] }).withRestart("on-failure", { backoff: "40ms", limit: 3 }); ${idle}`,
    );
    const flaky = await app.waitFor("flaky", "Exited");
    expect(flaky).toMatchObject({ restarts: 3, generation: 4, exitCode: 5 });
    expect(flaky.reason).toContain("crash loop");
    const waits = (await eventsOf(app.client)).flatMap((event) =>
      event.type === "state" && event.resource === "flaky" && event.data.to === "Restarting"
        ? [event.data.reason]
        : [],
    );
    expect(waits).toEqual([
      expect.stringContaining("starts again in 40 ms (restart 1 of 3)"),
      expect.stringContaining("starts again in 80 ms (restart 2 of 3)"),
      expect.stringContaining("starts again in 160 ms (restart 3 of 3)"),
    ]);
    await app.stop();
    expect(app.exitCode).toBe(4);
  });

  it("of on-failure leaves alone what has finished, always does not", async () => {
    const app = await apps.start(
      `host.addExecutable("job", "true").withRestart("on-failure");
       host.addExecutable("loop", "sh", { args: ["-c", "sleep 0.05"] }).withRestart("always", { backoff: 20, limit: 100 });`,
    );
    await app.waitFor("job", "Finished");
    const loop = await app.waitFor("loop", ({ generation }) => generation >= 3);
    expect(loop.restarts).toBeGreaterThanOrEqual(2);
    await app.stop();
    expect(app.exitCode).toBe(0);
  });

  it("does not bring back what was stopped while it waited", async () => {
    const app = await apps.start(
      `host.addExecutable("flaky", "sh", { args: ["-c", "exit 5"] }).withRestart("always", { backoff: "300ms" }); ${idle}`,
    );
    await app.waitFor("flaky", "Restarting");
    await app.client.command("flaky", { command: "stop" });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await app.resource("flaky")).toMatchObject({ state: "Stopped", generation: 1 });
  });
});

describe("a command", () => {
  it("stops, starts and restarts one resource while the others run", async () => {
    const app = await apps.start(`host.addNodeApp("api", "server.ts"); ${idle}`, {
      files: { "server.ts": server },
    });
    const first = await app.waitFor("api", "Healthy");
    await app.client.command("api", { command: "stop" });
    expect(await app.resource("api")).toMatchObject({ state: "Stopped", generation: 1 });
    expect(await codeOf(app.client.command("api", { command: "stop" }))).toBe("DEXT_RUN_COMMAND_REFUSED");
    await app.client.command("api", { command: "start" });
    const second = await app.waitFor("api", "Healthy");
    expect(second).toMatchObject({ state: "Running", generation: 2 });
    expect(second.pid).not.toBe(first.pid);
    expect(second.endpoints).toEqual(first.endpoints);
    expect(await codeOf(app.client.command("api", { command: "start" }))).toBe("DEXT_RUN_COMMAND_REFUSED");
    await app.client.command("api", { command: "restart" });
    expect((await app.resource("api")).generation).toBe(3);
    expect((await app.resource("idle")).generation).toBe(1);
  });

  it("is refused for a resource, replica or command that is not there", async () => {
    const app = await apps.start(idle);
    expect(await codeOf(app.client.command("idol", { command: "stop" }))).toBe("DEXT_RUN_RESOURCE_UNKNOWN");
    expect(await codeOf(app.client.command("idle", { command: "stop", replica: 3 }))).toBe(
      "DEXT_RUN_RESOURCE_UNKNOWN",
    );
    expect(await codeOf(app.client.command("idle", { command: "flush" }))).toBe("DEXT_RUN_COMMAND_UNKNOWN");
  });

  it("start tells why a resource did not start", async () => {
    const app = await apps.start(`host.addExecutable("bad", "no-such-program").withExplicitStart(); ${idle}`);
    await app.waitFor("idle", "Healthy");
    expect((await app.resource("bad")).state).toBe("NotStarted");
    await expect(app.client.command("bad", { command: "start" })).rejects.toMatchObject({
      code: "DEXT_RUN_START_FAILED",
      message: expect.stringContaining("no-such-program"),
    });
  });

  it("of a resource's own is run in the AppHost, and its failure is told", async () => {
    const app = await apps.start(
      `host.addExecutable("store", "sleep", { args: ["300"] })
        .withCommand("flush", async ({ resource }) => { (await import("node:fs")).writeFileSync("flushed", resource); }, { description: "Empties it", confirm: "Really?" })
        .withCommand("explode", () => { throw new Error("too hot"); });`,
    );
    const { readFile } = await import("node:fs/promises");
    expect((await app.resource("store")).commands).toEqual([
      { name: "flush", description: "Empties it", confirm: "Really?" },
      { name: "explode" },
    ]);
    await app.client.command("store", { command: "flush" });
    expect(await readFile(join((await app.client.info()).directory, "flushed"), "utf8")).toBe("store");
    await expect(app.client.command("store", { command: "explode" })).rejects.toMatchObject({
      code: "DEXT_RUN_COMMAND_FAILED",
      message: expect.stringContaining("too hot"),
    });
  });
});

describe("a command of a resource's own", () => {
  it("is told addresses, properties and values of the run, and writes into the log", async () => {
    const app = await apps.start(
      `const key = host.addParameter("key", { default: "k-1" });
       const api = host.addNodeApp("api", "server.ts").withReplicas(2)
         .withCommand("ask", async ({ resource, replica, endpoint, write, signal }) => {
           const { url, port } = endpoint("http");
           const answer = await fetch(url, { signal });
           write(\`\${resource}[\${replica}] at \${port} says \${await answer.text()}\\nand that is all\`);
         });
       host.addRedis("cache").withLauncher("embedded").withCommand("tell", ({ property, resolve, write }) =>
         write(\`\${property("port")} \${resolve(expression\`<\${api.endpoint("http")}> <\${key}>\`)} \${property("password")}\`))
         .withCommand("miss", ({ property }) => property("colour"))
         .withCommand("lose", ({ endpoint }) => endpoint("http"));`,
      { files: { "server.ts": server } },
    );
    await app.waitFor("api", "Healthy");
    await app.waitFor("cache", "Healthy");
    const { client } = app;
    const portOf = async (name: string, replica = 0): Promise<string> =>
      new URL((await app.resource(name, { replica }))?.endpoints[0]?.url ?? "").port;
    await client.command("api", { command: "ask", replica: 1 });
    await client.command("api", { command: "ask" });
    const said = (await app.logs("api")).filter(
      ({ stream, text }) => stream === "system" && /says|all/.test(text),
    );
    expect(said.map(({ replica, text }) => [replica, text])).toEqual(
      expect.arrayContaining([
        [1, `api[1] at ${await portOf("api", 1)} says api#1`],
        [1, "and that is all"],
        [0, `api[undefined] at ${await portOf("api")} says api#0`],
        [0, "and that is all"],
      ]),
    );
    await client.command("cache", { command: "tell" });
    // The password is a secret.
    expect((await app.logs("cache")).map(({ text }) => text)).toContain(
      `${await portOf("cache")} <http://localhost:${await portOf("api")}> <k-1> ***`,
    );
    await expect(client.command("cache", { command: "miss" })).rejects.toMatchObject({
      code: "DEXT_RUN_COMMAND_FAILED",
      message: expect.stringContaining('"cache" has no property "colour"'),
      hint: "It has: host, port, password, uri.",
    });
    await expect(client.command("cache", { command: "lose" })).rejects.toMatchObject({
      message: expect.stringContaining('"cache" has no endpoint "http"'),
      hint: "It has: tcp.",
    });
  });
});

describe("explicit start", () => {
  it("waits for the command, and what waits for it waits too", async () => {
    const app = await apps.start(
      `const tool = host.addExecutable("tool", "sleep", { args: ["300"] }).withExplicitStart();
       host.addExecutable("after", "sleep", { args: ["300"] }).waitFor(tool);`,
    );
    await app.waitFor("after", "Waiting");
    expect((await app.resource("tool")).state).toBe("NotStarted");
    await app.client.command("tool", { command: "start" });
    await app.waitFor("after", "Running");
  });
});

describe("profiles", () => {
  it("leave out what belongs to another one, and bring in what is needed", async () => {
    const body = `
      const store = host.addExecutable("store", "sleep", { args: ["300"] }).withProfile("full");
      host.addExecutable("debug", "sleep", { args: ["300"] }).withProfile(["debug"]).waitFor(store);
      host.addExecutable("other", "sleep", { args: ["300"] }).withProfile("other"); ${idle}`;
    const app = await apps.start(body);
    expect((await app.client.snapshot()).resources.map(({ name }) => name)).toEqual(["idle"]);
    const debugged = await apps.start(body, { profiles: ["debug"] });
    expect((await debugged.client.snapshot()).resources.map(({ name }) => name)).toEqual([
      "store",
      "debug",
      "idle",
    ]);
  });
});

describe("watch", () => {
  it("restarts the resource once for a burst of changes, and its dependents when asked to", async () => {
    bare = await startAppHost(
      `const api = host.addNodeApp("api", "api/server.ts").withWatch("api", { dependents: true });
       host.addNodeApp("web", "web/server.ts").waitFor(api); ${idle}`,
      { files: { "api/server.ts": server, "web/server.ts": server, "api/node_modules/x/index.js": "" } },
    );
    await bare.waitUntil("web", ({ health }) => health === "Healthy");
    await writeFile(join(bare.folder, "api/node_modules/x/index.js"), "changed");
    for (let index = 0; index < 5; index += 1)
      await writeFile(join(bare.folder, "api", `file-${index}.txt`), "x");
    await bare.waitUntil("web", ({ generation, health }) => generation === 2 && health === "Healthy");
    expect(await bare.resource("api")).toMatchObject({ generation: 2, restarts: 1 });
    expect((await bare.resource("idle")).generation).toBe(1);
    expect((await bare.logs("api")).map(({ text }) => text).join("\n")).toMatch(
      /starts again: .*file-0\.txt and 4 more changed/,
    );
  });

  it("leaves stopped what was stopped by hand, and starts again what has failed", async () => {
    bare = await startAppHost(
      `const api = host.addNodeApp("api", "api/server.ts").withWatch("api", { dependents: true });
       host.addNodeApp("web", "web/server.ts").waitFor(api); ${idle}`,
      { files: { "api/server.ts": "process.exit(3);", "web/server.ts": server } },
    );
    await bare.waitUntil("api", ({ state }) => state === "Exited");
    await writeFile(join(bare.folder, "api/server.ts"), server);
    await bare.waitUntil("web", ({ health }) => health === "Healthy");
    await bare.client.command("web", { command: "stop" });
    const { generation } = await bare.resource("web");
    await writeFile(join(bare.folder, "api/file.txt"), "x");
    await bare.waitUntil("api", (api) => api.generation === 3 && api.health === "Healthy");
    expect(await bare.resource("web")).toMatchObject({ state: "Stopped", generation });
  });
});

describe("replicas", () => {
  it("have an address each and a stable one in front of them", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as AddressInfo;
    holder.close();
    await once(holder, "close");
    bare = await startAppHost(
      `host.addNodeApp("api", "server.ts").withHttpEndpoint({ port: ${port} }).withReplicas(3);`,
      {
        files: { "server.ts": server },
      },
    );
    for (const replica of [0, 1, 2]) {
      while ((await bare.resource("api", replica)).health !== "Healthy")
        await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const ask = async (): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
      return response.text();
    };
    const answers = [await ask(), await ask(), await ask()];
    expect(answers.toSorted()).toEqual(["api#0", "api#1", "api#2"]);
    await bare.client.command("api", { command: "stop", replica: 1 });
    const rest = new Set([await ask(), await ask(), await ask(), await ask()]);
    expect([...rest].toSorted()).toEqual(["api#0", "api#2"]);
    expect(
      new Set((await bare.client.snapshot()).resources.map(({ endpoints }) => endpoints[0]?.url)).size,
    ).toBe(3);
  });
});

describe("usage", () => {
  it("is measured over the whole process tree, once a second", async () => {
    const app = await apps.start(
      `host.addExecutable("busy", "sh", { args: ["-c", "sh -c 'while :; do :; done' & wait"] }); ${idle}`,
    );
    const busy = await app.waitFor("busy", ({ usage }) => (usage?.cpu ?? 0) > 0.2);
    expect(busy.usage?.memory).toBeGreaterThan(500_000);
    const quiet = await app.waitFor("idle", ({ usage }) => usage !== undefined);
    expect(quiet.usage?.cpu).toBeLessThan(0.05);
  });
});

describe("the end of a run", () => {
  it("comes with --until-finished as soon as one has failed", async () => {
    bare = await startAppHost(
      `host.addExecutable("job", "sh", { args: ["-c", "sleep 0.3; exit 3"] }); ${idle}`,
      {
        env: { DEXT_END: "until-finished" },
      },
    );
    expect(await bare.exitCode()).toBe(4);
  });

  it("comes with --until-finished with 0 when all have finished", async () => {
    bare = await startAppHost(
      `host.addExecutable("a", "sleep", { args: ["0.3"] }); host.addExecutable("b", "sleep", { args: ["0.6"] });`,
      {
        env: { DEXT_END: "until-finished" },
      },
    );
    expect(await bare.exitCode()).toBe(0);
  });
});

it("commands that come together are carried out one after another", async () => {
  const app = await apps.start(`host.addNodeApp("api", "server.ts"); ${idle}`, {
    files: { "server.ts": server },
  });
  await app.waitFor("api", "Healthy");
  const { client } = app;
  await Promise.all([1, 2, 3].map(() => client.command("api", { command: "restart" })));
  await app.waitFor("api", "Healthy");
  expect((await app.resource("api")).generation).toBe(4);
  const marked = await markedProcesses(app.runId);
  expect(marked.length).toBe(2);
});
