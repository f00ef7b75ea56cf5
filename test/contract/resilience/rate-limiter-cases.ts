import assert from "node:assert/strict";
import { createPipeline, retryAfterOf } from "@dext/resilience";
import type { Pipeline, RateLimiterOptions } from "@dext/resilience";
import type { ContractCase } from "../../fixtures/contract-case.ts";
import { ManualClock, turn } from "../../fixtures/resilience/manual-clock.ts";
import { deferred, dextErrorOf, rejectionOf, watch } from "../../fixtures/resilience/outcomes.ts";
import type { Deferred } from "../../fixtures/resilience/outcomes.ts";

function limited(options: RateLimiterOptions): { pipeline: Pipeline; clock: ManualClock } {
  const clock = new ManualClock();
  return { pipeline: createPipeline({ clock }).addRateLimiter(options).build(), clock };
}

/** Work under way in a pipeline, until the test ends it. */
function occupy(pipeline: Pipeline, count: number): Deferred<unknown>[] {
  return Array.from({ length: count }, () => {
    const work = deferred();
    void pipeline.execute(() => work.promise).catch(() => {});
    return work;
  });
}

/** How many of so many calls at once are let through. */
async function passed(pipeline: Pipeline, count: number): Promise<number> {
  const outcomes = await Promise.all(
    Array.from({ length: count }, () => pipeline.execute(() => 1).catch(() => 0)),
  );
  return outcomes.reduce((sum, one) => sum + one, 0);
}

async function retryAfter(pipeline: Pipeline): Promise<number | undefined> {
  return retryAfterOf(
    await dextErrorOf(
      pipeline.execute(() => "unused"),
      "DEXT_RESILIENCE_RATE_LIMITED",
    ),
  );
}

export const rateLimiterCases: readonly ContractCase[] = [
  {
    name: "rate limiter: concurrency lets so many run at once, and a permit comes back when work settles",
    async run() {
      const { pipeline } = limited({ permits: 2 });
      const works = occupy(pipeline, 2);
      assert.equal(await retryAfter(pipeline), undefined);
      works[0]?.reject(new Error("bad"));
      await turn();
      assert.equal(await pipeline.execute(() => "in"), "in");
      works[1]?.resolve("good");
    },
  },
  {
    name: "rate limiter: a permit comes back after a synchronous throw",
    async run() {
      const { pipeline } = limited({ permits: 1 });
      for (let round = 0; round < 3; round += 1) {
        await assert.rejects(
          pipeline.execute(() => {
            throw new Error("at once");
          }),
          /at once/,
        );
      }
    },
  },
  {
    name: "rate limiter: a permit is held until the work settles, also when a timeout outside gave up",
    async run() {
      const clock = new ManualClock();
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: 10 })
        .addRateLimiter({ permits: 1 })
        .build();
      const work = deferred();
      const promise = rejectionOf(pipeline.execute(() => work.promise));
      await clock.advance(10);
      await promise;
      await dextErrorOf(
        pipeline.execute(() => "unused"),
        "DEXT_RESILIENCE_RATE_LIMITED",
      );
      work.resolve("late");
      await turn();
      assert.equal(await pipeline.execute(() => "in"), "in");
    },
  },
  {
    name: "rate limiter: a timeout inside that gives up brings the permit back",
    async run() {
      const clock = new ManualClock();
      const pipeline = createPipeline({ clock })
        .addRateLimiter({ permits: 1 })
        .addTimeout({ timeout: 10 })
        .build();
      const caller = new AbortController();
      const timedOut = rejectionOf(pipeline.execute(() => new Promise(() => {})));
      await clock.advance(10);
      await timedOut;
      const aborted = rejectionOf(pipeline.execute(() => new Promise(() => {}), { signal: caller.signal }));
      caller.abort();
      await aborted;
      assert.equal(await pipeline.execute(() => "in"), "in");
    },
  },
  {
    name: "rate limiter: the queue is served in the order of coming",
    async run() {
      const { pipeline } = limited({ permits: 1, queue: 3 });
      const order: number[] = [];
      const works = occupy(pipeline, 1);
      const waiting = [1, 2, 3].map((number) => pipeline.execute(() => order.push(number)));
      await turn();
      assert.deepEqual(order, []);
      works[0]?.resolve("done");
      await Promise.all(waiting);
      assert.deepEqual(order, [1, 2, 3]);
    },
  },
  {
    name: "rate limiter: a full queue turns away, and tells how many wait",
    async run() {
      const { pipeline } = limited({ permits: 1, queue: 1 });
      const works = occupy(pipeline, 2);
      const error = await dextErrorOf(
        pipeline.execute(() => "unused", { key: "k" }),
        "DEXT_RESILIENCE_RATE_LIMITED",
      );
      assert.deepEqual(error.details, { permits: 1, queued: 1, key: "k" });
      assert.equal(error.message, 'The rate limiter for "k" has 0 of 1 permits left, 1 wait');
      for (const work of works) work.resolve("done");
    },
  },
  {
    name: "rate limiter: a newcomer does not overtake those who wait",
    async run() {
      const clock = new ManualClock();
      const pipeline = createPipeline({ clock })
        .addRateLimiter({ kind: "token-bucket", permits: 1, every: 100, queue: 1 })
        .build();
      await pipeline.execute(() => "first");
      const second = watch(pipeline.execute(() => "second"));
      // The permit is there, and the timer that grants it has not been called yet.
      clock.skip(100);
      await dextErrorOf(
        pipeline.execute(() => "third"),
        "DEXT_RESILIENCE_RATE_LIMITED",
      );
      await clock.advance(0);
      assert.equal(await second.promise, "second");
    },
  },
  {
    name: "rate limiter: an abort during the wait leaves the queue at once",
    async run() {
      const { pipeline } = limited({ permits: 1, queue: 1 });
      const works = occupy(pipeline, 1);
      const caller = new AbortController();
      let calls = 0;
      const waiting = rejectionOf(pipeline.execute(() => (calls += 1), { signal: caller.signal }));
      caller.abort("gone");
      assert.equal(await waiting, "gone");
      const next = pipeline.execute(() => "next");
      works[0]?.resolve("done");
      assert.equal(await next, "next");
      assert.equal(calls, 0);
    },
  },
  {
    name: "rate limiter: a permit that is granted in the moment of an abort is not lost",
    async run() {
      const caller = new AbortController();
      const pipeline = createPipeline()
        .addRetry({
          // Asked when the permit has been handed on already.
          shouldHandle: () => (caller.abort("same moment"), false),
        })
        .addRateLimiter({ permits: 1, queue: 1 })
        .build();
      const works = occupy(pipeline, 1);
      let calls = 0;
      const waiting = rejectionOf(pipeline.execute(() => (calls += 1), { signal: caller.signal }));
      works[0]?.resolve("done");
      assert.equal(await waiting, "same moment");
      await turn();
      assert.equal(calls, 0);
      assert.equal(await pipeline.execute(() => "in"), "in");
    },
  },
  {
    name: "rate limiter: a timeout outside ends the wait",
    async run() {
      const clock = new ManualClock();
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: 50 })
        .addRateLimiter({ permits: 1, queue: 5 })
        .build();
      const first = rejectionOf(pipeline.execute(() => new Promise(() => {})));
      const second = dextErrorOf(
        pipeline.execute(() => "unused"),
        "DEXT_RESILIENCE_TIMEOUT",
      );
      await clock.advance(50);
      await Promise.all([first, second]);
      assert.equal(clock.pending, 0);
    },
  },
  {
    name: "rate limiter: a wait that would end after the time that is left is not begun",
    async run() {
      const clock = new ManualClock();
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: "1s" })
        .addRateLimiter({ kind: "fixed-window", permits: 1, window: "2s", queue: 5 })
        .build();
      await pipeline.execute(() => "in");
      assert.equal(await retryAfter(pipeline), 2000);
      assert.equal(clock.pending, 0);
    },
  },
  {
    name: "rate limiter: a token bucket fills evenly up to what it holds",
    async run() {
      const { pipeline, clock } = limited({ kind: "token-bucket", permits: 10, refill: 5, every: "1s" });
      assert.equal(await passed(pipeline, 20), 10);
      assert.equal(await retryAfter(pipeline), 200);
      await clock.advance(199);
      assert.equal(await passed(pipeline, 1), 0);
      await clock.advance(1);
      assert.equal(await passed(pipeline, 2), 1);
      await clock.advance(600);
      assert.equal(await passed(pipeline, 9), 3);
      await clock.advance(3_600_000);
      assert.equal(await passed(pipeline, 20), 10);
    },
  },
  {
    name: "rate limiter: a fixed window gives all its permits anew when the next one begins",
    async run() {
      const { pipeline, clock } = limited({ kind: "fixed-window", permits: 3, window: "1s" });
      await clock.advance(700);
      assert.equal(await passed(pipeline, 5), 3);
      await clock.advance(900);
      assert.equal(await retryAfter(pipeline), 100);
      await clock.advance(100);
      assert.equal(await passed(pipeline, 5), 3);
    },
  },
  {
    name: "rate limiter: a sliding window never lets more through within its length",
    async run() {
      const { pipeline, clock } = limited({ kind: "sliding-window", permits: 4, window: "1s", segments: 4 });
      assert.equal(await passed(pipeline, 1), 1);
      await clock.advance(500);
      assert.equal(await passed(pipeline, 5), 3);
      assert.equal(await retryAfter(pipeline), 500);
      await clock.advance(500);
      assert.equal(await passed(pipeline, 5), 1);
      assert.equal(await retryAfter(pipeline), 500);
      await clock.advance(500);
      assert.equal(await passed(pipeline, 5), 3);
      await clock.advance(3_600_000);
      assert.equal(await passed(pipeline, 9), 4);
    },
  },
  {
    name: "rate limiter: those who wait are let in as permits come back over time",
    async run() {
      const kinds: RateLimiterOptions[] = [
        { kind: "token-bucket", permits: 2, every: "1s", queue: 100 },
        { kind: "fixed-window", permits: 2, window: "1s", queue: 100 },
        { kind: "sliding-window", permits: 2, window: "1s", queue: 100 },
      ];
      for (const options of kinds) {
        const { pipeline, clock } = limited(options);
        const at: number[] = [];
        const all = Promise.all(
          Array.from({ length: 6 }, () => pipeline.execute(() => at.push(clock.monotonic()))),
        );
        await clock.advance(10_000);
        await all;
        const expected =
          options.kind === "token-bucket" ? [0, 0, 500, 1000, 1500, 2000] : [0, 0, 1000, 1000, 2000, 2000];
        assert.deepEqual(at, expected);
        assert.equal(clock.pending, 0);
      }
    },
  },
  {
    name: "rate limiter: retryAfter counts those who wait already",
    async run() {
      const { pipeline, clock } = limited({ kind: "token-bucket", permits: 1, every: "1s", queue: 2 });
      const all = Promise.all([1, 2, 3].map((number) => pipeline.execute(() => number)));
      assert.equal(await retryAfter(pipeline), 3000);
      await clock.advance(3000);
      await all;
    },
  },
  {
    name: "rate limiter: each key has its own limit, and unused ones are forgotten",
    async run() {
      const { pipeline } = limited({ permits: 1, perKey: true, maxKeys: 2 });
      const work = deferred();
      const first = pipeline.execute(() => work.promise, { key: "a" });
      for (let key = 0; key < 100; key += 1) {
        assert.equal(await pipeline.execute(() => "in", { key: `key ${key}` }), "in");
      }
      await dextErrorOf(
        pipeline.execute(() => "unused", { key: "a" }),
        "DEXT_RESILIENCE_RATE_LIMITED",
      );
      work.resolve("done");
      await first;
    },
  },
  {
    name: "rate limiter: listeners learn of who waits and who is turned away",
    async run() {
      const told: unknown[] = [];
      const { pipeline, clock } = limited({
        kind: "fixed-window",
        permits: 1,
        window: 100,
        queue: 1,
        onQueued: (event) => void told.push({ queued: event }),
        onRejected: (event) => void told.push({ rejected: event }),
      });
      const all = Promise.all([pipeline.execute(() => 1), pipeline.execute(() => 2, { key: "k" })]);
      await rejectionOf(pipeline.execute(() => 3));
      await clock.advance(100);
      await all;
      assert.deepEqual(told, [
        { queued: { key: "k", queued: 1 } },
        { rejected: { key: undefined, retryAfter: 200, queued: 1 } },
      ]);
    },
  },
];
