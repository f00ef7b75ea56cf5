import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { startEmbeddedRedis } from "../../../../hosting/src/embedded/redis/start-embedded-redis.ts";
import type { EmbeddedRedisOptions } from "../../../../hosting/src/embedded/redis/start-embedded-redis.ts";
import { RawClient, textOf } from "../../../fixtures/embedded-redis/raw-client.ts";
import type { RawReply } from "../../../fixtures/embedded-redis/raw-client.ts";
import { freePort, startEmbeddedProcess } from "../../../fixtures/embedded-redis/redis-servers.ts";
import type { RedisProcess } from "../../../fixtures/embedded-redis/redis-servers.ts";

let directory: string;
const running: RedisProcess[] = [];
const clients: RawClient[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "dext-embedded-"));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(running.splice(0).map((server) => server.stop()));
  rmSync(directory, { recursive: true, force: true });
});

async function start(): Promise<{ server: RedisProcess; client: RawClient }> {
  const server = await startEmbeddedProcess({ data: directory });
  running.push(server);
  return { server, client: await connect(server.port) };
}

async function connect(port: number): Promise<RawClient> {
  const client = await RawClient.connect(port);
  clients.push(client);
  return client;
}

async function end({ child }: RedisProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exited = once(child, "exit") as Promise<[number | null]>;
  child.kill(signal);
  return (await exited)[0];
}

const writes = [
  ["SET", "text", "\0\xff\r\n"],
  ["SET", "ending", "soon", "PXAT", "99999999999999"],
  ["RPUSH", "list", "a", "", "b"],
  ["HSET", "hash", "f", "v", "g", "w"],
  ["SADD", "set", "1", "2"],
  ["ZADD", "sorted", "1.5", "a", "inf", "b", "-0.1", "c"],
  ["XADD", "stream", "1-1", "f", "v"],
  ["XADD", "stream", "2-1", "f", "w", "g", "x"],
  ["XDEL", "stream", "1-1"],
  ["XGROUP", "CREATE", "stream", "group", "0"],
  ["XREADGROUP", "GROUP", "group", "alice", "STREAMS", "stream", ">"],
  ["PFADD", "count", "a", "b"],
  ["SELECT", "7"],
  ["SET", "other", "database"],
  ["SELECT", "0"],
];

const reads = [
  ["DBSIZE"],
  ["GET", "text"],
  ["PEXPIRETIME", "ending"],
  ["LRANGE", "list", "0", "-1"],
  ["HGETALL", "hash"],
  ["SMEMBERS", "set"],
  ["ZRANGE", "sorted", "0", "-1", "WITHSCORES"],
  ["XRANGE", "stream", "-", "+"],
  ["XINFO", "STREAM", "stream"],
  ["XINFO", "GROUPS", "stream"],
  ["XPENDING", "stream", "group"],
  ["PFCOUNT", "count"],
  ["SELECT", "7"],
  ["GET", "other"],
  ["SELECT", "0"],
];

async function runAll(client: RawClient, requests: readonly string[][]): Promise<RawReply[]> {
  const replies: RawReply[] = [];
  for (const request of requests) replies.push(await client.call(...request));
  return replies;
}

describe("with a data folder", () => {
  test("everything is there again after SIGTERM, and the exit code is 0", async () => {
    const before = await start();
    await runAll(before.client, writes);
    const replies = await runAll(before.client, reads);
    expect(await end(before.server, "SIGTERM")).toBe(0);
    const after = await start();
    expect(await runAll(after.client, reads)).toEqual(replies);
    expect(readdirSync(directory)).toEqual(["dump.dext"]);
  });

  test("what is a second old is there again after SIGKILL", async () => {
    const before = await start();
    await runAll(before.client, writes);
    const replies = await runAll(before.client, reads);
    const isSaved = async (): Promise<boolean> =>
      textOf(await before.client.call("INFO", "persistence")).includes("rdb_changes_since_last_save:0\r\n") &&
      readdirSync(directory).includes("dump.dext");
    await expect.poll(isSaved, { timeout: 3000 }).toBe(true);
    await expect
      .poll(async () => textOf(await before.client.call("INFO", "persistence")))
      .toContain("rdb_bgsave_in_progress:0");
    await end(before.server, "SIGKILL");
    const after = await start();
    expect(await runAll(after.client, reads)).toEqual(replies);
  });

  test("a server that is killed again and again while it saves never loses its snapshot", async () => {
    let known = 0;
    for (let round = 0; round < 5; round++) {
      const { server, client } = await start();
      const found = Number((await client.call("GET", "counter")).value ?? 0);
      expect(found).toBeGreaterThanOrEqual(known);
      await client.call("SET", "ballast", "x".repeat(5_000_000));
      await client.call("INCR", "counter");
      await client.call("SAVE");
      known = found + 1;
      await client.call("BGSAVE");
      await client.call("INCR", "counter");
      await end(server, "SIGKILL");
    }
    await start();
    expect(readdirSync(directory)).toEqual(["dump.dext"]);
  });

  test("SHUTDOWN saves and ends the process with 0, SHUTDOWN NOSAVE does not save", async () => {
    const first = await start();
    await first.client.call("SET", "a", "1");
    const exited = once(first.server.child, "exit");
    first.client.send("SHUTDOWN");
    await first.client.closed();
    expect((await exited)[0]).toBe(0);

    const second = await start();
    expect((await second.client.call("GET", "a")).value).toBe("1");
    await second.client.call("SET", "a", "2");
    const ended = once(second.server.child, "exit");
    second.client.send("SHUTDOWN", "NOSAVE");
    expect((await ended)[0]).toBe(0);

    const third = await start();
    expect((await third.client.call("GET", "a")).value).toBe("1");
  });

  test("keys that end while the server is down are gone", async () => {
    const first = await start();
    await first.client.call("SET", "short", "x", "PX", "300");
    await first.client.call("SET", "long", "x");
    await end(first.server, "SIGINT");
    await expect.poll(() => Date.now(), { timeout: 2000 }).toBeGreaterThan(Date.now() + 300);
    const second = await start();
    expect((await second.client.call("DBSIZE")).value).toBe("1");
  });

  test("DUMP and RESTORE carry every type", async () => {
    const { client } = await start();
    await runAll(client, writes);
    for (const key of ["text", "list", "hash", "set", "sorted", "stream"]) {
      const payload = textOf(await client.call("DUMP", key));
      expect((await client.call("RESTORE", `${key}-copy`, "0", payload)).value).toBe("OK");
      expect(await client.call("DUMP", `${key}-copy`)).toEqual({ type: "$", value: payload });
      expect((await client.call("RESTORE", key, "0", payload)).value).toMatch(/^BUSYKEY/);
      expect((await client.call("RESTORE", key, "0", `${payload}x`, "REPLACE")).value).toMatch(
        /checksum are wrong/,
      );
    }
  });
});

test("without a data folder nothing is written and SAVE says why", async () => {
  const server = await startEmbeddedProcess();
  running.push(server);
  const client = await connect(server.port);
  await client.call("SET", "a", "1");
  expect(textOf(await client.call("SAVE"))).toMatch(/^ERR .*without a data folder/);
});

async function outcome(options: EmbeddedRedisOptions): Promise<unknown> {
  return await startEmbeddedRedis(options).then(
    async (server) => await server.close(),
    (error: unknown) => error,
  );
}

describe("what is wrong is said with a code", () => {
  test("a port that is taken", async () => {
    const server = await startEmbeddedRedis();
    expect(await outcome({ port: server.port })).toMatchObject({ code: "DEXT_EMBEDDED_REDIS_PORT_TAKEN" });
    await server.close();
  });

  test("an address of another machine", async () => {
    expect(await outcome({ host: "192.0.2.1" })).toMatchObject({ code: "DEXT_EMBEDDED_REDIS_LISTEN_FAILED" });
  });

  test("a data folder that is a file", async () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    expect(await outcome({ dataDirectory: file })).toMatchObject({ code: "DEXT_EMBEDDED_REDIS_DATA_FOLDER" });
  });

  test.skipIf(process.getuid?.() === 0)("a data folder that cannot be written", async () => {
    chmodSync(directory, 0o500);
    expect(await outcome({ dataDirectory: directory })).toMatchObject({
      code: "DEXT_EMBEDDED_REDIS_DATA_FOLDER",
    });
  });

  test("a snapshot that is cut off, changed or something else", async () => {
    const server = await startEmbeddedRedis({ dataDirectory: directory });
    const client = await connect(server.port);
    await client.call("RPUSH", "list", "one", "two", "three");
    await server.close();
    const path = join(directory, "dump.dext");
    const whole = readFileSync(path);
    const changed = Buffer.from(whole);
    changed.write("TWO", changed.indexOf("two"));
    const broken = [
      whole.subarray(0, whole.length - 1),
      whole.subarray(0, 40),
      changed,
      Buffer.from("something else"),
      Buffer.alloc(0),
      Buffer.concat([whole, whole]),
    ];
    for (const bytes of broken) {
      writeFileSync(path, bytes);
      expect(await outcome({ dataDirectory: directory })).toMatchObject({
        code: "DEXT_EMBEDDED_REDIS_SNAPSHOT_BROKEN",
      });
      expect(readFileSync(path)).toEqual(bytes);
    }
  });

  test("a snapshot of another version", async () => {
    writeFileSync(join(directory, "dump.dext"), "*2\r\n$10\r\ndext-redis\r\n$1\r\n9\r\n");
    expect(await outcome({ dataDirectory: directory })).toMatchObject({
      code: "DEXT_EMBEDDED_REDIS_SNAPSHOT_VERSION",
    });
  });

  test("the program prints the code and ends with 4, or 2 for its command line", async () => {
    const port = await freePort();
    const first = await startEmbeddedProcess({ port });
    running.push(first);
    await expect(startEmbeddedProcess({ port })).rejects.toThrow(
      /ended with 4: DEXT_EMBEDDED_REDIS_PORT_TAKEN: /,
    );
    await expect(startEmbeddedProcess({ port: 70_000 })).rejects.toThrow(
      /ended with 2: DEXT_EMBEDDED_REDIS_USAGE: /,
    );
  });
});
