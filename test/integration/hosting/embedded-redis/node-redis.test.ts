import { randomBytes } from "node:crypto";

import { createClient, RESP_TYPES } from "redis";
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
const cases = servers.flatMap((server) => ([2, 3] as const).map((protocol) => ({ ...server, protocol })));

type Client = ReturnType<typeof makeClient>;

function makeClient(port: number, protocol: 2 | 3) {
  const client = createClient({
    url: `redis://127.0.0.1:${port}`,
    RESP: protocol,
    socket: { reconnectStrategy: 20 },
  });
  client.on("error", () => {});
  return client;
}

describe.each(cases)("node-redis in RESP$protocol with $server", ({ start, isSkipped, protocol }) => {
  describe.skipIf(isSkipped)("runs", () => {
    let server: RedisProcess;
    let client: Client;
    const others: Client[] = [];
    const connect = async (): Promise<Client> => {
      const other = makeClient(server.port, protocol);
      others.push(other);
      await other.connect();
      return other;
    };

    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => {
      await server?.stop();
    });
    beforeEach(async () => {
      client = await connect();
      await client.flushAll();
    });
    afterEach(() => {
      for (const other of others.splice(0)) other.destroy();
    });

    test("the data types", async () => {
      await client.set("name", "Grüße 👋", { expiration: { type: "EX", value: 100 } });
      expect(await client.get("name")).toBe("Grüße 👋");
      await client.hSet("user", { name: "Ada", born: 1815 });
      expect({ ...(await client.hGetAll("user")) }).toEqual({ name: "Ada", born: "1815" });
      await client.rPush("list", ["1", "2"]);
      expect(await client.lRange("list", 0, -1)).toEqual(["1", "2"]);
      await client.zAdd("scores", [
        { score: 1.5, value: "a" },
        { score: Infinity, value: "b" },
      ]);
      expect(await client.zRangeWithScores("scores", 0, -1)).toEqual([
        { score: 1.5, value: "a" },
        { score: Infinity, value: "b" },
      ]);
      expect(await client.zScore("scores", "a")).toBe(1.5);
      expect(await client.zPopMin("scores")).toEqual({ score: 1.5, value: "a" });
      await client.sAdd("set", ["x", "y"]);
      expect(new Set(await client.sMembers("set"))).toEqual(new Set(["x", "y"]));
      expect(await client.sIsMember("set", "x")).toBe(1);
    });

    test("10,000 commands at once", async () => {
      const results = await Promise.all(Array.from({ length: 10_000 }, () => client.incr("counter")));
      expect(results).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
    });

    test("a transaction, and one that a watched key breaks", async () => {
      expect(
        await client
          .multi()
          .set("a", "1")
          .incr("a")
          .zAdd("z", { score: 2, value: "m" })
          .zScore("z", "m")
          .exec(),
      ).toEqual(["OK", 2, 1, 2]);
      await client.watch("a");
      const other = await connect();
      await other.set("a", "10");
      await expect(client.multi().incr("a").exec()).rejects.toThrow(
        "One (or more) of the watched keys has been changed",
      );
    });

    test("messages on channels, patterns and shards", async () => {
      const subscriber = await connect();
      const received: string[] = [];
      await subscriber.subscribe("news", (message, channel) => received.push(`${channel}=${message}`));
      await subscriber.pSubscribe("n*", (message, channel) => received.push(`n*:${channel}=${message}`));
      await subscriber.sSubscribe("shard", (message, channel) =>
        received.push(`shard:${channel}=${message}`),
      );
      expect(await client.publish("news", "hello")).toBe(2);
      expect(await client.sPublish("shard", "hi")).toBe(1);
      await expect.poll(() => received).toEqual(["news=hello", "n*:news=hello", "shard:shard=hi"]);
      await subscriber.unsubscribe("news");
      expect(await client.publish("news", "again")).toBe(1);
    });

    test("binary values, also of 10 MB", async () => {
      const value = randomBytes(10 * 1024 * 1024);
      await client.set("big", value);
      const found = await client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).get("big");
      expect((found as Buffer).equals(value)).toBe(true);
    });

    test("blocked readers", async () => {
      const [first, second] = [await connect(), await connect()];
      const popped = first.blPop("queue", 0);
      await expect.poll(async () => await client.info("clients")).toContain("blocked_clients:1");
      const scored = second.bzPopMin("sorted", 0);
      await expect.poll(async () => await client.info("clients")).toContain("blocked_clients:2");
      await client.rPush("queue", "job");
      await client.zAdd("sorted", { score: 3, value: "m" });
      expect(await popped).toEqual({ key: "queue", element: "job" });
      expect(await scored).toEqual({ key: "sorted", value: "m", score: 3 });
      expect(await client.blPop("none", 0.05)).toBeNull();
      expect(await client.blMove("none", "other", "LEFT", "RIGHT", 0.05)).toBeNull();
    });

    test("a stream with a consumer group", async () => {
      await client.xGroupCreate("jobs", "workers", "$", { MKSTREAM: true });
      const worker = await connect();
      const waiting = worker.xReadGroup("workers", "w1", { key: "jobs", id: ">" }, { BLOCK: 5000, COUNT: 1 });
      await expect.poll(async () => await client.info("clients")).toContain("blocked_clients:1");
      const id = await client.xAdd("jobs", "*", { task: "build" });
      const [stream] = (await waiting) as { name: string; messages: { id: string; message: object }[] }[];
      expect(stream?.name).toBe("jobs");
      expect(
        stream?.messages.map((message) => ({ id: message.id, message: { ...message.message } })),
      ).toEqual([{ id, message: { task: "build" } }]);
      expect(await client.xPending("jobs", "workers")).toMatchObject({ pending: 1, firstId: id, lastId: id });
      expect(await client.xAck("jobs", "workers", id)).toBe(1);
      expect(await client.xInfoGroups("jobs")).toMatchObject([{ name: "workers", pending: 0, lag: 0 }]);
      expect(await client.xInfoStream("jobs")).toMatchObject({ length: 1, groups: 1 });
      expect(await client.xRange("jobs", "-", "+")).toHaveLength(1);
    });

    test("scan iterators", async () => {
      await client.mSet(Array.from({ length: 500 }, (_, index): [string, string] => [`key:${index}`, "x"]));
      const found = new Set<string>();
      for await (const keys of client.scanIterator({ MATCH: "key:*", COUNT: 20 }))
        for (const key of keys) found.add(key);
      expect(found.size).toBe(500);
    });

    test("scripts", async () => {
      expect(await client.eval("return {KEYS[1], ARGV[1]}", { keys: ["k"], arguments: ["v"] })).toEqual([
        "k",
        "v",
      ]);
      const sha = await client.scriptLoad("return redis.call('INCRBY', KEYS[1], ARGV[1])");
      expect(await client.evalSha(sha, { keys: ["n"], arguments: ["7"] })).toBe(7);
      await expect(client.eval("return redis.call('LPUSH', KEYS[1], 'x')", { keys: ["n"] })).rejects.toThrow(
        "WRONGTYPE",
      );
    });

    test("a client that was cut off comes back", async () => {
      const other = await connect();
      const id = await other.clientId();
      await client.clientKill({ filter: "ID", id });
      await expect.poll(async () => await other.ping().catch(() => "not yet")).toBe("PONG");
    });

    test("client facts", async () => {
      await client.clientSetName("tests");
      expect(await client.clientGetName()).toBe("tests");
      const info = await client.clientInfo();
      expect(info.name).toBe("tests");
      expect(info.id).toBe(await client.clientId());
      expect((await client.clientList()).some(({ name }) => name === "tests")).toBe(true);
    });
  });
});
