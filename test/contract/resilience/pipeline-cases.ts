import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { getEventListeners } from "node:events";
import process from "node:process";
import { createCircuits, createPipeline, standardPipeline } from "@dext/resilience";
import type { ContractCase } from "../../fixtures/contract-case.ts";
import { ManualClock, turn } from "../../fixtures/resilience/manual-clock.ts";
import {
  deferred,
  dextErrorOf,
  failing,
  rejectionOf,
  untilAborted,
  watch,
} from "../../fixtures/resilience/outcomes.ts";

export const pipelineCases: readonly ContractCase[] = [
  {
    name: "pipeline: gives what the operation returns, also when that is no promise",
    async run() {
      const pipeline = standardPipeline();
      assert.equal(await pipeline.execute(() => Promise.resolve("late")), "late");
      assert.equal(await pipeline.execute(() => "at once"), "at once");
      assert.equal(await pipeline.execute(() => undefined), undefined);
      assert.equal(
        await createPipeline()
          .build()
          .execute(() => "bare"),
        "bare",
      );
    },
  },
  {
    name: "pipeline: a synchronous throw rejects the promise",
    async run() {
      const error = new Error("at once");
      const pipeline = createPipeline().addTimeout({ timeout: "1s" }).addCircuitBreaker().build();
      const promise = pipeline.execute(() => {
        throw error;
      });
      assert.equal(await rejectionOf(promise), error);
    },
  },
  {
    name: "pipeline: a thenable of any make settles it once",
    async run() {
      const thenable = {
        // oxlint-disable-next-line unicorn/no-thenable
        then(resolve: (value: string) => void, reject: (error: unknown) => void): void {
          resolve("first");
          reject(new Error("second"));
          throw new Error("third");
        },
      };
      const pipeline = createPipeline().addRateLimiter({ permits: 1 }).addRetry().build();
      for (let round = 0; round < 3; round += 1) {
        assert.equal(await pipeline.execute(() => thenable as PromiseLike<string>), "first");
      }
    },
  },
  {
    name: "pipeline: strategies stand in the order of adding, the outermost first",
    async run() {
      const clock = new ManualClock();
      const inside = createPipeline({ clock })
        .addRetry({ attempts: 2, delay: 0 })
        .addTimeout({ timeout: 10 })
        .build();
      const outside = createPipeline({ clock })
        .addTimeout({ timeout: 10 })
        .addRetry({ attempts: 2, delay: 0 })
        .build();
      const calls = { inside: 0, outside: 0 };
      const first = dextErrorOf(
        inside.execute(() => ((calls.inside += 1), new Promise(() => {}))),
        "DEXT_RESILIENCE_TIMEOUT",
      );
      const second = dextErrorOf(
        outside.execute(() => ((calls.outside += 1), new Promise(() => {}))),
        "DEXT_RESILIENCE_TIMEOUT",
      );
      await clock.advance(30);
      await Promise.all([first, second]);
      assert.deepEqual(calls, { inside: 2, outside: 1 });
    },
  },
  {
    name: "pipeline: a builder is never changed, so pipelines can share a beginning",
    async run() {
      const base = createPipeline().addRateLimiter({ permits: 1 });
      const retrying = base.addRetry({ attempts: 2, delay: 0 }).build();
      const plain = base.build();
      assert.equal(await retrying.execute(failing(1)), "good");
      await assert.rejects(plain.execute(failing(1)));
    },
  },
  {
    name: "pipeline: an abort by the caller is rethrown as it came",
    async run() {
      const reasons: unknown[] = [{ why: "gone" }, "text", new DOMException("stop", "AbortError"), 0];
      for (const reason of reasons) {
        const caller = new AbortController();
        const promise = standardPipeline().execute(untilAborted, { signal: caller.signal });
        await turn();
        caller.abort(reason);
        assert.equal(await rejectionOf(promise), reason);
      }
    },
  },
  {
    name: "pipeline: a signal that has aborted already keeps the operation from being called",
    async run() {
      let calls = 0;
      const signal = AbortSignal.abort("before");
      const promise = standardPipeline().execute(() => (calls += 1), { signal });
      assert.equal(await rejectionOf(promise), "before");
      assert.equal(calls, 0);
    },
  },
  {
    name: "pipeline: an abort by the caller ends it at once, though the operation ignores its signal",
    async run() {
      for (const pipeline of [createPipeline().build(), standardPipeline()]) {
        const caller = new AbortController();
        const promise = pipeline.execute(() => new Promise(() => {}), { signal: caller.signal });
        caller.abort("enough");
        assert.equal(await rejectionOf(promise), "enough");
      }
    },
  },
  {
    name: "pipeline: an operation that aborts its caller while it starts ends the execution",
    async run() {
      const caller = new AbortController();
      let calls = 0;
      const promise = standardPipeline().execute(
        () => {
          calls += 1;
          caller.abort("self");
          throw new Error("and fails");
        },
        { signal: caller.signal },
      );
      assert.equal(await rejectionOf(promise), "self");
      assert.equal(calls, 1);
    },
  },
  {
    name: "pipeline: success leaves the signal as it is, so that a body can be read afterwards",
    async run() {
      const clock = new ManualClock();
      const kept: AbortSignal[] = [];
      await standardPipeline({ clock }).execute(({ signal }) => kept.push(signal));
      await clock.advance(60_000);
      assert.equal(kept[0]?.aborted, false);
    },
  },
  {
    name: "pipeline: the signal of an attempt that was given up is aborted, with the reason",
    async run() {
      const clock = new ManualClock();
      const caller = new AbortController();
      const signals: AbortSignal[] = [];
      const pipeline = createPipeline({ clock })
        .addRetry({ attempts: 2, delay: 0 })
        .addTimeout({ timeout: 5 })
        .build();
      const promise = pipeline.execute(({ signal }) => (signals.push(signal), new Promise(() => {})), {
        signal: caller.signal,
      });
      await clock.advance(5);
      caller.abort("over");
      await rejectionOf(promise);
      assert.deepEqual(
        signals.map(({ reason }) =>
          typeof reason === "string" ? reason : (reason as { code: string }).code,
        ),
        ["DEXT_RESILIENCE_TIMEOUT", "over"],
      );
    },
  },
  {
    name: "pipeline: a signal that is asked for after the abort is aborted already",
    async run() {
      const clock = new ManualClock();
      const late = deferred<AbortSignal>();
      const pipeline = createPipeline({ clock }).addTimeout({ timeout: 5 }).build();
      const promise = pipeline.execute(async (context) => {
        await new Promise((resolve) => clock.setTimer(() => resolve(undefined), { milliseconds: 6 }));
        late.resolve(context.signal);
      });
      const rejected = rejectionOf(promise);
      await clock.advance(10);
      await rejected;
      assert.equal((await late.promise).aborted, true);
    },
  },
  {
    name: "pipeline: attempt counts the calls of the operation, whichever strategy repeats them",
    async run() {
      const attempts: number[] = [];
      const pipeline = createPipeline()
        .addRetry({ attempts: 2, delay: 0 })
        .addHedging({ attempts: 2, delay: () => undefined })
        .build();
      const promise = pipeline.execute(({ attempt }) => {
        attempts.push(attempt);
        throw new Error("bad");
      });
      await rejectionOf(promise);
      assert.deepEqual(attempts, [1, 2, 3, 4]);
    },
  },
  {
    name: "pipeline: remaining is the time until the nearest timeout outside",
    async run() {
      const clock = new ManualClock();
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: 100 })
        .addTimeout({ timeout: 60 })
        .build();
      assert.equal(await pipeline.execute(({ remaining }) => remaining), 60);
      assert.equal(
        await createPipeline()
          .build()
          .execute(({ remaining }) => remaining),
        Number.POSITIVE_INFINITY,
      );
    },
  },
  {
    name: "pipeline: an operation that is not repeatable is called once",
    async run() {
      const clock = new ManualClock();
      const operation = failing(1);
      const pipeline = createPipeline({ clock }).addRetry({ delay: 1 }).addHedging({ delay: 0 }).build();
      await rejectionOf(pipeline.execute(operation, { repeatable: false }));
      await clock.advance(10);
      assert.equal(operation.calls, 1);
    },
  },
  {
    name: "pipeline: nested pipelines keep their own attempts, and an abort goes through both",
    async run() {
      const clock = new ManualClock();
      const outer = createPipeline({ clock })
        .addTimeout({ timeout: 100 })
        .addRetry({ attempts: 2, delay: 1, jitter: false })
        .build();
      const inner = createPipeline({ clock })
        .addRetry({ attempts: 3, delay: 1, backoff: "constant", jitter: false })
        .build();
      const operation = failing(5);
      const nested = outer.execute(({ signal }) => inner.execute(operation, { signal }));
      await clock.advance(10);
      assert.equal(await nested, "good");
      assert.equal(operation.calls, 6);

      const caller = new AbortController();
      const aborted = outer.execute(({ signal }) => inner.execute(untilAborted, { signal }), {
        signal: caller.signal,
      });
      await turn();
      caller.abort("both");
      assert.equal(await rejectionOf(aborted), "both");
      assert.equal(clock.pending, 0);
    },
  },
  {
    name: "pipeline: the timeout of an outer pipeline ends the waits of an inner one",
    async run() {
      const clock = new ManualClock();
      const operation = failing(9);
      const outer = createPipeline({ clock }).addTimeout({ timeout: 50 }).build();
      const inner = createPipeline({ clock })
        .addRetry({ attempts: 9, delay: 40, backoff: "constant", jitter: false })
        .build();
      const promise = dextErrorOf(
        outer.execute(({ signal }) => inner.execute(operation, { signal })),
        "DEXT_RESILIENCE_TIMEOUT",
      );
      await clock.advance(200);
      await promise;
      assert.equal(operation.calls, 2);
      assert.equal(clock.pending, 0);
    },
  },
  {
    name: "pipeline: 10,000 executions at once each get their own outcome",
    async run() {
      const clock = new ManualClock();
      const pipeline = createPipeline({ clock })
        .addRateLimiter({ permits: 4000, queue: 6000 })
        .addTimeout({ timeout: 10_000 })
        .addRetry({ attempts: 2, delay: 10, jitter: true })
        .addTimeout({ timeout: 5000 })
        .build();
      const outcomes = Array.from({ length: 10_000 }, (_, index) =>
        pipeline
          .execute(async ({ attempt }) => {
            await turn();
            if (index % 3 === 0 && attempt === 1) throw new Error("once");
            if (index % 7 === 0) throw new Error(`bad ${index}`);
            return index;
          })
          .catch((error: unknown) => (error as Error).message),
      );
      const all = Promise.all(outcomes);
      let done = false;
      void all.then(() => (done = true));
      while (!done) await clock.advance(5);
      const wrong = (await all).filter(
        (outcome, index) => outcome !== (index % 7 === 0 ? `bad ${index}` : index),
      );
      assert.deepEqual(wrong, []);
      assert.equal(clock.pending, 0);
    },
  },
  {
    name: "pipeline: 10,000 executions share one listener of a signal, and all end with it",
    async run() {
      const caller = new AbortController();
      const pipeline = standardPipeline({ rateLimiter: { permits: 10_000 } });
      const outcomes = Array.from({ length: 10_000 }, () =>
        pipeline
          .execute(() => new Promise(() => {}), { signal: caller.signal })
          .catch((error: unknown) => error),
      );
      assert.equal(getEventListeners(caller.signal, "abort").length, 1);
      caller.abort("all");
      const reasons = new Set(await Promise.all(outcomes));
      assert.deepEqual([...reasons], ["all"]);
      assert.equal(getEventListeners(caller.signal, "abort").length, 0);
    },
  },
  {
    name: "pipeline: nothing stays behind, however an execution ends",
    async run() {
      const clock = new ManualClock();
      const caller = new AbortController();
      const { signal } = caller;
      const pipeline = createPipeline({ clock })
        .addRateLimiter({ permits: 10 })
        .addTimeout({ timeout: 1000 })
        .addRetry({ attempts: 2, delay: 10, jitter: false })
        .addHedging({ delay: 20 })
        .addTimeout({ timeout: 100 })
        .build();
      const settle = async (promise: Promise<unknown>, milliseconds: number): Promise<void> => {
        const settled = promise.catch(() => {});
        await clock.advance(milliseconds);
        await settled;
        assert.equal(clock.pending, 0);
        assert.equal(getEventListeners(signal, "abort").length, 0);
      };
      await settle(
        pipeline.execute(() => "good", { signal }),
        0,
      );
      await settle(pipeline.execute(failing(9), { signal }), 200);
      await settle(
        pipeline.execute(() => new Promise(() => {}), { signal }),
        1000,
      );
      const aborted = pipeline.execute(() => new Promise(() => {}), { signal });
      await clock.advance(30);
      caller.abort();
      await settle(aborted, 0);
    },
  },
  {
    name: "pipeline: work that was given up and rejects later is no unhandled rejection",
    async run() {
      const unhandled: unknown[] = [];
      const note = (reason: unknown): void => void unhandled.push(reason);
      process.on("unhandledRejection", note);
      try {
        const clock = new ManualClock();
        const caller = new AbortController();
        const works = [deferred(), deferred(), deferred()];
        const timeout = createPipeline({ clock }).addTimeout({ timeout: 5 }).build();
        const hedging = createPipeline({ clock }).addHedging({ attempts: 2, delay: 0 }).build();
        const outcomes = [
          timeout.execute(() => works[0]?.promise).catch(() => {}),
          hedging.execute(({ attempt }) => (attempt === 1 ? works[1]?.promise : "fast")),
          timeout.execute(() => works[2]?.promise, { signal: caller.signal }).catch(() => {}),
        ];
        caller.abort();
        await clock.advance(10);
        await Promise.all(outcomes);
        for (const work of works) work.reject(new Error("too late"));
        await turn();
        await turn();
        assert.deepEqual(unhandled, []);
      } finally {
        process.off("unhandledRejection", note);
      }
    },
  },
  {
    name: "pipeline: a listener that throws or rejects changes nothing, and the logger is told",
    async run() {
      const told: string[] = [];
      const note = (message: string): void => void told.push(message);
      const logger = { debug: note, info: note, warn: note, error: note };
      const pipeline = createPipeline({ logger })
        .addFallback({
          fallback: () => "fallback",
          onFallback: () => Promise.reject(new Error("second")) as never,
        })
        .addRetry({
          attempts: 2,
          delay: 0,
          onRetry: () => {
            throw new Error("first");
          },
        })
        .build();
      assert.equal(await pipeline.execute(failing(9)), "fallback");
      await turn();
      assert.equal(told.length, 2);
      assert.match(told.join(), /"retry" failed: Error: first.*"fallback" failed: Error: second/);
    },
  },
  {
    name: "pipeline: a predicate that throws fails the execution with what it threw",
    async run() {
      const thrown = new Error("predicate");
      const shouldHandle = (): boolean => {
        throw thrown;
      };
      const pipelines = [
        createPipeline().addRetry({ shouldHandle }).build(),
        createPipeline().addCircuitBreaker({ shouldHandle }).build(),
        createPipeline().addHedging({ shouldHandle }).build(),
        createPipeline()
          .addFallback({ shouldHandle, fallback: () => "unused" })
          .build(),
      ];
      for (const pipeline of pipelines)
        assert.equal(await rejectionOf(pipeline.execute(() => "good")), thrown);
    },
  },
  {
    name: "pipeline: the operation and the predicates run in the asynchronous context of their caller",
    async run() {
      const clock = new ManualClock();
      const storage = new AsyncLocalStorage<string>();
      const pipeline = createPipeline({ clock })
        .addRateLimiter({ permits: 1, queue: 1 })
        .addFallback({ fallback: () => `fallback of ${storage.getStore()}` })
        .addRetry({ attempts: 3, delay: 10, jitter: false })
        .addHedging({ attempts: 2, delay: 20 })
        .addTimeout({ timeout: 30 })
        .build();
      const seen: (string | undefined)[] = [];
      const run = (store: string): Promise<unknown> =>
        storage.run(store, () =>
          pipeline.execute(() => {
            seen.push(storage.getStore());
            return new Promise(() => {});
          }),
        );
      const first = watch(run("first"));
      const second = watch(run("second"));
      while (!first.settled || !second.settled) await clock.advance(10);
      assert.equal(await first.promise, "fallback of first");
      assert.equal(await second.promise, "fallback of second");
      assert.equal(seen.length, 12);
      assert.deepEqual(seen, [
        ...Array.from({ length: 6 }, () => "first"),
        ...Array.from({ length: 6 }, () => "second"),
      ]);
    },
  },
  {
    name: "pipeline: an attempt timeout longer than the total is refused, with the current and the wanted value",
    async run() {
      const builder = createPipeline({ name: "orders" })
        .addTimeout({ timeout: "5s" })
        .addRetry()
        .addTimeout({ timeout: "10s" });
      const error = await dextErrorOf(
        Promise.resolve().then(() => builder.build()),
        "DEXT_RESILIENCE_OPTIONS_INVALID",
      );
      assert.deepEqual(error.details["problems"], [
        {
          strategy: "timeout (strategy 3)",
          option: "timeout",
          current: "10000 ms",
          wanted: "at most 5000 ms, the timeout outside of it",
        },
      ]);
      assert.match(error.message, /"orders".*timeout is 10000 ms, wanted at most 5000 ms/);
      assert.ok(createPipeline().addTimeout({ timeout: "5s" }).addTimeout({ timeout: "5s" }).build());
    },
  },
  {
    name: "pipeline: a failure window shorter than twice the timeout inside is refused",
    async run() {
      const builder = createPipeline().addCircuitBreaker({ sampling: "10s" }).addTimeout({ timeout: "6s" });
      const error = await dextErrorOf(
        Promise.resolve().then(() => builder.build()),
        "DEXT_RESILIENCE_OPTIONS_INVALID",
      );
      assert.match(
        error.message,
        /circuit-breaker \(strategy 1\): sampling is 10000 ms, wanted at least 12000 ms/,
      );
    },
  },
  {
    name: "pipeline: all options that do not fit are told at once",
    async run() {
      const builder = createPipeline()
        .addRateLimiter({ permits: 0, queue: -1 })
        .addTimeout({ timeout: "soon" })
        .addRetry({ attempts: 0, delay: "10s", maxDelay: "1s", jitter: 2, backoff: "quadratic" as never })
        .addCircuitBreaker({ failureRatio: 0, minimumThroughput: 1, breakFor: 0, circuits: createCircuits() })
        .addHedging({ attempts: Number.NaN })
        .addFallback({ fallback: undefined as never });
      const error = await dextErrorOf(
        Promise.resolve().then(() => builder.build()),
        "DEXT_RESILIENCE_OPTIONS_INVALID",
      );
      const problems = error.details["problems"] as { strategy: string; option: string }[];
      assert.deepEqual(
        problems.map(({ strategy, option }) => `${strategy.split(" ")[0]} ${option}`),
        [
          "rate-limiter permits",
          "rate-limiter queue",
          "timeout timeout",
          "retry attempts",
          "retry backoff",
          "retry jitter",
          "retry delay",
          "circuit-breaker failureRatio",
          "circuit-breaker minimumThroughput",
          "circuit-breaker breakFor",
          "circuit-breaker failureRatio",
          "circuit-breaker minimumThroughput",
          "circuit-breaker breakFor",
          "hedging attempts",
          "fallback fallback",
        ],
      );
    },
  },
  {
    name: "pipeline: the standard one is limiter, total, retry, circuit per key and attempt timeout",
    async run() {
      const clock = new ManualClock();
      const pipeline = standardPipeline({ clock, random: () => 0.5 });
      const starts: number[] = [];
      const promise = dextErrorOf(
        pipeline.execute(() => (starts.push(clock.monotonic()), new Promise(() => {}))),
        "DEXT_RESILIENCE_TIMEOUT",
      );
      await clock.advance(40_000);
      await promise;
      // 10 s an attempt, waits of 2 s and 4 s, and after 30 s the total.
      assert.deepEqual(starts, [0, 12_000, 26_000]);

      const many = Array.from({ length: 1001 }, () =>
        pipeline.execute(() => new Promise(() => {})).catch((error: unknown) => error),
      );
      const refused = (await many[1000]) as { code: string };
      assert.equal(refused.code, "DEXT_RESILIENCE_RATE_LIMITED");
    },
  },
];
