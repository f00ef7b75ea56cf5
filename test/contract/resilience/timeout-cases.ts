import assert from "node:assert/strict";
import { createPipeline, isRejection } from "@dext/resilience";
import type { LateSettlementEvent, TimeoutEvent } from "@dext/resilience";
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

export const timeoutCases: readonly ContractCase[] = [
  {
    name: "timeout: rejects with its time, and the signal inside aborts with the same error",
    async run() {
      const clock = new ManualClock();
      const told: TimeoutEvent[] = [];
      let reason: unknown;
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: 50, onTimeout: (event) => void told.push(event) })
        .build();
      const promise = dextErrorOf(
        pipeline.execute(
          ({ signal }) =>
            new Promise((_, reject) => {
              signal.addEventListener("abort", () => {
                reason = signal.reason;
                reject(new Error("obeyed"));
              });
            }),
          { key: "orders" },
        ),
        "DEXT_RESILIENCE_TIMEOUT",
      );
      await clock.advance(50);
      const error = await promise;
      assert.equal(error, reason);
      assert.equal(error.message, 'The work for "orders" did not end within 50 ms');
      assert.deepEqual(error.details, { timeout: 50, key: "orders" });
      assert.deepEqual(told, [{ timeout: 50, key: "orders" }]);
    },
  },
  {
    name: "timeout: work that ends in time is left alone, and no timer stays",
    async run() {
      const clock = new ManualClock();
      const work = deferred();
      const pipeline = createPipeline({ clock }).addTimeout({ timeout: 50 }).build();
      const promise = pipeline.execute(() => work.promise);
      await clock.advance(49);
      work.resolve("just");
      assert.equal(await promise, "just");
      assert.equal(clock.pending, 0);
    },
  },
  {
    name: "timeout: is never early",
    async run() {
      const clock = new ManualClock();
      const pipeline = createPipeline({ clock }).addTimeout({ timeout: 50 }).build();
      clock.skip(0.7);
      const promise = watch(pipeline.execute(() => new Promise(() => {})));
      await clock.advance(49.9);
      assert.equal(promise.settled, false);
      await clock.advance(1.1);
      assert.equal(promise.settled, true);
    },
  },
  {
    name: "timeout: does not wait for work that ignores its signal, and says when that has settled late",
    async run() {
      const clock = new ManualClock();
      const told: LateSettlementEvent[] = [];
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: 50, onLateSettlement: (event) => void told.push(event) })
        .build();
      const works = [deferred(), deferred()];
      const error = new Error("late");
      const promises = works.map((work) =>
        dextErrorOf(
          pipeline.execute(() => work.promise),
          "DEXT_RESILIENCE_TIMEOUT",
        ),
      );
      await clock.advance(50);
      await Promise.all(promises);
      assert.equal(told.length, 0);
      await clock.advance(30);
      works[0]?.resolve("late");
      works[1]?.reject(error);
      await turn();
      assert.deepEqual(told, [
        { timeout: 50, key: undefined, late: 30, outcome: { result: "late" } },
        { timeout: 50, key: undefined, late: 30, outcome: { error } },
      ]);
    },
  },
  {
    name: "timeout: work that obeys its signal is not called late",
    async run() {
      const clock = new ManualClock();
      let late = 0;
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: 5, onLateSettlement: () => void (late += 1) })
        .build();
      const promise = rejectionOf(pipeline.execute(untilAborted));
      await clock.advance(5);
      await promise;
      await turn();
      assert.equal(late, 0);
    },
  },
  {
    name: "timeout: of 0 fails at once and never starts the work",
    async run() {
      const clock = new ManualClock();
      const operation = failing(0);
      const pipeline = createPipeline({ clock }).addTimeout({ timeout: 0 }).build();
      await dextErrorOf(pipeline.execute(operation), "DEXT_RESILIENCE_TIMEOUT");
      assert.equal(operation.calls, 0);
      assert.equal(clock.pending, 0);
    },
  },
  {
    name: "timeout: can be computed for each use; undefined is no limit",
    async run() {
      const clock = new ManualClock();
      const seen: unknown[] = [];
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: 100 })
        .addTimeout({
          timeout: (request) => {
            seen.push(request);
            return request.key === "fast" ? "10ms" : undefined;
          },
        })
        .build();
      const fast = watch(pipeline.execute(() => new Promise(() => {}), { key: "fast" }));
      const slow = watch(pipeline.execute(() => new Promise(() => {}), { key: "slow" }));
      await clock.advance(10);
      assert.deepEqual([fast.settled, slow.settled], [true, false]);
      await clock.advance(90);
      assert.equal(slow.settled, true);
      assert.deepEqual(seen, [
        { key: "fast", remaining: 100 },
        { key: "slow", remaining: 100 },
      ]);
    },
  },
  {
    name: "timeout: a computed one that throws, or is no duration, fails the execution with that",
    async run() {
      const bug = new Error("bug");
      const throwing = createPipeline()
        .addTimeout({
          timeout: () => {
            throw bug;
          },
        })
        .build();
      assert.equal(await rejectionOf(throwing.execute(() => "unused")), bug);
      const wrong = createPipeline()
        .addTimeout({ timeout: () => "soon" })
        .build();
      await dextErrorOf(
        wrong.execute(() => "unused"),
        "DEXT_CORE_DURATION_INVALID",
      );
    },
  },
  {
    name: "timeout: a computed one that is longer than what is left ends with the outer one",
    async run() {
      const clock = new ManualClock();
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: 20 })
        .addTimeout({ timeout: () => 50 })
        .build();
      const promise = dextErrorOf(
        pipeline.execute(() => new Promise(() => {})),
        "DEXT_RESILIENCE_TIMEOUT",
      );
      await clock.advance(20);
      assert.equal((await promise).details["timeout"], 20);
      assert.equal(clock.pending, 0);
    },
  },
  {
    name: "timeout: that of an attempt is retried, that of the total is not",
    async run() {
      const clock = new ManualClock();
      let calls = 0;
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: 100 })
        .addRetry({ attempts: 9, delay: 1, backoff: "constant", jitter: false })
        .addTimeout({ timeout: 40 })
        .build();
      const promise = dextErrorOf(
        pipeline.execute(() => ((calls += 1), new Promise(() => {}))),
        "DEXT_RESILIENCE_TIMEOUT",
      );
      await clock.advance(100);
      assert.equal((await promise).details["timeout"], 100);
      await clock.advance(1000);
      assert.equal(calls, 3);
    },
  },
  {
    name: "timeout: of one execution does not touch its neighbours",
    async run() {
      const clock = new ManualClock();
      const signals: AbortSignal[] = [];
      const pipeline = createPipeline({ clock }).addCircuitBreaker().addTimeout({ timeout: 50 }).build();
      const hang = ({ signal }: { signal: AbortSignal }): Promise<never> => (
        signals.push(signal),
        new Promise(() => {})
      );
      const first = watch(pipeline.execute(hang));
      await clock.advance(40);
      const second = watch(pipeline.execute(hang));
      await clock.advance(10);
      assert.deepEqual([first.settled, second.settled], [true, false]);
      assert.deepEqual(
        signals.map(({ aborted }) => aborted),
        [true, false],
      );
      await clock.advance(40);
      assert.ok(isRejection(await rejectionOf(second.promise), "DEXT_RESILIENCE_TIMEOUT"));
    },
  },
  {
    name: "timeout: the abort of a caller is no timeout",
    async run() {
      const clock = new ManualClock();
      const caller = new AbortController();
      let told = 0;
      const note = (): void => void (told += 1);
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: 50, onTimeout: note, onLateSettlement: note })
        .build();
      const promise = rejectionOf(pipeline.execute(untilAborted, { signal: caller.signal }));
      await clock.advance(10);
      caller.abort("gone");
      assert.equal(await promise, "gone");
      await clock.advance(100);
      assert.equal(told, 0);
    },
  },
  {
    name: "timeout: its error has no stack, since it always comes from the same place",
    async run() {
      const pipeline = createPipeline().addTimeout({ timeout: 0 }).build();
      const error = await dextErrorOf(
        pipeline.execute(() => "unused"),
        "DEXT_RESILIENCE_TIMEOUT",
      );
      assert.doesNotMatch(String(error.stack), /\n\s+at /);
      assert.match(String(new Error("another").stack), /\n\s+at /);
    },
  },
];
