import assert from "node:assert/strict";
import {
  createCircuits,
  createPipeline,
  createRetryBudget,
  httpRetryDelay,
  isTransientHttp,
} from "@dext/resilience";
import type { GiveUpEvent, RetryEvent, RetryOptions } from "@dext/resilience";
import type { ContractCase } from "../../fixtures/contract-case.ts";
import { ManualClock, turn } from "../../fixtures/resilience/manual-clock.ts";
import { deferred, dextErrorOf, failing, rejectionOf, watch } from "../../fixtures/resilience/outcomes.ts";

/** The times at which attempts begin that all fail. */
async function startsOf(options: RetryOptions, random: () => number = () => 0.5): Promise<number[]> {
  const clock = new ManualClock();
  const starts: number[] = [];
  const pipeline = createPipeline({ clock, random }).addRetry(options).build();
  const promise = rejectionOf(
    pipeline.execute(() => {
      starts.push(clock.monotonic());
      throw new Error("bad");
    }),
  );
  await clock.advance(10_000_000);
  await promise;
  return starts;
}

function gaps(starts: readonly number[]): number[] {
  return starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
}

export const retryCases: readonly ContractCase[] = [
  {
    name: "retry: attempts counts the first call too",
    async run() {
      assert.equal((await startsOf({ attempts: 3 })).length, 3);
      assert.equal((await startsOf({ attempts: 1 })).length, 1);
      assert.equal((await startsOf({})).length, 3);
    },
  },
  {
    name: "retry: no attempt follows a success",
    async run() {
      const operation = failing(1);
      assert.equal(
        await createPipeline().addRetry({ attempts: 9, delay: 0 }).build().execute(operation),
        "good",
      );
      assert.equal(operation.calls, 2);
    },
  },
  {
    name: "retry: constant, linear and exponential delays",
    async run() {
      const base = { attempts: 5, delay: 100, jitter: false } as const;
      assert.deepEqual(gaps(await startsOf({ ...base, backoff: "constant" })), [100, 100, 100, 100]);
      assert.deepEqual(gaps(await startsOf({ ...base, backoff: "linear" })), [100, 200, 300, 400]);
      assert.deepEqual(gaps(await startsOf({ ...base, backoff: "exponential" })), [100, 200, 400, 800]);
    },
  },
  {
    name: "retry: a decorrelated delay lies between the first delay and three times the one before",
    async run() {
      const base = { attempts: 4, delay: 100, backoff: "decorrelated" } as const;
      assert.deepEqual(gaps(await startsOf(base, () => 0)), [100, 100, 100]);
      assert.deepEqual(
        gaps(
          await startsOf({ ...base, maxDelay: 1000 }, () => 0.999_999).then((starts) =>
            starts.map(Math.round),
          ),
        ),
        [300, 900, 1000],
      );
    },
  },
  {
    name: "retry: jitter spreads a delay by its part, up and down",
    async run() {
      const base = { attempts: 2, delay: 100, backoff: "constant" } as const;
      assert.deepEqual(gaps(await startsOf(base, () => 0)), [75]);
      assert.deepEqual(gaps(await startsOf({ ...base, jitter: 1 }, () => 0)), [0]);
      assert.deepEqual(gaps(await startsOf({ ...base, jitter: 0.5 }, () => 0.75)), [125]);
    },
  },
  {
    name: "retry: no delay of the backoff exceeds the longest one, however many attempts",
    async run() {
      const starts = await startsOf({ attempts: 1100, delay: 100, maxDelay: 1000 }, () => 0.999);
      assert.equal(starts.length, 1100);
      assert.equal(Math.max(...gaps(starts)), 1000);
      assert.equal(
        gaps(await startsOf({ attempts: 1100, delay: 0 })).reduce((sum, gap) => sum + gap, 0),
        0,
      );
    },
  },
  {
    name: "retry: gives the last error when all attempts are used up",
    async run() {
      const error = await rejectionOf(
        createPipeline()
          .addRetry({ attempts: 3, delay: 0 })
          .build()
          .execute(({ attempt }) => {
            throw new Error(`bad ${attempt}`);
          }),
      );
      assert.equal((error as Error).message, "bad 3");
    },
  },
  {
    name: "retry: a result can be a failure too, and the last one is given when all attempts are used up",
    async run() {
      const pipeline = createPipeline<number>()
        .addRetry({ attempts: 3, delay: 0, shouldHandle: ({ result }) => result !== undefined && result < 3 })
        .build();
      assert.equal(await pipeline.execute(({ attempt }) => attempt), 3);
      assert.equal(await pipeline.execute(({ attempt }) => attempt - 5), -2);
    },
  },
  {
    name: "retry: an error that the predicate does not take ends it at once",
    async run() {
      const operation = failing(9, new TypeError("bug"));
      const pipeline = createPipeline()
        .addRetry({ delay: 0, shouldHandle: ({ error }) => error instanceof RangeError })
        .build();
      await assert.rejects(pipeline.execute(operation), TypeError);
      assert.equal(operation.calls, 1);
    },
  },
  {
    name: "retry: a Retry-After is kept, in seconds and as a date",
    async run() {
      const clock = new ManualClock();
      const starts: number[] = [];
      const pipeline = createPipeline<Response>({ clock })
        .addRetry({ delay: 1, shouldHandle: isTransientHttp, delayGenerator: httpRetryDelay })
        .build();
      const promise = pipeline.execute(({ attempt }) => {
        starts.push(clock.monotonic());
        return attempt === 1
          ? new Response(null, { status: 503, headers: { "retry-after": "7" } })
          : new Response("fine");
      });
      await clock.advance(8000);
      assert.equal((await promise).status, 200);
      assert.deepEqual(starts, [0, 7000]);
      const date = new Date(Date.now() + 60_000).toUTCString();
      const told = httpRetryDelay({
        outcome: { result: new Response(null, { headers: { "retry-after": date } }) },
      });
      assert.ok(told !== undefined && told > 55_000 && told <= 60_000, String(told));
    },
  },
  {
    name: "retry: a delay generator that gives undefined leaves the backoff",
    async run() {
      const seen: number[] = [];
      const delayGenerator: NonNullable<RetryOptions["delayGenerator"]> = ({ attempt, delay }) => {
        seen.push(delay);
        return attempt === 1 ? "3s" : undefined;
      };
      const starts = await startsOf({ delay: 100, jitter: false, delayGenerator });
      assert.deepEqual(gaps(starts), [3000, 200]);
      assert.deepEqual(seen, [100, 200]);
    },
  },
  {
    name: "retry: a Retry-After that does not fit into the total ends it at once with the outcome",
    async run() {
      const clock = new ManualClock();
      const events: GiveUpEvent<Response>[] = [];
      const pipeline = createPipeline<Response>({ clock })
        .addTimeout({ timeout: "20s" })
        .addRetry({
          shouldHandle: isTransientHttp,
          delayGenerator: httpRetryDelay,
          onGiveUp: (event) => void events.push(event),
        })
        .build();
      const response = await pipeline.execute(
        () => new Response(null, { status: 429, headers: { "retry-after": "25" } }),
      );
      assert.equal(response.status, 429);
      assert.deepEqual(
        events.map(({ reason }) => reason),
        ["time"],
      );
      assert.equal(clock.pending, 0);
    },
  },
  {
    name: "retry: a generated delay longer than the longest is not cut: it gives up",
    async run() {
      const reasons: string[] = [];
      const starts = await startsOf({
        maxDelay: "10s",
        delayGenerator: () => "11s",
        onGiveUp: ({ reason }) => void reasons.push(reason),
      });
      assert.deepEqual(starts, [0]);
      assert.deepEqual(reasons, ["delay"]);
    },
  },
  {
    name: "retry: a delay that ends after the time that is left is not begun",
    async run() {
      const clock = new ManualClock();
      const operation = failing(9);
      const pipeline = createPipeline({ clock })
        .addTimeout({ timeout: 1000 })
        .addRetry({ attempts: 9, delay: 600, backoff: "constant", jitter: false })
        .build();
      const promise = watch(pipeline.execute(operation));
      await clock.advance(600);
      assert.equal(promise.settled, true);
      await assert.rejects(promise.promise, /bad/);
      assert.equal(operation.calls, 2);
    },
  },
  {
    name: "retry: its own total bounds all attempts and delays",
    async run() {
      assert.deepEqual(
        await startsOf({ attempts: 99, delay: 400, backoff: "constant", jitter: false, total: "1s" }),
        [0, 400, 800],
      );
    },
  },
  {
    name: "retry: an abort during a wait ends it at once, and the operation is not called again",
    async run() {
      const clock = new ManualClock();
      const caller = new AbortController();
      const operation = failing(1);
      const pipeline = createPipeline({ clock }).addRetry({ delay: "10s" }).build();
      const promise = pipeline.execute(operation, { signal: caller.signal });
      await clock.advance(1000);
      caller.abort("waiting");
      assert.equal(await rejectionOf(promise), "waiting");
      assert.equal(clock.pending, 0);
      await clock.advance(60_000);
      assert.equal(operation.calls, 1);
    },
  },
  {
    name: "retry: an abort from a listener or a predicate keeps the next attempt from beginning",
    async run() {
      const abortings: ((caller: AbortController) => RetryOptions)[] = [
        (caller) => ({ onRetry: () => caller.abort("listener") }),
        (caller) => ({ shouldHandle: () => (caller.abort("listener"), true) }),
        (caller) => ({ delayGenerator: () => (caller.abort("listener"), 0) }),
      ];
      for (const options of abortings) {
        const caller = new AbortController();
        const clock = new ManualClock();
        const operation = failing(1);
        const pipeline = createPipeline({ clock })
          .addRetry({ delay: 10, ...options(caller) })
          .build();
        assert.equal(await rejectionOf(pipeline.execute(operation, { signal: caller.signal })), "listener");
        await clock.advance(100);
        assert.equal(operation.calls, 1);
        assert.equal(clock.pending, 0);
      }
    },
  },
  {
    name: "retry: an abort between the end of a wait and the attempt keeps it from beginning",
    async run() {
      const clock = new ManualClock();
      const caller = new AbortController();
      const operation = failing(1);
      const pipeline = createPipeline({ clock }).addRetry({ delay: 10, jitter: false }).build();
      const promise = rejectionOf(pipeline.execute(operation, { signal: caller.signal }));
      await turn();
      // Due at the same time, and after it in the same go.
      const other = createPipeline({ clock }).addTimeout({ timeout: 10 }).build();
      const timedOut = rejectionOf(
        other.execute(({ signal }) => {
          signal.addEventListener("abort", () => caller.abort("same moment"));
          return new Promise(() => {});
        }),
      );
      await clock.advance(10);
      await timedOut;
      assert.equal(await promise, "same moment");
      assert.equal(operation.calls, 1);
    },
  },
  {
    name: "retry: 100,000 attempts without delay that throw at once do not grow the stack",
    async run() {
      const pipeline = createPipeline().addRetry({ attempts: Number.POSITIVE_INFINITY, delay: 0 }).build();
      const result = await pipeline.execute(({ attempt }) => {
        if (attempt < 100_000) throw new Error("bad");
        return attempt;
      });
      assert.equal(result, 100_000);
    },
  },
  {
    name: "retry: a budget across calls lets through only its share of retries",
    async run() {
      const clock = new ManualClock();
      const budget = createRetryBudget({ ratio: 0.1, minimum: 2, window: "10s", clock });
      const reasons: string[] = [];
      const pipeline = createPipeline({ clock })
        .addRetry({ attempts: 2, delay: 0, budget, onGiveUp: ({ reason }) => void reasons.push(reason) })
        .build();
      let calls = 0;
      for (let round = 0; round < 100; round += 1) {
        await rejectionOf(pipeline.execute(() => ((calls += 1), Promise.reject(new Error("bad")))));
      }
      // 2 at any time and a tenth of 100.
      assert.equal(calls, 112);
      assert.equal(reasons.filter((reason) => reason === "budget").length, 88);
    },
  },
  {
    name: "retry: what a budget has seen is forgotten after its window",
    async run() {
      const clock = new ManualClock();
      const budget = createRetryBudget({ ratio: 0, minimum: 1, window: "10s", clock });
      assert.deepEqual([budget.withdraw(), budget.withdraw()], [true, false]);
      clock.skip(9000);
      assert.equal(budget.withdraw(), false);
      clock.skip(2000);
      assert.equal(budget.withdraw(), true);
      clock.skip(3_600_000);
      assert.equal(budget.withdraw(), true);
    },
  },
  {
    name: "retry: two pipelines can share a budget",
    async run() {
      const clock = new ManualClock();
      const budget = createRetryBudget({ ratio: 0, minimum: 1, clock });
      const operations = [failing(9), failing(9)];
      for (const operation of operations) {
        const pipeline = createPipeline({ clock }).addRetry({ attempts: 3, delay: 0, budget }).build();
        await rejectionOf(pipeline.execute(operation));
      }
      assert.deepEqual(
        operations.map(({ calls }) => calls),
        [2, 1],
      );
    },
  },
  {
    name: "retry: a rejection that says when to come back is not asked sooner",
    async run() {
      const clock = new ManualClock();
      const circuits = createCircuits({ breakFor: "5s", clock });
      circuits.circuit().open();
      const starts: number[] = [];
      const pipeline = createPipeline({ clock })
        .addRetry({ delay: 100 })
        .addCircuitBreaker({ circuits })
        .build();
      const promise = pipeline.execute(() => starts.push(clock.monotonic()));
      await clock.advance(6000);
      await promise;
      assert.deepEqual(starts, [5000]);
    },
  },
  {
    name: "retry: an isolated circuit is not retried",
    async run() {
      const circuits = createCircuits();
      circuits.circuit().isolate();
      const pipeline = createPipeline()
        .addRetry({ delay: "1m", maxDelay: "1m" })
        .addCircuitBreaker({ circuits })
        .build();
      await dextErrorOf(
        pipeline.execute(() => "unused"),
        "DEXT_RESILIENCE_CIRCUIT_ISOLATED",
      );
    },
  },
  {
    name: "retry: listeners learn of each retry and of the end",
    async run() {
      const clock = new ManualClock();
      const told: (RetryEvent | GiveUpEvent)[] = [];
      const note = (event: RetryEvent | GiveUpEvent): void => void told.push(event);
      const pipeline = createPipeline({ clock })
        .addRetry({ attempts: 2, delay: 10, jitter: false, onRetry: note, onGiveUp: note })
        .build();
      const error = new Error("bad");
      const promise = rejectionOf(pipeline.execute(failing(9, error), { key: "k" }));
      await clock.advance(10);
      await promise;
      assert.deepEqual(told, [
        { outcome: { error }, attempt: 1, delay: 10, key: "k" },
        { outcome: { error }, attempt: 2, reason: "attempts", key: "k" },
      ]);
    },
  },
  {
    name: "retry: a retry inside of a retry repeats its attempts for each one outside",
    async run() {
      const operation = failing(99);
      const pipeline = createPipeline()
        .addRetry({ attempts: 3, delay: 0 })
        .addRetry({ attempts: 2, delay: 0 })
        .build();
      await rejectionOf(pipeline.execute(operation));
      assert.equal(operation.calls, 6);
    },
  },
  {
    name: "retry: executions at once wait each on their own",
    async run() {
      const clock = new ManualClock();
      const gate = deferred();
      const pipeline = createPipeline({ clock }).addRetry({ delay: 50, jitter: false }).build();
      const first = watch(pipeline.execute(failing(1)));
      const second = watch(
        pipeline.execute(async ({ attempt }) => (attempt === 1 ? gate.promise : "second")),
      );
      await clock.advance(50);
      assert.deepEqual([first.settled, second.settled], [true, false]);
      gate.reject(new Error("late"));
      await clock.advance(50);
      assert.equal(await second.promise, "second");
    },
  },
];
