import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ModelBuilder } from "../../../../hosting/src/model/model-builder.ts";
import { findProgram } from "../../../../hosting/src/orchestration/find-program.ts";
import { addRedis } from "../../../../hosting/src/resources/add-redis.ts";
import { connectionOf, launch } from "../../../fixtures/launchers/run-launcher.ts";

const hostilePassword = `a;b"c@d/e'f\\g h=i,j%k#l é`;

const isInstalled = (await findProgram("redis-server")) !== undefined;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-redis-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function using<T>(uri: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(uri, { maxRetriesPerRequest: 1, retryStrategy: () => null });
  // What goes wrong is told by the command that fails.
  redis.on("error", () => {});
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

for (const launcher of ["process", "embedded"] as const) {
  const needs = launcher === "process" ? " (needs redis-server on the PATH)" : "";
  describe.skipIf(needs !== "" && !isInstalled)(`redis by the ${launcher} launcher${needs}`, () => {
    test("serves a client that is given its URI, with any password", async () => {
      const host = new ModelBuilder({ directory });
      addRedis(host, "cache");
      const cache = await launch(host, {
        resource: "cache",
        launcher,
        parameters: { "cache-password": hostilePassword },
      });
      try {
        const { uri = "" } = connectionOf(cache, "cache");
        await using(uri, async (redis) => {
          await redis.set("greeting", "hello");
          expect(await redis.get("greeting")).toBe("hello");
        });
        const wrong = new URL(uri);
        wrong.password = "wrong";
        await expect(using(wrong.href, (redis) => redis.get("greeting"))).rejects.toThrow(/WRONGPASS|NOAUTH/);
      } finally {
        await cache.stop();
      }
    });

    test("keeps its data with a data volume and loses it without", async () => {
      for (const kept of [true, false]) {
        const host = new ModelBuilder({ directory });
        const builder = addRedis(host, "cache");
        if (kept) builder.withDataVolume();
        const options = { resource: "cache", launcher, dataDirectory: join(directory, String(kept)) };
        const first = await launch(host, options);
        await using(first.scope.property("cache", "uri"), (redis) => redis.set("counter", "7"));
        await first.stop();
        const second = await launch(host, options);
        const found = await using(second.scope.property("cache", "uri"), (redis) => redis.get("counter"));
        await second.stop();
        expect(found).toBe(kept ? "7" : null);
      }
    });

    test("fills a fresh server from init files, a kept one only once", async () => {
      await writeFile(join(directory, "seed.redis"), '# stock\nSET apples 5\nHSET pear "two words" 1\n');
      const host = new ModelBuilder({ directory });
      addRedis(host, "cache").withDataVolume().withInitFiles("seed.redis");
      const options = { resource: "cache", launcher, dataDirectory: join(directory, "data") };
      const first = await launch(host, options);
      await using(first.scope.property("cache", "uri"), async (redis) => {
        expect(await redis.hgetall("pear")).toEqual({ "two words": "1" });
        expect(await redis.incr("apples")).toBe(6);
      });
      await first.stop();
      const second = await launch(host, options);
      const apples = await using(second.scope.property("cache", "uri"), (redis) => redis.get("apples"));
      await second.stop();
      expect(apples).toBe("6");
    });

    test("names the command of an init file that the server refuses", async () => {
      await writeFile(join(directory, "seed.redis"), "SET apples\n");
      const host = new ModelBuilder({ directory });
      addRedis(host, "cache").withInitFiles("seed.redis");
      await expect(launch(host, { resource: "cache", launcher })).rejects.toThrow(
        /refused a command.*SET apples/,
      );
    });

    test("shows its password in no argument", async () => {
      const host = new ModelBuilder({ directory });
      addRedis(host, "cache");
      const cache = await launch(host, {
        resource: "cache",
        launcher,
        parameters: { "cache-password": "hush12345" },
      });
      try {
        expect(await readFile(`/proc/${cache.pid}/cmdline`, "utf8")).not.toContain("hush12345");
        expect(JSON.stringify("args" in cache.plan ? cache.plan.args : "")).not.toContain("hush12345");
      } finally {
        await cache.stop();
      }
    });
  });
}

describe.skipIf(!isInstalled)("redis by the external launcher (needs redis-server on the PATH)", () => {
  test("is reached where its connection string says, in either form", async () => {
    const host = new ModelBuilder({ directory });
    addRedis(host, "cache");
    const real = await launch(host, {
      resource: "cache",
      launcher: "process",
      parameters: { "cache-password": "p,q@r" },
    });
    try {
      const { connectionString = "", uri = "" } = connectionOf(real, "cache");
      for (const text of [connectionString, uri]) {
        const external = await launch(host, {
          resource: "cache",
          launcher: "external",
          configuration: { "ConnectionStrings:cache": text },
        });
        expect(connectionOf(external, "cache")).toEqual(connectionOf(real, "cache"));
        const pong = await using(external.scope.property("cache", "uri"), (redis) => redis.ping());
        expect(pong).toBe("PONG");
        await external.stop();
      }
    } finally {
      await real.stop();
    }
  });
});
