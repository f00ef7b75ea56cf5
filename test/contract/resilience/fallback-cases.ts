import assert from "node:assert/strict";
import { createPipeline } from "@dext/resilience";
import type { FallbackEvent } from "@dext/resilience";
import type { ContractCase } from "../../fixtures/contract-case.ts";
import { ManualClock } from "../../fixtures/resilience/manual-clock.ts";
import { deferred, dextErrorOf, rejectionOf, untilAborted } from "../../fixtures/resilience/outcomes.ts";

const bad = (): Promise<never> => Promise.reject(new Error("bad"));

export const fallbackCases: readonly ContractCase[] = [
  {
    name: "fallback: stands in for an error, at once or later",
    async run() {
      const now = createPipeline()
        .addFallback({ fallback: () => "cached" })
        .build();
      const later = createPipeline()
        .addFallback({ fallback: () => Promise.resolve("cached") })
        .build();
      assert.equal(await now.execute(bad), "cached");
      assert.equal(await later.execute(bad), "cached");
    },
  },
  {
    name: "fallback: leaves a good outcome alone",
    async run() {
      const pipeline = createPipeline()
        .addFallback({ fallback: () => assert.fail("not asked") })
        .build();
      assert.equal(await pipeline.execute(() => "good"), "good");
    },
  },
  {
    name: "fallback: a predicate decides, on results too",
    async run() {
      const pipeline = createPipeline<string>()
        .addFallback({ fallback: () => "cached", shouldHandle: ({ result }) => result === "stale" })
        .build();
      assert.equal(await pipeline.execute(() => "stale"), "cached");
      assert.equal(await pipeline.execute(() => "fresh"), "fresh");
      await assert.rejects(pipeline.execute(bad), /bad/);
    },
  },
  {
    name: "fallback: is told what it stands in for, and so is the listener",
    async run() {
      const told: FallbackEvent[] = [];
      const error = new Error("bad");
      const pipeline = createPipeline()
        .addFallback({
          fallback: ({ outcome, key }) => `${key}: ${String(outcome.error)}`,
          onFallback: (event) => void told.push(event),
        })
        .build();
      assert.equal(await pipeline.execute(() => Promise.reject(error), { key: "k" }), "k: Error: bad");
      assert.deepEqual(told, [{ outcome: { error }, key: "k" }]);
    },
  },
  {
    name: "fallback: one that fails itself fails the execution with that",
    async run() {
      const thrown = new Error("no cache");
      const now = createPipeline()
        .addFallback({
          fallback: () => {
            throw thrown;
          },
        })
        .build();
      const later = createPipeline()
        .addFallback({ fallback: () => Promise.reject(thrown) })
        .build();
      assert.equal(await rejectionOf(now.execute(bad)), thrown);
      assert.equal(await rejectionOf(later.execute(bad)), thrown);
    },
  },
  {
    name: "fallback: does not stand in for the abort of a caller",
    async run() {
      const caller = new AbortController();
      const pipeline = createPipeline()
        .addFallback({ fallback: () => "cached" })
        .addRetry()
        .build();
      const promise = rejectionOf(pipeline.execute(untilAborted, { signal: caller.signal }));
      caller.abort("gone");
      assert.equal(await promise, "gone");
    },
  },
  {
    name: "fallback: stands in for what strategies inside turn away",
    async run() {
      const clock = new ManualClock();
      const pipeline = createPipeline({ clock })
        .addFallback({ fallback: ({ outcome }) => (outcome.error as { code: string }).code })
        .addRateLimiter({ permits: 1 })
        .addTimeout({ timeout: 10 })
        .build();
      const first = pipeline.execute(() => new Promise(() => {}));
      assert.equal(await pipeline.execute(() => "unused"), "DEXT_RESILIENCE_RATE_LIMITED");
      await clock.advance(10);
      assert.equal(await first, "DEXT_RESILIENCE_TIMEOUT");
    },
  },
  {
    name: "fallback: a timeout outside bounds it too",
    async run() {
      const clock = new ManualClock();
      const never = deferred<string>();
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: 10 })
        .addFallback({ fallback: () => never.promise })
        .build();
      const promise = dextErrorOf(pipeline.execute(bad), "DEXT_RESILIENCE_TIMEOUT");
      await clock.advance(10);
      await promise;
    },
  },
];
