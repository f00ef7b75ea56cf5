import { randomBytes } from "node:crypto";

import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import {
  realRedis,
  startEmbeddedProcess,
  startRealRedis,
} from "../../../fixtures/embedded-redis/redis-servers.ts";
import type { RedisProcess } from "../../../fixtures/embedded-redis/redis-servers.ts";

const redis = realRedis();
const servers = [
  { server: "the embedded server", start: () => startEmbeddedProcess(), isSkipped: false },
  { server: `redis-server ${redis.reason}`, start: () => startRealRedis(), isSkipped: !redis.available },
];

// The same scenarios run against a real server, which proves that they are right.
describe.each(servers)("ioredis with $server", ({ start, isSkipped }) => {
  describe.skipIf(isSkipped)("runs", () => {
    let server: RedisProcess;
    let client: Redis;
    const others: Redis[] = [];
    const connect = (options: object = {}): Redis => {
      const other = new Redis({ port: server.port, host: "127.0.0.1", ...options });
      others.push(other);
      return other;
    };

    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => {
      await server?.stop();
    });
    beforeEach(async () => {
      client = connect();
      await client.flushall();
    });
    afterEach(() => {
      for (const other of others.splice(0)) other.disconnect();
    });

    test("strings, hashes, lists, sets and sorted sets", async () => {
      await client.set("name", "Grüße 👋", "EX", 100);
      expect(await client.get("name")).toBe("Grüße 👋");
      expect(await client.ttl("name")).toBeGreaterThan(98);
      await client.hset("user", { name: "Ada", born: 1815 });
      expect(await client.hgetall("user")).toEqual({ name: "Ada", born: "1815" });
      await client.rpush("list", 1, 2, 3);
      expect(await client.lrange("list", 0, -1)).toEqual(["1", "2", "3"]);
      await client.sadd("set", "a", "b");
      expect((await client.smembers("set")).toSorted((a, b) => a.localeCompare(b))).toEqual(["a", "b"]);
      await client.zadd("scores", 1, "one", 2.5, "two");
      expect(await client.zrange("scores", "0", "-1", "WITHSCORES")).toEqual(["one", "1", "two", "2.5"]);
    });

    test("a pipeline with an error in the middle", async () => {
      const results = await client.pipeline().set("a", "x").incr("a").get("a").exec();
      expect(results?.[0]).toEqual([null, "OK"]);
      expect(results?.[1]?.[0]?.message).toBe("ERR value is not an integer or out of range");
      expect(results?.[2]).toEqual([null, "x"]);
    });

    test("10,000 pipelined commands keep their order", async () => {
      const pipeline = client.pipeline();
      for (let index = 0; index < 10_000; index++) pipeline.incr("counter");
      const results = await pipeline.exec();
      expect(results?.map(([, value]) => value)).toEqual(
        Array.from({ length: 10_000 }, (_, index) => index + 1),
      );
    });

    test("a transaction, and one that a watched key breaks", async () => {
      expect(await client.multi().set("a", 1).incr("a").exec()).toEqual([
        [null, "OK"],
        [null, 2],
      ]);
      await client.watch("a");
      await connect().set("a", 10);
      expect(await client.multi().incr("a").exec()).toBeNull();
      expect(await client.get("a")).toBe("10");
    });

    test("a transaction with a refused command is discarded", async () => {
      await expect(client.multi().set("a", 1).call("nonsense").exec()).rejects.toThrow("EXECABORT");
      expect(await client.get("a")).toBeNull();
    });

    test("messages on channels and patterns", async () => {
      const subscriber = connect();
      const received: string[] = [];
      subscriber.on("message", (channel: string, message: string) => received.push(`${channel}=${message}`));
      subscriber.on("pmessage", (pattern: string, channel: string, message: string) =>
        received.push(`${pattern}:${channel}=${message}`),
      );
      await subscriber.subscribe("news", "sport");
      await subscriber.psubscribe("n*");
      expect(await client.publish("news", "hello")).toBe(2);
      expect(await client.publish("sport", "goal")).toBe(1);
      await expect.poll(() => received).toEqual(["news=hello", "n*:news=hello", "sport=goal"]);
      await subscriber.unsubscribe("news");
      expect(await client.publish("news", "again")).toBe(1);
    });

    test("binary messages and keys", async () => {
      const key = Buffer.from([0, 255, 13, 10, 128]);
      const value = randomBytes(5000);
      await client.set(key, value);
      expect(await client.getBuffer(key)).toEqual(value);
      const subscriber = connect();
      const received = new Promise<Buffer>((resolve) => {
        subscriber.on("messageBuffer", (_channel: Buffer, message: Buffer) => resolve(message));
      });
      await subscriber.subscribe("binary");
      await client.publish("binary", value);
      expect(await received).toEqual(value);
    });

    test("values of 10 MB", async () => {
      const value = randomBytes(10 * 1024 * 1024);
      await client.set("big", value);
      expect(await client.strlen("big")).toBe(value.length);
      expect((await client.getBuffer("big"))?.equals(value)).toBe(true);
    });

    test("blocked readers are served in their order", async () => {
      const readers = [connect(), connect(), connect()];
      const results: Promise<[string, string] | null>[] = [];
      for (const [index, reader] of readers.entries()) {
        results.push(reader.blpop("queue", 0));
        await expect.poll(async () => await client.info("clients")).toContain(`blocked_clients:${index + 1}`);
      }
      await client.rpush("queue", "a", "b", "c");
      expect(await Promise.all(results)).toEqual([
        ["queue", "a"],
        ["queue", "b"],
        ["queue", "c"],
      ]);
    });

    test("a blocked reader times out, and its connection goes on", async () => {
      expect(await client.blpop("none", 0.05)).toBeNull();
      expect(await client.brpoplpush("none", "other", 0.05)).toBeNull();
      expect(await client.ping()).toBe("PONG");
    });

    test("a stream with a consumer group", async () => {
      await client.xgroup("CREATE", "jobs", "workers", "$", "MKSTREAM");
      const worker = connect();
      const first = worker.xreadgroup(
        "GROUP",
        "workers",
        "w1",
        "COUNT",
        1,
        "BLOCK",
        5000,
        "STREAMS",
        "jobs",
        ">",
      ) as Promise<[string, [string, string[]][]][]>;
      await expect.poll(async () => await client.info("clients")).toContain("blocked_clients:1");
      const id = await client.xadd("jobs", "*", "task", "build");
      await client.xadd("jobs", "*", "task", "test");
      expect(await first).toEqual([["jobs", [[id, ["task", "build"]]]]]);
      expect(await client.xpending("jobs", "workers")).toEqual([1, id, id, [["w1", "1"]]]);
      expect(await client.xack("jobs", "workers", id as string)).toBe(1);
      const rest = await worker.xreadgroup("GROUP", "workers", "w2", "STREAMS", "jobs", ">");
      expect(rest).toHaveLength(1);
      const [next, claimed] = (await client.xautoclaim("jobs", "workers", "w1", 0, "0")) as [
        string,
        unknown[],
      ];
      expect(next).toBe("0-0");
      expect(claimed).toHaveLength(1);
    });

    test("scans find every key, also while others come and go", async () => {
      const pipeline = client.pipeline();
      for (let index = 0; index < 1000; index++) pipeline.set(`stay:${index}`, index);
      for (let index = 0; index < 1000; index++) pipeline.set(`go:${index}`, index);
      await pipeline.exec();
      const found = new Set<string>();
      let removed = 0;
      for await (const keys of client.scanStream({ match: "stay:*", count: 50 })) {
        for (const key of keys as string[]) found.add(key);
        await client.del(`go:${removed++}`, `go:${removed++}`, `go:${removed++}`);
        await client.set(`new:${removed}`, 1);
      }
      expect(found.size).toBe(1000);
    });

    test("scans of collections", async () => {
      const members = Array.from({ length: 2000 }, (_, index) => `member-${index}`);
      await client.sadd("set", ...members);
      await client.hset("hash", Object.fromEntries(members.map((member) => [member, "x"])));
      await client.zadd("sorted", ...members.flatMap((member, index) => [index, member]));
      expect(new Set(await collect(client.sscanStream("set"))).size).toBe(2000);
      const fields = await collect(client.hscanStream("hash"));
      expect(new Set(fields.filter((_, index) => index % 2 === 0)).size).toBe(2000);
      const scored = await collect(client.zscanStream("sorted"));
      expect(new Set(scored.filter((_, index) => index % 2 === 0)).size).toBe(2000);
    });

    test("defined commands in Lua", async () => {
      client.defineCommand("take", {
        numberOfKeys: 1,
        lua: "local n = tonumber(redis.call('GET', KEYS[1]) or '0') if n < tonumber(ARGV[1]) then return {false, n} end return {true, redis.call('DECRBY', KEYS[1], ARGV[1])}",
      });
      const scripted = client as Redis & { take(key: string, count: number): Promise<unknown> };
      await client.set("stock", 5);
      expect(await scripted.take("stock", 3)).toEqual([1, 2]);
      expect(await scripted.take("stock", 3)).toEqual([null, 2]);
      await client.script("FLUSH");
      expect(await scripted.take("stock", 2)).toEqual([1, 0]);
    });

    test("a client that was cut off comes back and resubscribes", async () => {
      const subscriber = connect({ retryStrategy: () => 20 });
      const received: string[] = [];
      subscriber.on("message", (_channel: string, message: string) => received.push(message));
      await subscriber.subscribe("news");
      await client.call("CLIENT", "KILL", "TYPE", "pubsub");
      await expect.poll(async () => await client.publish("news", "are you there")).toBe(1);
      await expect.poll(() => received).toContain("are you there");
    });

    test("databases", async () => {
      const other = connect({ db: 3 });
      await other.set("only", "here");
      expect(await client.get("only")).toBeNull();
      expect(await client.move("only", 3)).toBe(0);
      expect(await other.dbsize()).toBe(1);
    });

    test("a key ends", async () => {
      await client.set("short", "x", "PX", 30);
      expect(await client.get("short")).toBe("x");
      await expect.poll(async () => await client.dbsize()).toBe(0);
    });

    test("a monitor sees the commands of others", async () => {
      const monitor = await connect().monitor();
      const seen: string[][] = [];
      monitor.on("monitor", (_time: string, command: string[]) => seen.push(command));
      await client.set("watched", "1");
      await expect.poll(() => seen).toContainEqual(["set", "watched", "1"]);
      monitor.disconnect();
    });
  });
});

async function collect(stream: AsyncIterable<string[]>): Promise<string[]> {
  const items: string[] = [];
  for await (const page of stream) items.push(...page);
  return items;
}
