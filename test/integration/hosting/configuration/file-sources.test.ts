import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { runToEnd, startAppHost } from "../../../fixtures/apphost-process.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../../scripts/packages.ts";
import { requirement } from "../../../fixtures/requirement.ts";
import type { AppHostOptions, RunningAppHost, Via } from "../../../fixtures/apphost-process.ts";
import {
  configuredService,
  givenTo,
  linesOf,
  replaceFile,
  until,
} from "../../../fixtures/configured-service.ts";

let app: RunningAppHost | undefined;
afterEach(async () => {
  await app?.dispose();
  app = undefined;
});

const deno = requirement("deno", () => existsSync(join(root, "node_modules/deno/deno")));
const runtimes: readonly Via[] = deno.available ? ["node", "deno"] : ["node"];
const yaml = `db: { host: one, password: hunter-two-22 }\nlist: [a, b]\nother: 1\n`;
const preamble = `
import { createBuilder } from "@dext/hosting";
import { defineConfig, env, file, object } from "@dext/providers";
const host = createBuilder({ name: "sample" });
const definition = defineConfig({ layers: [file("config.yaml"), env({ prefix: "SAMPLE__" })], secrets: ["db.password"] });
const service = (name) => host.addNodeApp(name, "service.mjs", { http: false });
`;

function start(body: string, options: AppHostOptions = {}): Promise<RunningAppHost> {
  const files = { "config.yaml": yaml, "service.mjs": configuredService, ...options.files };
  return startAppHost(`${preamble}${body}\nawait host.run();\n`, { ...options, files });
}

const healthy = ({ health }: { health: string }): boolean => health === "Healthy";

describe("what a service is given", () => {
  it("149, 150, 151, 63: only the keys that were asked for, by name, no tokens, secrets masked wherever they are shown", async () => {
    app = await start(
      `const values = object({ db: { user: null, pool: { maxSize: 5 } } });
      const nested = defineConfig({ layers: [values, file("config.yaml")] });
      const all = defineConfig({ layers: [env({ files: false })] });
      host.addNodeApp("api", "tell.mjs", { http: false }).withConfiguration(definition, ["db.*"]);
      service("nested").withConfiguration(nested, ["*"], { prefix: "APP__" });
      service("all").withConfiguration(all, ["*"], { prefix: "A__" });
      service("asks").withConfiguration(all, ["vault_token"], { prefix: "A__" });
      service("own").withConfiguration(definition, ["db.host"], { optional: ["list", "nowhere"] }).withEnvironment("DB__HOST", "mine");`,
      {
        env: {
          VAULT_TOKEN: "s.of-the-developer",
          CONSUL_HTTP_TOKEN: "c",
          SAMPLE__OTHER: "2",
          SAMPLE__DB__PORT: "5432",
        },
        files: {
          "tell.mjs": `console.log("length", process.env.DB__PASSWORD.length, process.env.DB__PASSWORD);${configuredService}`,
        },
      },
    );
    const given: Record<string, Record<string, string>> = {};
    for (const name of ["api", "nested", "all", "asks", "own"]) {
      await app.waitUntil(name, healthy);
      given[name] = (await givenTo(app, name))[0] ?? {};
    }
    const namesOf = (name: string, pattern: RegExp): string[] =>
      Object.keys(given[name] ?? {}).filter((each) => pattern.test(each));
    // Only the keys that were asked for.
    expect(given["api"]).toMatchObject({ DB__HOST: "one", DB__PORT: "5432", DB__PASSWORD: "***" });
    expect(namesOf("api", /VAULT|CONSUL|^OTHER$|^LIST/)).toEqual([]);
    // A wildcard gives no token that the AppHost found in its own environment.
    expect(given["all"]).toMatchObject({ A__SAMPLE__OTHER: "2" });
    expect(namesOf("all", /VAULT|CONSUL/)).toEqual([]);
    expect(given["asks"]).toMatchObject({ A__VAULT_TOKEN: "s.of-the-developer" });
    // By name, with a prefix; null not at all.
    expect(given["nested"]).toMatchObject({
      APP__DB__HOST: "one",
      APP__DB__POOL__maxSize: "5",
      APP__LIST__0: "a",
      APP__LIST__1: "b",
      APP__OTHER: "1",
    });
    expect(namesOf("nested", /DB__USER/i)).toEqual([]);
    // What the AppHost sets itself wins; optional keys are given where they are there.
    expect(given["own"]).toMatchObject({ DB__HOST: "mine", LIST__1: "b" });
    // Secrets.
    expect(await linesOf(app, "api", /length/)).toEqual(["length 13 ***"]);
    const described = (await app.client.describe()).resources.find(({ name }) => name === "api");
    expect(described?.environment).toContainEqual({
      name: "DB__PASSWORD",
      value: "***",
      because: "db.password of its configuration (file config.yaml:1:28)",
    });
    expect(described?.configurations).toMatchObject([
      { keys: ["db.*"], onChange: "restart", sources: [{ source: "file config.yaml", state: "READY" }, {}] },
    ]);
  });

  it("is loaded once for all that use it, from the folder that was named", async () => {
    app = await start(
      `globalThis.loads = 0;
      const counted = { provider: "counted", label: "x", create: () => ({ load: async (context) => { console.log("load", context.directory); return file("config.yaml").create().load(context); } }) };
      const own = defineConfig({ layers: [counted] });
      for (const name of ["one", "two", "three"]) service(name).withConfiguration(own, ["other"], { directory: "sub" });`,
      { files: { "sub/config.yaml": "other: 7\n" } },
    );
    await app.waitUntil("three", healthy);
    expect((await givenTo(app, "three"))[0]).toMatchObject({ OTHER: "7" });
    expect(app.output().stdout.match(/^load .*\/sub$/gm)).toHaveLength(1);
  });
});

describe("what cannot be given ends the AppHost with 3 before anything starts:", () => {
  it("everything that is wrong is told at once, with its origin", async () => {
    const { exitCode, stderr, stdout } = await runToEnd(
      `${preamble}
      import { z } from "zod";
      const strict = defineConfig({ schema: z.object({ db: z.object({ host: z.number() }), other: z.boolean() }), layers: [file("config.yaml")] });
      service("api").withConfiguration(strict, ["db.*"]);
      service("worker").withConfiguration(strict, ["other"]);
      service("web").withConfiguration(definition, ["db.hots", "db.host"]);
      service("port").withEndpoint({ env: "DB__HOST" }).withConfiguration(definition, ["db.host"]);
      service("gone").withConfiguration(defineConfig({ layers: [file("nowhere.yaml")] }), ["a"]);
      await host.run();`,
      { files: { "config.yaml": "db: { host: one }\nother: perhaps\n", "service.mjs": configuredService } },
    );
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(
      /error DEXT_RUN_CONFIGURATION_FAILED: 4 things are wrong with the configurations of this run:/,
    );
    expect(stderr).toMatch(
      /The configuration of "api", "worker" cannot be loaded: .*2 values do not fit the schema/,
    );
    expect(stderr).toMatch(/"db\.host": .*\(file config\.yaml:1:13\)/);
    expect(stderr).toMatch(/"other": .*\(file config\.yaml:2:8\)/);
    expect(stderr).toMatch(
      /"web" is to be given what its configuration does not have: "db\.hots" \(is "db\.host" meant\?\)/,
    );
    expect(stderr).toMatch(/"port" would be given DB__HOST twice with different meanings/);
    expect(stderr).toMatch(/The configuration of "gone" cannot be loaded: .*nowhere\.yaml/);
    expect(stdout).not.toMatch(/Starting/);
  });

  it("a definition that throws is told with the place of the error", async () => {
    const { exitCode, stderr } = await runToEnd(
      `${preamble}
      const throws = (error) => ({ provider: "mine", label: "x", create: () => ({ load: () => Promise.reject(error()) }) });
      service("early").withConfiguration(defineConfig({ layers: [() => { throw new Error("too early"); }] }), ["a"]);
      service("late").withConfiguration(defineConfig({ layers: [throws(() => new TypeError("too late"))] }), ["a"]);
      service("odd").withConfiguration(defineConfig({ layers: [throws(() => "no error at all")] }), ["a"]);
      await host.run();`,
      { files: { "service.mjs": configuredService } },
    );
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/The configuration of "early" cannot be loaded: too early\n/);
    expect(stderr).toMatch(
      /The configuration of "late" cannot be loaded: The source mine "x" failed: too late\n/,
    );
    expect(stderr).toMatch(/The configuration of "odd" cannot be loaded: .*no error at all\n/);
    const made = /The message is that of an error made at \/\S+\/apphost\.m?ts:\d+:\d+\./g;
    expect(stderr.match(made)).toHaveLength(2);
    expect(stderr).not.toMatch(/error below/);
  });

  it("one thing alone, with its own code", async () => {
    const { exitCode, stderr } = await runToEnd(
      `${preamble} host.addNodeApp("api", "service.mjs").withConfiguration(definition, ["port"]); await host.run();`,
      { files: { "config.yaml": "port: 1\n", "service.mjs": configuredService } },
    );
    expect(stderr).toMatch(/^error DEXT_RUN_CONFIGURATION_COLLISION: .*PORT/m);
    expect(stderr).toMatch(/^hint: .*prefix/m);
    expect(exitCode).toBe(3);
  });

  it("a pattern that nothing fits is told, and is no mistake", async () => {
    app = await start(`service("api").withConfiguration(definition, ["dbs.*", "db.host"]);`);
    await app.waitUntil("api", healthy);
    const notices = (await app.events()).flatMap((event) =>
      event.type === "notice" ? [event.data.message] : [],
    );
    expect(notices).toEqual([`"api" is given nothing by "dbs.*": its configuration has nothing there`]);
  });
});

describe("when a value changes", () => {
  it.each(runtimes)(
    "153, 154: a burst of changes of a used key starts the service again once, in order; who uses others is left alone (AppHost on %s)",
    async (via) => {
      app = await start(
        `service("api").withConfiguration(definition, ["db.*"]); service("other").withConfiguration(definition, ["other"]); service("none");`,
        { via },
      );
      await app.waitUntil("api", healthy);
      const before = await app.waitUntil("other", healthy);
      for (let count = 1; count <= 10; count += 1) {
        await replaceFile(app, "config.yaml", yaml.replace("one", `burst-${count}`));
        await delay(20);
      }
      const running = app;
      await until(async () => (await givenTo(running, "api")).length > 1, "a second start");
      const after = await app.waitUntil("api", healthy);
      expect(after).toMatchObject({ generation: 2, restarts: 1, state: "Running" });
      await delay(1000);
      expect((await givenTo(app, "api")).map((each) => each["DB__HOST"])).toEqual(["one", "burst-10"]);
      expect(await linesOf(app, "api", /^term$|starts again/)).toEqual([
        "starts again: its configuration has changed (DB__HOST)",
        "term",
      ]);
      expect((await app.resource("other")).pid).toBe(before.pid);
      await replaceFile(
        app,
        "config.yaml",
        yaml.replace("one", "burst-10").replace("other: 1", "other: 1\nmore: 1"),
      );
      await delay(1000);
      expect(await app.resource("api")).toMatchObject({ pid: after.pid, generation: 2 });
      expect(await app.resource("other")).toMatchObject({ pid: before.pid, generation: 1 });
    },
  );

  it("153: a service that does not heed SIGTERM is killed after its timeout and started again", async () => {
    app = await start(
      `host.addNodeApp("api", "deaf.mjs", { http: false }).withStopTimeout(400).withConfiguration(definition, ["db.*"]);`,
      { files: { "deaf.mjs": configuredService.replace("process.exit(0)", "") } },
    );
    const first = await app.waitUntil("api", healthy);
    await replaceFile(app, "config.yaml", yaml.replace("one", "two"));
    await app.waitUntil("api", ({ generation, health }) => generation === 2 && health === "Healthy");
    expect(() => process.kill(first.pid ?? 0, 0)).toThrow(/ESRCH/);
    expect((await givenTo(app, "api")).at(-1)).toMatchObject({ DB__HOST: "two" });
  });

  it("153: replicas are started again one after another, the next when the one before is healthy", async () => {
    app = await start(
      `host.addNodeApp("api", "service.mjs", { http: false }).withReplicas(3).withConfiguration(definition, ["db.*"]);`,
    );
    for (const replica of [0, 1, 2]) {
      const running = app;
      await until(
        async () => (await running.resource("api", replica)).health === "Healthy",
        `replica ${replica}`,
      );
    }
    await replaceFile(app, "config.yaml", yaml.replace("one", "two"));
    const running = app;
    await until(async () => {
      const last = await running.resource("api", 2);
      return last.generation === 2 && last.health === "Healthy";
    }, "all have started again");
    const states = (await app.events()).flatMap((event) =>
      (event.type === "state" && event.data.snapshot.generation === 2 && event.data.to === "Running") ||
      (event.type === "health" && event.data.snapshot.generation === 2 && event.data.to === "Healthy")
        ? [`${event.replica} ${event.data.to}`]
        : [],
    );
    expect(states).toEqual(["0 Running", "0 Healthy", "1 Running", "1 Healthy", "2 Running", "2 Healthy"]);
  });

  it("signal: the program is sent SIGHUP and goes on, unless it is run by a package manager; none: the next start has the new values", async () => {
    const scripts = { start: "node service.mjs && true" };
    app = await start(
      `service("hears").withConfiguration(definition, ["db.*"], { onChange: "signal" });
      service("waits").withConfiguration(definition, ["db.*"], { onChange: "none" });
      host.addProject("web", "./web", { http: false }).withConfiguration(definition, ["db.*"], { onChange: "signal" });`,
      {
        files: {
          "web/package.json": JSON.stringify({ name: "web", type: "module", scripts }),
          "web/package-lock.json": "{}",
          "web/service.mjs": configuredService,
        },
      },
    );
    const hears = await app.waitUntil("hears", healthy);
    const waits = await app.waitUntil("waits", healthy);
    await app.waitUntil("web", healthy);
    await replaceFile(app, "config.yaml", yaml.replace("one", "two"));
    const running = app;
    await until(async () => (await linesOf(running, "hears", /^hup$/)).length === 1, "hup");
    await until(async () => (await linesOf(running, "waits", /from its next start on/)).length === 1, "told");
    expect(await linesOf(app, "hears", /SIGHUP/)).toEqual([
      "was sent SIGHUP: its configuration has changed (DB__HOST)",
    ]);
    await until(async () => (await givenTo(running, "web")).length === 2, "a second start");
    expect(await linesOf(app, "web", /SIGHUP/)).toEqual([
      "cannot be sent SIGHUP for its changed configuration (DB__HOST): it is run by npm, which passes no signals on",
    ]);
    expect((await app.resource("hears")).pid).toBe(hears.pid);
    expect((await app.resource("waits")).pid).toBe(waits.pid);
    await app.client.command("waits", { command: "restart" });
    await until(async () => (await givenTo(running, "waits")).length === 2, "a second start");
    expect((await givenTo(app, "waits")).at(-1)).toMatchObject({ DB__HOST: "two" });
  });

  it("signal: a program that has only begun is told when it is healthy, since SIGHUP would end it before; one that has failed is started again", async () => {
    app = await start(
      `host.addNodeApp("late", "late.mjs", { http: false }).withLogReadiness(/^ready$/).withConfiguration(definition, ["db.*"], { onChange: "signal" });
      host.addNodeApp("picky", "picky.mjs", { http: false }).withConfiguration(definition, ["db.*"], { onChange: "signal" });`,
      {
        files: {
          "late.mjs": `
            import { existsSync } from "node:fs";
            console.log("begun");
            setInterval(() => {
              if (!existsSync("go") || process.listenerCount("SIGHUP") > 0) return;
              process.on("SIGHUP", () => console.log("hup"));
              console.log("ready");
            }, 20);`,
          "picky.mjs": `if (process.env.DB__HOST === "one") process.exit(3);${configuredService}`,
        },
      },
    );
    const running = app;
    await until(async () => (await linesOf(running, "late", /^begun$/)).length === 1, "begun");
    await app.waitUntil("picky", ({ state }) => state === "Exited");
    await replaceFile(app, "config.yaml", yaml.replace("one", "two"));
    expect(await app.waitUntil("picky", healthy)).toMatchObject({ generation: 2 });
    expect(await linesOf(app, "late", /hup|SIGHUP/)).toEqual([]);
    await replaceFile(app, "go", "");
    await until(async () => (await linesOf(running, "late", /^hup$/)).length === 1, "hup");
    expect(await app.resource("late")).toMatchObject({ generation: 1, state: "Running", health: "Healthy" });
    expect(await linesOf(app, "late", /SIGHUP/)).toEqual([
      "was sent SIGHUP: its configuration has changed (DB__HOST)",
    ]);
  });

  it("a service that was stopped by hand stays stopped, and one that failed of its configuration is started again", async () => {
    app = await start(
      `service("api").withConfiguration(definition, ["db.*"]);
      host.addNodeApp("picky", "picky.mjs", { http: false }).withConfiguration(definition, ["db.*"]);
      service("idle");`,
      { files: { "picky.mjs": `if (process.env.DB__HOST === "one") process.exit(3);${configuredService}` } },
    );
    await app.waitUntil("api", healthy);
    await app.waitUntil("picky", ({ state }) => state === "Exited");
    await app.client.command("api", { command: "stop" });
    await replaceFile(app, "config.yaml", yaml.replace("one", "two"));
    expect(await app.waitUntil("picky", healthy)).toMatchObject({ generation: 2 });
    expect((await app.resource("api")).state).toBe("Stopped");
    await app.client.command("api", { command: "start" });
    await app.waitUntil("api", healthy);
    expect((await givenTo(app, "api")).map((each) => each["DB__HOST"])).toEqual(["one", "two"]);
  });

  it("155: a source that can no longer be read leaves the service running, is shown with it and told once, and goes away when it is well", async () => {
    app = await start(`service("api").withConfiguration(definition, ["db.host"]);`);
    const before = await app.waitUntil("api", healthy);
    await replaceFile(app, "config.yaml", "db: { host: [");
    const wrong = await app.waitUntil(
      "api",
      ({ configurationProblems }) => configurationProblems !== undefined,
    );
    expect(wrong.configurationProblems).toMatchObject([{ source: "file config.yaml", state: "STALE" }]);
    expect(wrong.configurationProblems?.[0]?.since).toBeGreaterThan(before.since);
    await replaceFile(app, "config.yaml", "db: { host: [ ");
    await delay(600);
    const described = (await app.client.describe()).resources.find(({ name }) => name === "api");
    expect(described?.configurations?.[0]?.sources[0]).toMatchObject({
      source: "file config.yaml",
      state: "STALE",
    });
    await replaceFile(app, "config.yaml", yaml);
    await app.waitUntil("api", ({ configurationProblems }) => configurationProblems === undefined);
    expect(await app.resource("api")).toMatchObject({ pid: before.pid, generation: 1, health: "Healthy" });
    const notices = (await app.events()).flatMap((event) => (event.type === "notice" ? [event.data] : []));
    expect(notices.map(({ level }) => level)).toEqual(["warning", "info"]);
    expect(notices[0]?.message).toMatch(
      /^The configuration of "api": file config\.yaml is STALE: .*config\.yaml:1:.*The last good values stay in use$/s,
    );
    expect(notices[1]?.message).toBe(`The configuration of "api": file config.yaml is well again`);
  });

  it("155: values that do not fit, and a key that is gone, keep the last good ones and are told once", async () => {
    app = await start(`service("api").withConfiguration(definition, ["db.host"]);`);
    const before = await app.waitUntil("api", healthy);
    await replaceFile(app, "config.yaml", "db: { hots: one }\n");
    const wrong = await app.waitUntil(
      "api",
      ({ configurationProblems }) => configurationProblems !== undefined,
    );
    expect(wrong.configurationProblems).toMatchObject([{ source: "values", state: "INVALID" }]);
    await app.client.command("api", { command: "restart" });
    const again = await app.waitUntil(
      "api",
      ({ health, generation }) => generation === 2 && health === "Healthy",
    );
    expect(again.pid).not.toBe(before.pid);
    expect((await givenTo(app, "api")).map((each) => each["DB__HOST"])).toEqual(["one", "one"]);
    await replaceFile(app, "config.yaml", yaml.replace("one", "two"));
    await app.waitUntil("api", ({ health, generation }) => generation === 3 && health === "Healthy");
    expect((await app.resource("api")).configurationProblems).toBeUndefined();
    const notices = (await app.events()).flatMap((event) =>
      event.type === "notice" ? [event.data.message] : [],
    );
    expect(notices).toEqual([
      `"api" is to be given what its configuration does not have: "db.host" (is "db.hots" meant?). It keeps the last good values`,
      `"api" can be given its configuration again`,
    ]);
  });
});
