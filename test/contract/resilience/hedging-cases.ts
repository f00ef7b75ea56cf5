import assert from "node:assert/strict";
import { createPipeline } from "@dext/resilience";
import type { DiscardedEvent, HedgeEvent, OperationContext } from "@dext/resilience";
import type { ContractCase } from "../../fixtures/contract-case.ts";
import { ManualClock, turn } from "../../fixtures/resilience/manual-clock.ts";
import {
  deferred,
  dextErrorOf,
  rejectionOf,
  untilAborted,
  watch,
} from "../../fixtures/resilience/outcomes.ts";

export const hedgingCases: readonly ContractCase[] = [
  {
    name: "hedging: a fast answer needs no second attempt",
    async run() {
      const clock = new ManualClock();
      let calls = 0;
      const pipeline = createPipeline({ clock }).addHedging({ delay: 10 }).build();
      assert.equal(await pipeline.execute(() => (calls += 1)), 1);
      await clock.advance(100);
      assert.equal(calls, 1);
      assert.equal(clock.pending, 0);
    },
  },
  {
    name: "hedging: after the delay another attempt begins, the first good answer wins, losers are aborted",
    async run() {
      const clock = new ManualClock();
      const signals: AbortSignal[] = [];
      const works = [deferred<string>(), deferred<string>()];
      const pipeline = createPipeline({ clock }).addHedging({ delay: 10 }).build();
      const promise = pipeline.execute(({ signal, attempt }) => {
        signals.push(signal);
        return (works[attempt - 1] as (typeof works)[0]).promise;
      });
      await clock.advance(9);
      assert.equal(signals.length, 1);
      await clock.advance(1);
      assert.equal(signals.length, 2);
      works[1]?.resolve("second");
      assert.equal(await promise, "second");
      assert.deepEqual(
        signals.map(({ aborted }) => aborted),
        [true, false],
      );
      assert.ok(signals[0]?.reason instanceof DOMException);
      assert.equal(signals[0].reason.name, "AbortError");
    },
  },
  {
    name: "hedging: losers that throw are silent, and what they give is told once",
    async run() {
      const clock = new ManualClock();
      const told: DiscardedEvent[] = [];
      const slow = deferred();
      const pipeline = createPipeline({ clock })
        .addHedging({ attempts: 3, delay: 0, onDiscarded: (event) => void told.push(event) })
        .build();
      const error = new Error("slow");
      assert.equal(
        await pipeline.execute(({ attempt }) => {
          if (attempt === 1) return slow.promise;
          return attempt === 2 ? Promise.reject(new Error("early")) : "third";
        }),
        "third",
      );
      slow.reject(error);
      await turn();
      assert.deepEqual(
        told.filter(({ attempt }) => attempt === 1),
        [{ attempt: 1, outcome: { error }, key: undefined }],
      );
    },
  },
  {
    name: "hedging: a failure begins the next attempt at once",
    async run() {
      const clock = new ManualClock();
      const told: HedgeEvent[] = [];
      const pipeline = createPipeline({ clock })
        .addHedging({ delay: "1h", onHedge: (event) => void told.push(event) })
        .build();
      const error = new Error("first");
      const promise = pipeline.execute(({ attempt }) => (attempt === 1 ? Promise.reject(error) : "second"));
      assert.equal(await promise, "second");
      assert.deepEqual(told, [{ attempt: 2, outcome: { error }, key: undefined }]);
      assert.equal(clock.pending, 0);
    },
  },
  {
    name: "hedging: when all attempts fail, the last failure is given",
    async run() {
      const clock = new ManualClock();
      const works = [deferred(), deferred()];
      const pipeline = createPipeline({ clock }).addHedging({ delay: 10 }).build();
      const promise = rejectionOf(pipeline.execute(({ attempt }) => works[attempt - 1]?.promise));
      await clock.advance(10);
      works[1]?.reject(new Error("second"));
      await turn();
      works[0]?.reject(new Error("first"));
      assert.equal(((await promise) as Error).message, "first");
    },
  },
  {
    name: "hedging: synchronous throws count as failures",
    async run() {
      let calls = 0;
      const pipeline = createPipeline().addHedging({ attempts: 4, delay: 0 }).build();
      const promise = pipeline.execute(() => {
        calls += 1;
        throw new Error(`bad ${calls}`);
      });
      assert.equal(((await rejectionOf(promise)) as Error).message, "bad 4");
    },
  },
  {
    name: "hedging: a predicate decides what is an answer, on results too",
    async run() {
      const clock = new ManualClock();
      const pipeline = createPipeline<number>({ clock })
        .addHedging({
          attempts: 3,
          delay: "1h",
          shouldHandle: ({ result }) => result !== undefined && result >= 500,
        })
        .build();
      assert.equal(await pipeline.execute(({ attempt }) => (attempt < 3 ? 503 : 200)), 200);
      assert.equal(await pipeline.execute(() => 500), 500);
      // Not handled, so it is the answer.
      await assert.rejects(
        pipeline.execute(() => Promise.reject(new Error("bug"))),
        /bug/,
      );
    },
  },
  {
    name: "hedging: a delay of 0 begins all attempts at once",
    async run() {
      const clock = new ManualClock();
      const attempts: number[] = [];
      const pipeline = createPipeline({ clock }).addHedging({ attempts: 3, delay: 0 }).build();
      const promise = pipeline.execute(({ attempt }) => {
        attempts.push(attempt);
        return attempt === 3 ? "third" : new Promise(() => {});
      });
      assert.deepEqual(attempts, [1, 2, 3]);
      assert.equal(await promise, "third");
    },
  },
  {
    name: "hedging: without a delay another attempt begins only after a failure",
    async run() {
      const clock = new ManualClock();
      const work = deferred();
      let calls = 0;
      const pipeline = createPipeline({ clock })
        .addHedging({ delay: () => undefined })
        .build();
      const promise = pipeline.execute(({ attempt }) => {
        calls += 1;
        return attempt === 1 ? work.promise : "second";
      });
      await clock.advance(3_600_000);
      assert.equal(calls, 1);
      work.reject(new Error("bad"));
      assert.equal(await promise, "second");
    },
  },
  {
    name: "hedging: the delay can differ for each attempt",
    async run() {
      const clock = new ManualClock();
      const starts: number[] = [];
      const pipeline = createPipeline({ clock })
        .addHedging({ attempts: 4, delay: ({ attempt }) => attempt * 10 })
        .build();
      const promise = watch(
        pipeline.execute(({ attempt }) => {
          starts.push(clock.monotonic());
          return attempt === 4 ? "fourth" : new Promise(() => {});
        }),
      );
      await clock.advance(1000);
      assert.deepEqual(starts, [0, 20, 50, 90]);
      assert.equal(promise.settled, true);
    },
  },
  {
    name: "hedging: a failure while another attempt runs starts the next delay anew",
    async run() {
      const clock = new ManualClock();
      const starts: number[] = [];
      const works = [deferred(), deferred(), deferred()];
      const pipeline = createPipeline({ clock }).addHedging({ attempts: 3, delay: 100 }).build();
      const promise = pipeline.execute(({ attempt }) => {
        starts.push(clock.monotonic());
        return works[attempt - 1]?.promise;
      });
      await clock.advance(40);
      works[0]?.reject(new Error("bad"));
      await clock.advance(100);
      assert.deepEqual(starts, [0, 40, 140]);
      works[1]?.resolve("second");
      assert.equal(await promise, "second");
    },
  },
  {
    name: "hedging: an abort by the caller ends all attempts",
    async run() {
      const clock = new ManualClock();
      const caller = new AbortController();
      const signals: AbortSignal[] = [];
      const pipeline = createPipeline({ clock }).addHedging({ attempts: 3, delay: 10 }).build();
      const operation = (context: OperationContext): Promise<never> => (
        signals.push(context.signal),
        untilAborted(context)
      );
      const promise = rejectionOf(pipeline.execute(operation, { signal: caller.signal }));
      await clock.advance(10);
      caller.abort("gone");
      assert.equal(await promise, "gone");
      assert.deepEqual(
        signals.map(({ reason }) => reason as unknown),
        ["gone", "gone"],
      );
      await clock.advance(1000);
      assert.equal(signals.length, 2);
      assert.equal(clock.pending, 0);
    },
  },
  {
    name: "hedging: a timeout outside ends all attempts",
    async run() {
      const clock = new ManualClock();
      const signals: AbortSignal[] = [];
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: 25 })
        .addHedging({ attempts: 9, delay: 10 })
        .build();
      const promise = dextErrorOf(
        pipeline.execute(({ signal }) => (signals.push(signal), new Promise(() => {}))),
        "DEXT_RESILIENCE_TIMEOUT",
      );
      await clock.advance(25);
      await promise;
      assert.deepEqual(
        signals.map(({ aborted }) => aborted),
        [true, true, true],
      );
      assert.equal(clock.pending, 0);
    },
  },
  {
    name: "hedging: a timeout inside ends one attempt and begins the next",
    async run() {
      const clock = new ManualClock();
      const pipeline = createPipeline({ clock })
        .addHedging({ delay: "1h" })
        .addTimeout({ timeout: 10 })
        .build();
      const promise = pipeline.execute(({ attempt }) => (attempt === 1 ? new Promise(() => {}) : "second"));
      await clock.advance(10);
      assert.equal(await promise, "second");
      assert.equal(clock.pending, 0);
    },
  },
];
