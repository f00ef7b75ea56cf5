import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";

import { RawClient, textOf } from "../../../fixtures/embedded-redis/raw-client.ts";
import {
  embeddedMain,
  realRedis,
  startEmbeddedProcess,
  startRealRedis,
} from "../../../fixtures/embedded-redis/redis-servers.ts";
import type { EmbeddedProcessOptions, RedisProcess } from "../../../fixtures/embedded-redis/redis-servers.ts";
import { requirement } from "../../../fixtures/requirement.ts";

const running: RedisProcess[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function start(options: EmbeddedProcessOptions = {}): Promise<RedisProcess> {
  const server = await startEmbeddedProcess(options);
  running.push(server);
  return server;
}

const redis = realRedis();
const deno = requirement("deno", () => spawnSync("deno", ["--version"]).status === 0);

describe("the program", () => {
  test("prints one line when it listens, and ends with 0", async () => {
    const server = await start();
    expect(server.output()).toBe(`Ready to accept connections on 127.0.0.1:${server.port}\n`);
    await server.stop();
    expect(server.child.exitCode).toBe(0);
  });

  test("ends while clients are connected and blocked", async () => {
    const server = await start();
    const client = await RawClient.connect(server.port);
    client.send("BLPOP", "q", "0");
    await server.stop();
    expect(server.child.exitCode).toBe(0);
    await client.closed();
  });

  test("takes its password from the environment and shows it to nobody", async () => {
    const server = await start({ password: "s3cret-ü" });
    const client = new Redis({ port: server.port, password: "s3cret-ü" });
    expect(await client.ping()).toBe("PONG");
    client.disconnect();
    expect(server.child.spawnargs.join(" ")).not.toContain("s3cret");
    expect(server.output()).not.toContain("s3cret");
  });

  test("breaks off a client that breaks the protocol", async () => {
    const server = await start();
    const client = await RawClient.connect(server.port);
    client.write("*1\r\n+oops\r\n");
    expect(textOf(await client.read())).toBe("ERR Protocol error: expected '$', got '+'");
    await client.closed();
  });

  test("answers what was sent before the client closed its half", async () => {
    const server = await start();
    const client = await RawClient.connect(server.port);
    client.write("PING\r\nQUIT\r\nPING\r\n");
    expect([textOf(await client.read()), textOf(await client.read())]).toEqual(["PONG", "OK"]);
    await client.closed();
    expect(client.unread).toBe(0);
  });

  test("releases a blocked client when another one asks for it", async () => {
    const server = await start();
    const [blocked, other] = [await RawClient.connect(server.port), await RawClient.connect(server.port)];
    const id = textOf(await blocked.call("CLIENT", "ID"));
    const untilBlocked = async (): Promise<void> =>
      await expect
        .poll(async () => textOf(await other.call("INFO", "clients")))
        .toContain("blocked_clients:1");
    blocked.send("BLPOP", "q", "0");
    blocked.send("PING");
    await untilBlocked();
    expect((await other.call("CLIENT", "UNBLOCK", id)).value).toBe("1");
    expect(await blocked.read()).toEqual({ type: "*", value: null });
    expect(textOf(await blocked.read())).toBe("PONG");
    blocked.send("XREAD", "BLOCK", "0", "STREAMS", "s", "$");
    await untilBlocked();
    expect((await other.call("CLIENT", "UNBLOCK", id, "ERROR")).value).toBe("1");
    expect(textOf(await blocked.read())).toMatch(/^UNBLOCKED /);
    expect((await other.call("CLIENT", "UNBLOCK", id)).value).toBe("0");
    blocked.close();
    other.close();
  });

  test("forgets thousands of clients that come and go", async () => {
    const server = await start();
    const watcher = await RawClient.connect(server.port);
    for (let round = 0; round < 20; round++) {
      const clients = await Promise.all(Array.from({ length: 100 }, () => RawClient.connect(server.port)));
      for (const client of clients) client.send("BLPOP", "q", "0");
      for (const client of clients) client.close();
    }
    await expect
      .poll(async () => textOf(await watcher.call("INFO", "clients")))
      .toMatch(/connected_clients:1\r\n[^]*blocked_clients:0\r\n/);
    watcher.close();
  });

  test("says what scripts need when the Lua machine is not installed", async () => {
    const directory = mkdtempSync(join(tmpdir(), "dext-embedded-"));
    cpSync(dirname(embeddedMain), join(directory, "redis"), { recursive: true });
    mkdirSync(join(directory, "node_modules/@dext"), { recursive: true });
    symlinkSync(join(import.meta.dirname, "../../../../core"), join(directory, "node_modules/@dext/core"));
    const server = await start({ program: join(directory, "redis/main.ts"), directory });
    const client = await RawClient.connect(server.port);
    for (const request of [
      ["EVAL", "return 1", "0"],
      ["SCRIPT", "LOAD", "return 1"],
    ]) {
      const text = textOf(await client.call(...request));
      expect(text).toContain("fengari");
      expect(text).toContain("cannot be loaded: Cannot find module 'fengari'");
      expect(text).toContain("npm install fengari");
    }
    expect(textOf(await client.call("PING"))).toBe("PONG");
    client.close();
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  test.skipIf(!deno.available)(`runs under Deno ${deno.reason}`, { timeout: 60_000 }, async () => {
    const server = await start({ runtime: "deno" });
    const client = new Redis({ port: server.port });
    const pipeline = client.pipeline();
    for (let index = 0; index < 1000; index++) pipeline.incr("counter");
    expect((await pipeline.exec())?.at(-1)).toEqual([null, 1000]);
    const value = Buffer.alloc(10 * 1024 * 1024, "é");
    await client.set("big", value);
    expect((await client.getBuffer("big"))?.equals(value)).toBe(true);
    expect(await client.eval("return redis.call('INCRBY', KEYS[1], ARGV[1])", 1, "counter", 5)).toBe(1005);
    const reader = new Redis({ port: server.port });
    const popped = reader.blpop("queue", 0);
    await expect.poll(async () => await client.info("clients")).toContain("blocked_clients:1");
    await client.rpush("queue", "job");
    expect(await popped).toEqual(["queue", "job"]);
    client.disconnect();
    reader.disconnect();
    await server.stop();
    expect(server.child.exitCode).toBe(0);
  });
});

describe.skipIf(!redis.available)(
  `with a password, the embedded server answers like redis-server ${redis.reason}`,
  () => {
    test("before and after AUTH", async () => {
      const real = await startRealRedis("--requirepass", "secret");
      running.push(real);
      const embedded = await start({ password: "secret" });
      const requests = [
        ["PING"],
        ["GET", "a"],
        ["NONSENSE"],
        ["GET"],
        ["HELLO", "3"],
        ["HELLO", "3", "AUTH", "default", "wrong"],
        ["AUTH", "wrong"],
        ["AUTH", "nobody", "secret"],
        ["MULTI"],
        ["AUTH", "secret"],
        ["GET", "a"],
        ["ACL", "WHOAMI"],
        ["RESET"],
        ["GET", "a"],
        ["AUTH", "default", "secret"],
        ["CONFIG", "SET", "requirepass", ""],
        ["RESET"],
        ["PING"],
        ["CONFIG", "SET", "requirepass", "secret"],
      ];
      const [expected, actual] = await Promise.all(
        [real, embedded].map(async ({ port }) => {
          const client = await RawClient.connect(port);
          const replies = [];
          for (const request of requests) replies.push([request, await client.call(...request)]);
          client.close();
          return replies;
        }),
      );
      expect(actual).toEqual(expected);
    });
  },
);
