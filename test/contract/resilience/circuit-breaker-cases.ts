import assert from "node:assert/strict";
import { createCircuits, createPipeline, retryAfterOf, standardPipeline } from "@dext/resilience";
import type { Circuits, CircuitOptions, CreateCircuitsOptions, Pipeline } from "@dext/resilience";
import type { ContractCase } from "../../fixtures/contract-case.ts";
import { ManualClock, turn } from "../../fixtures/resilience/manual-clock.ts";
import { deferred, dextErrorOf, rejectionOf, untilAborted } from "../../fixtures/resilience/outcomes.ts";

interface Setup {
  clock: ManualClock;
  circuits: Circuits;
  pipeline: Pipeline;
}

/** A circuit that opens at half of at least four, watches 10 s and breaks for 5 s. */
function setup(options: CircuitOptions = {}): Setup {
  const clock = new ManualClock();
  const given: CreateCircuitsOptions = {
    failureRatio: 0.5,
    minimumThroughput: 4,
    sampling: "10s",
    breakFor: "5s",
    ...options,
    clock,
  };
  const circuits = createCircuits(given);
  const pipeline = createPipeline({ clock }).addCircuitBreaker({ circuits, perKey: true }).build();
  return { clock, circuits, pipeline };
}

const good = (): Promise<string> => Promise.resolve("good");
const bad = (): Promise<never> => Promise.reject(new Error("bad"));

async function run(pipeline: Pipeline, outcomes: string, key?: string): Promise<void> {
  for (const outcome of outcomes) {
    const options = key === undefined ? {} : { key };
    if (outcome === "+") assert.equal(await pipeline.execute(good, options), "good");
    else await assert.rejects(pipeline.execute(bad, options), /bad/);
  }
}

function refusal(pipeline: Pipeline): Promise<unknown> {
  return dextErrorOf(pipeline.execute(good), "DEXT_RESILIENCE_CIRCUIT_OPEN");
}

export const circuitBreakerCases: readonly ContractCase[] = [
  {
    name: "circuit breaker: opens at the failure ratio, not below it",
    async run() {
      const table: [outcomes: string, state: string][] = [
        ["++++", "closed"],
        ["+++-", "closed"],
        ["++--", "open"],
        ["----", "open"],
        // Judged at a failure: the successes before it count.
        ["+++++---", "closed"],
        ["+++++-----", "open"],
      ];
      for (const [outcomes, state] of table) {
        const { pipeline, circuits } = setup();
        await run(pipeline, outcomes);
        assert.equal(circuits.circuit().state, state, outcomes);
      }
    },
  },
  {
    name: "circuit breaker: does not open below the minimum throughput, so not after one failure of one",
    async run() {
      const { pipeline, circuits } = setup();
      await run(pipeline, "---");
      assert.equal(circuits.circuit().state, "closed");
      await run(pipeline, "-");
      assert.equal(circuits.circuit().state, "open");
    },
  },
  {
    name: "circuit breaker: failures that have left the window do not count, also after hours without a call",
    async run() {
      const { pipeline, circuits, clock } = setup();
      await run(pipeline, "---");
      await clock.advance(3_600_000);
      assert.equal(circuits.circuit().throughput, 0);
      await run(pipeline, "-");
      assert.equal(circuits.circuit().state, "closed");
      await run(pipeline, "---");
      assert.equal(circuits.circuit().state, "open");
    },
  },
  {
    name: "circuit breaker: the window slides: what is younger than it still counts",
    async run() {
      const { pipeline, circuits, clock } = setup();
      await run(pipeline, "--");
      await clock.advance(6000);
      await run(pipeline, "+");
      assert.deepEqual([circuits.circuit().throughput, circuits.circuit().failureRatio], [3, 2 / 3]);
      await clock.advance(5000);
      assert.deepEqual([circuits.circuit().throughput, circuits.circuit().failureRatio], [1, 0]);
    },
  },
  {
    name: "circuit breaker: an open circuit turns away without calling, with retryAfter, the cause and no stack",
    async run() {
      const { pipeline, clock } = setup();
      await run(pipeline, "----");
      await clock.advance(2000);
      let calls = 0;
      const error = await dextErrorOf(
        pipeline.execute(() => (calls += 1)),
        "DEXT_RESILIENCE_CIRCUIT_OPEN",
      );
      assert.equal(calls, 0);
      assert.equal(retryAfterOf(error), 3000);
      assert.deepEqual(error.details, { state: "open", retryAfter: 3000 });
      assert.equal((error.cause as Error).message, "bad");
      assert.doesNotMatch(String(error.stack), /\n\s+at /);
    },
  },
  {
    name: "circuit breaker: the failure that opens it is thrown as it is",
    async run() {
      const { pipeline } = setup();
      await run(pipeline, "---");
      assert.equal(((await rejectionOf(pipeline.execute(bad))) as Error).message, "bad");
    },
  },
  {
    name: "circuit breaker: half-open lets one through and turns the others away, none of them waits",
    async run() {
      const { pipeline, circuits, clock } = setup();
      await run(pipeline, "----");
      await clock.advance(5000);
      const probe = deferred<string>();
      const probing = pipeline.execute(() => probe.promise);
      assert.equal(circuits.circuit().state, "half-open");
      const error = await dextErrorOf(pipeline.execute(good), "DEXT_RESILIENCE_CIRCUIT_OPEN");
      assert.deepEqual(error.details, { state: "half-open", retryAfter: 5000 });
      probe.resolve("good");
      assert.equal(await probing, "good");
      assert.equal(circuits.circuit().state, "closed");
    },
  },
  {
    name: "circuit breaker: a probe that succeeds closes it and forgets what failed",
    async run() {
      const { pipeline, circuits, clock } = setup();
      await run(pipeline, "----");
      await clock.advance(5000);
      await run(pipeline, "+");
      assert.equal(circuits.circuit().throughput, 0);
      await run(pipeline, "---");
      assert.equal(circuits.circuit().state, "closed");
    },
  },
  {
    name: "circuit breaker: a probe that fails opens it again, for a time that may grow",
    async run() {
      const asked: number[] = [];
      const { pipeline, circuits, clock } = setup({
        breakFor: ({ opens }) => {
          asked.push(opens);
          return opens * 1000;
        },
      });
      await run(pipeline, "----");
      await clock.advance(1000);
      await run(pipeline, "-");
      assert.equal(circuits.circuit().state, "open");
      assert.equal(circuits.circuit().retryAfter, 2000);
      await clock.advance(2000);
      await run(pipeline, "+----");
      assert.deepEqual(asked, [1, 2, 1]);
    },
  },
  {
    name: "circuit breaker: with several probes all of them must succeed",
    async run() {
      const { pipeline, circuits, clock } = setup({ probes: 3 });
      await run(pipeline, "----");
      await clock.advance(5000);
      await run(pipeline, "++");
      assert.equal(circuits.circuit().state, "half-open");
      await run(pipeline, "+");
      assert.equal(circuits.circuit().state, "closed");

      await run(pipeline, "----");
      await clock.advance(5000);
      const probes = [deferred(), deferred(), deferred()];
      const probing = probes.map((probe) => pipeline.execute(() => probe.promise).catch(() => {}));
      await refusal(pipeline);
      probes[0]?.resolve("good");
      probes[1]?.reject(new Error("bad"));
      await turn();
      assert.equal(circuits.circuit().state, "open");
      probes[2]?.resolve("good");
      await Promise.all(probing);
      assert.equal(circuits.circuit().state, "open");
    },
  },
  {
    name: "circuit breaker: a probe that hangs makes room for another one after a break time",
    async run() {
      const { pipeline, circuits, clock } = setup();
      await run(pipeline, "----");
      await clock.advance(5000);
      const hanging = deferred();
      const hung = pipeline.execute(() => hanging.promise).catch(() => {});
      await clock.advance(4999);
      await refusal(pipeline);
      await clock.advance(1);
      await run(pipeline, "+");
      assert.equal(circuits.circuit().state, "closed");
      hanging.reject(new Error("old"));
      await hung;
      assert.equal(circuits.circuit().state, "closed");
    },
  },
  {
    name: "circuit breaker: a probe whose caller gives up makes room for another one at once",
    async run() {
      const { pipeline, circuits, clock } = setup();
      await run(pipeline, "----");
      await clock.advance(5000);
      const caller = new AbortController();
      const probe = rejectionOf(pipeline.execute(() => new Promise(() => {}), { signal: caller.signal }));
      await refusal(pipeline);
      caller.abort("gone");
      await probe;
      assert.equal(circuits.circuit().state, "half-open");
      await run(pipeline, "+");
      assert.equal(circuits.circuit().state, "closed");
    },
  },
  {
    name: "circuit breaker: a late failure of an old generation does not open the new one",
    async run() {
      const { pipeline, circuits, clock } = setup();
      const late = Array.from({ length: 4 }, () => deferred());
      const old = late.map((work) => pipeline.execute(() => work.promise).catch(() => {}));
      await run(pipeline, "----");
      await clock.advance(5000);
      await run(pipeline, "+");
      for (const work of late) work.reject(new Error("late"));
      await Promise.all(old);
      assert.equal(circuits.circuit().state, "closed");
      assert.equal(circuits.circuit().throughput, 0);
    },
  },
  {
    name: "circuit breaker: a late success of an old generation does not close an open one",
    async run() {
      const { pipeline, circuits, clock } = setup();
      const late = [deferred(), deferred()];
      const old = late.map((work) => pipeline.execute(() => work.promise));
      await run(pipeline, "----");
      late[0]?.resolve("good");
      await turn();
      assert.equal(circuits.circuit().state, "open");
      await clock.advance(5000);
      const probe = pipeline.execute(untilAborted).catch(() => {});
      late[1]?.resolve("good");
      await Promise.all(old);
      assert.equal(circuits.circuit().state, "half-open");
      await clock.advance(0);
      void probe;
    },
  },
  {
    name: "circuit breaker: an abort by the caller counts for nothing",
    async run() {
      const { pipeline, circuits } = setup();
      for (let round = 0; round < 20; round += 1) {
        const caller = new AbortController();
        const promise = rejectionOf(pipeline.execute(untilAborted, { signal: caller.signal }));
        caller.abort("gone");
        await promise;
      }
      assert.equal(circuits.circuit().throughput, 0);
    },
  },
  {
    name: "circuit breaker: a timeout inside is a failure, one outside is not",
    async run() {
      const table = [
        { inside: true, throughput: 1 },
        { inside: false, throughput: 0 },
      ];
      for (const { inside, throughput } of table) {
        const { circuits, clock } = setup();
        const builder = createPipeline({ clock });
        const pipeline = inside
          ? builder.addCircuitBreaker({ circuits }).addTimeout({ timeout: 5 }).build()
          : builder.addTimeout({ timeout: 5 }).addCircuitBreaker({ circuits }).build();
        const promise = rejectionOf(pipeline.execute(untilAborted));
        await clock.advance(5);
        await promise;
        await turn();
        assert.equal(circuits.circuit().throughput, throughput);
      }
    },
  },
  {
    name: "circuit breaker: a hedged attempt that loses counts for nothing",
    async run() {
      const { circuits, clock } = setup();
      const pipeline = createPipeline({ clock })
        .addHedging({ delay: 0 })
        .addCircuitBreaker({ circuits })
        .build();
      await pipeline.execute((context) => (context.attempt === 1 ? untilAborted(context) : "good"));
      await turn();
      assert.deepEqual([circuits.circuit().throughput, circuits.circuit().failureRatio], [1, 0]);
    },
  },
  {
    name: "circuit breaker: a rejection by a limiter inside counts for nothing",
    async run() {
      const { circuits, clock } = setup();
      const pipeline = createPipeline({ clock })
        .addCircuitBreaker({ circuits })
        .addRateLimiter({ permits: 1 })
        .build();
      const work = deferred();
      const first = pipeline.execute(() => work.promise);
      for (let round = 0; round < 9; round += 1) {
        await dextErrorOf(pipeline.execute(good), "DEXT_RESILIENCE_RATE_LIMITED");
      }
      assert.equal(circuits.circuit().throughput, 0);
      work.resolve("good");
      await first;
    },
  },
  {
    name: "circuit breaker: a predicate decides, on results too; what it does not take is a success",
    async run() {
      const { circuits, clock } = setup();
      const pipeline = createPipeline<number>({ clock })
        .addCircuitBreaker({ circuits, shouldHandle: ({ result }) => result !== undefined && result >= 500 })
        .build();
      await assert.rejects(pipeline.execute(bad));
      await pipeline.execute(() => 200);
      assert.deepEqual([circuits.circuit().throughput, circuits.circuit().failureRatio], [2, 0]);
      await pipeline.execute(() => 503);
      assert.equal(await pipeline.execute(() => 500), 500);
      assert.equal(circuits.circuit().state, "open");
      const error = await dextErrorOf(
        pipeline.execute(() => 200),
        "DEXT_RESILIENCE_CIRCUIT_OPEN",
      );
      assert.equal(error.cause, undefined);
    },
  },
  {
    name: "circuit breaker: is isolated and closed by hand",
    async run() {
      const { pipeline, circuits, clock } = setup();
      const circuit = circuits.circuit();
      circuit.isolate();
      await clock.advance(3_600_000);
      const error = await dextErrorOf(pipeline.execute(good), "DEXT_RESILIENCE_CIRCUIT_ISOLATED");
      assert.deepEqual(
        [error.details["state"], retryAfterOf(error), circuit.retryAfter],
        ["isolated", undefined, undefined],
      );
      circuit.close();
      await run(pipeline, "+");
      assert.equal(circuit.state, "closed");
    },
  },
  {
    name: "circuit breaker: is opened by hand for a time of one's own",
    async run() {
      const { pipeline, circuits, clock } = setup();
      circuits.circuit().open("2s");
      assert.equal(retryAfterOf(await refusal(pipeline)), 2000);
      await clock.advance(2000);
      await run(pipeline, "+");
      assert.equal(circuits.circuit().state, "closed");
    },
  },
  {
    name: "circuit breaker: closing by hand while a probe runs makes its outcome that of an old generation",
    async run() {
      const { pipeline, circuits, clock } = setup();
      await run(pipeline, "----");
      await clock.advance(5000);
      const probe = deferred();
      const probing = pipeline.execute(() => probe.promise).catch(() => {});
      circuits.circuit().close();
      probe.reject(new Error("bad"));
      await probing;
      assert.deepEqual([circuits.circuit().state, circuits.circuit().throughput], ["closed", 0]);
    },
  },
  {
    name: "circuit breaker: each key has its own circuit",
    async run() {
      const { pipeline, circuits } = setup();
      await run(pipeline, "----", "http://a");
      await run(pipeline, "++++", "http://b");
      assert.equal(circuits.circuit("http://a").state, "open");
      assert.equal(circuits.circuit("http://b").state, "closed");
      const error = await dextErrorOf(
        pipeline.execute(good, { key: "http://a" }),
        "DEXT_RESILIENCE_CIRCUIT_OPEN",
      );
      assert.equal(error.message, 'The circuit of "http://a" is open, wanted closed');
      const standard = standardPipeline({ circuitBreaker: { circuits }, retry: { attempts: 1 } });
      await dextErrorOf(standard.execute(good, { key: "http://a" }), "DEXT_RESILIENCE_CIRCUIT_OPEN");
      assert.equal(await standard.execute(good, { key: "http://b" }), "good");
    },
  },
  {
    name: "circuit breaker: without perKey all keys share one circuit",
    async run() {
      const clock = new ManualClock();
      const pipeline = createPipeline({ clock })
        .addCircuitBreaker({ failureRatio: 0.5, minimumThroughput: 2 })
        .build();
      await run(pipeline, "-", "a");
      await run(pipeline, "-", "b");
      await dextErrorOf(pipeline.execute(good, { key: "c" }), "DEXT_RESILIENCE_CIRCUIT_OPEN");
    },
  },
  {
    name: "circuit breaker: pipelines that are given the same circuits share their state",
    async run() {
      const { pipeline, circuits, clock } = setup();
      await run(pipeline, "----", "k");
      const other = createPipeline({ clock })
        .addRetry({ attempts: 1 })
        .addCircuitBreaker({ circuits, perKey: true })
        .build();
      await dextErrorOf(other.execute(good, { key: "k" }), "DEXT_RESILIENCE_CIRCUIT_OPEN");
    },
  },
  {
    name: "circuit breaker: above the limit of keys idle circuits are forgotten, those with failures kept",
    async run() {
      const { pipeline, circuits } = setup({ maxKeys: 10 });
      await run(pipeline, "----", "open");
      await run(pipeline, "-", "failing");
      for (let key = 0; key < 1000; key += 1) await run(pipeline, "+", `key ${key}`);
      assert.ok(circuits.all().length <= 10);
      assert.equal(circuits.circuit("open").state, "open");
      assert.equal(circuits.circuit("failing").throughput, 1);
    },
  },
  {
    name: "circuit breaker: listeners learn of each change",
    async run() {
      const told: string[] = [];
      const note = ({ from, to, manual }: { from: string; to: string; manual: boolean }): void =>
        void told.push(`${from} → ${to}${manual ? " by hand" : ""}`);
      const opened: unknown[] = [];
      const { pipeline, circuits, clock } = setup({
        onOpened: (event) => {
          note(event);
          opened.push([event.breakFor, event.opens, event.failureRatio, event.throughput]);
        },
        onHalfOpened: note,
        onClosed: note,
        onIsolated: note,
      });
      await run(pipeline, "----");
      await clock.advance(5000);
      await run(pipeline, "-");
      await clock.advance(5000);
      await run(pipeline, "+");
      circuits.circuit().isolate();
      circuits.circuit().isolate();
      circuits.circuit().close();
      assert.deepEqual(told, [
        "closed → open",
        "open → half-open",
        "half-open → open",
        "open → half-open",
        "half-open → closed",
        "closed → isolated by hand",
        "isolated → closed by hand",
      ]);
      assert.deepEqual(opened, [
        [5000, 1, 1, 4],
        [5000, 2, 1, 5],
      ]);
    },
  },
];
