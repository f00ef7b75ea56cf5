// 100,000 executions through five strategies, of which some fail, some time out and some are aborted, 500 at once. Prints
// the growth of the heap after a collection, and the handles that are left.
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { createPipeline } from "@dext/resilience";

const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) throw new Error("Needs --expose-gc");

const pipeline = createPipeline()
  .addRateLimiter({ permits: 400, queue: 100 })
  .addTimeout({ timeout: "30s" })
  .addRetry({ attempts: 3, delay: 2 })
  .addCircuitBreaker({ perKey: true, failureRatio: 0.9, maxKeys: 100 })
  .addTimeout({ timeout: 5 })
  .build();
/** One signal that outlives all executions, as that of a process that shuts down. */
const shutdown = new AbortController();

// So that everything is compiled and every table has its size.
await load(100_000);
const before = await heapUsed();
await load(100_000);
const heapGrowth = Math.max(0, (await heapUsed()) - before);
const handles = process
  .getActiveResourcesInfo()
  .filter((name) => name === "Timeout" || name === "Immediate").length;
process.stdout.write(JSON.stringify({ heapGrowth, handles }));

async function load(count: number): Promise<void> {
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started < count) {
      started += 1;
      await run(started).catch(() => {});
    }
  };
  await Promise.all(Array.from({ length: 500 }, worker));
}

function run(number: number): Promise<unknown> {
  const key = `http://host-${number % 300}`;
  if (number % 5 === 0) {
    const caller = new AbortController();
    const promise = pipeline.execute(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
      { signal: caller.signal, key },
    );
    setImmediate(() => caller.abort());
    return promise;
  }
  if (number % 50 === 1)
    return pipeline.execute(() => new Promise(() => {}), { signal: shutdown.signal, key });
  return pipeline.execute(
    async ({ attempt }) => {
      await new Promise(setImmediate);
      if (number % 7 === 0 && attempt === 1) throw new Error("once");
      return number;
    },
    { signal: shutdown.signal, key },
  );
}

async function heapUsed(): Promise<number> {
  // The last timers and the weak references of signals need some turns.
  for (let round = 0; round < 5; round += 1) {
    await sleep(20);
    collect?.();
  }
  return process.memoryUsage().heapUsed;
}
