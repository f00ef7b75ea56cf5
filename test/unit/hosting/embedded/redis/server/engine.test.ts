import { describe, expect, test } from "vitest";
import type { Clock } from "@dext/core";

import { allCommands } from "../../../../../../hosting/src/embedded/redis/commands/all-commands.ts";
import { handleRequest } from "../../../../../../hosting/src/embedded/redis/server/dispatch.ts";
import { Engine } from "../../../../../../hosting/src/embedded/redis/server/engine.ts";
import type { Session } from "../../../../../../hosting/src/embedded/redis/server/session.ts";

/** A clock that goes only when it is told to. */
class ManualClock implements Clock {
  #now = 1_700_000_000_000;
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  setTimer(callback: () => void, { milliseconds }: { milliseconds: number }): { clear(): void } {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.add(timer);
    return { clear: () => void this.#timers.delete(timer) };
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = [...this.#timers]
        .filter(({ at }) => at <= end)
        .toSorted((left, right) => left.at - right.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = end;
  }
}

function start(): { clock: ManualClock; engine: Engine; open: () => TestClient } {
  const clock = new ManualClock();
  const engine = new Engine({ commands: allCommands, clock, random: () => 0 });
  return { clock, engine, open: () => new TestClient(engine) };
}

class TestClient {
  readonly session: Session;
  output = "";

  constructor(engine: Engine) {
    this.session = engine.openSession({
      address: "test",
      localAddress: "test",
      pendingBytes: 0,
      write: (bytes) => void (this.output += bytes),
      resume() {},
      end() {},
      destroy() {},
    });
  }

  run(...request: string[]): string {
    this.output = "";
    handleRequest(this.session, request);
    return this.output;
  }
}

describe("expiry", () => {
  test("a key has ended as soon as somebody looks", () => {
    const { clock, open } = start();
    const client = open();
    client.run("SET", "a", "1", "PX", "1000");
    clock.advance(999);
    expect(client.run("GET", "a")).toBe("$1\r\n1\r\n");
    clock.advance(1);
    expect(client.run("GET", "a")).toBe("$-1\r\n");
  });

  test("keys that nobody looks at go too, and then no timer is left", () => {
    const { clock, engine, open } = start();
    const client = open();
    for (let index = 0; index < 5000; index++) client.run("SET", `k${index}`, "1", "EX", "10");
    client.run("SET", "stays", "1");
    clock.advance(10_000);
    clock.advance(1000);
    expect(engine.databases[0]?.size).toBe(1);
    expect(clock.timerCount).toBe(0);
  });

  test("the time stands still while a command runs", () => {
    const { clock, open } = start();
    const client = open();
    client.run("SET", "a", "1", "PX", "100");
    clock.advance(50);
    expect(client.run("EVAL", "return {redis.call('PTTL','a'), redis.call('PTTL','a')}", "0")).toBe(
      "*2\r\n:50\r\n:50\r\n",
    );
  });
});

describe("blocked clients", () => {
  test("time out at their time", () => {
    const { clock, open } = start();
    const client = open();
    expect(client.run("BLPOP", "q", "1.5")).toBe("");
    clock.advance(1499);
    expect(client.output).toBe("");
    clock.advance(1);
    expect(client.output).toBe("*-1\r\n");
    expect(clock.timerCount).toBe(0);
  });

  test("leave nothing behind when they are served, time out or go", () => {
    const { clock, engine, open } = start();
    for (let round = 0; round < 100; round++) {
      const [served, late, gone, pusher] = [open(), open(), open(), open()];
      served.run("BLPOP", "q", "a", "b", "0");
      late.run("XREAD", "BLOCK", "10", "STREAMS", "s", "$");
      gone.run("BZPOPMIN", "z", "100");
      gone.run("SUBSCRIBE", "c");
      gone.run("WATCH", "w");
      pusher.run("RPUSH", "q", "x");
      clock.advance(20);
      for (const client of [served, late, gone, pusher]) engine.closeSession(client.session);
    }
    expect(engine.blockedCalls.count).toBe(0);
    expect(engine.blockedCalls.keyCount).toBe(0);
    expect(engine.sessions.size).toBe(0);
    expect(engine.pubsub.channels.size).toBe(0);
    expect(engine.watchedKeys.size).toBe(0);
    expect(clock.timerCount).toBe(0);
  });
});

test("a command that fails unexpectedly is an error for one client only", () => {
  const { engine, open } = start();
  const client = open();
  const database = engine.databases[0] as NonNullable<(typeof engine.databases)[0]>;
  database.find = () => {
    throw new TypeError("broken");
  };
  expect(client.run("GET", "a")).toBe("-ERR internal error of the embedded server: TypeError: broken\r\n");
  expect(client.run("PING")).toBe("+PONG\r\n");
});
