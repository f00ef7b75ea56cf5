import process from "node:process";
import { fileURLToPath } from "node:url";
import { spawnSync } from "node:child_process";
import {
  bulkhead,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  SamplingBreaker,
  timeout,
  TimeoutStrategy,
  wrap,
} from "cockatiel";
import CircuitBreaker from "opossum";
import { standardPipeline } from "@dext/resilience";
import { atLeast, atMost, median, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const rounds = 80;

const operation = (): Promise<number> => Promise.resolve(1);

/**
 * What an execution costs over the bare call of the same operation, beside peers in the same run; then what 100,000
 * executions under load leave behind, in a process of their own.
 */
export async function bench(): Promise<BenchRow[]> {
  const standard = standardPipeline();
  const cockatiel = standardOfCockatiel();
  const opossum = new CircuitBreaker(operation, { timeout: 10_000 });
  const subjects: Subject[] = [
    { call: operation, batch: 10_000 },
    { call: () => standard.execute(operation), batch: 10_000 },
    { call: () => cockatiel.execute(operation), batch: 200 },
    { call: () => opossum.fire(), batch: 2000 },
  ];
  const [bare = 0, ours = 0, theirs = 0, breaker = 0] = await interleaved(subjects);
  opossum.shutdown();
  return [
    told("bare call", { value: bare, unit: "µs" }),
    atMost("standard pipeline over bare", { value: ours - bare, bar: 0.6, unit: "µs" }),
    told("cockatiel, the same strategies, over bare", { value: theirs - bare, unit: "µs" }),
    atLeast("cockatiel / standard pipeline", { value: (theirs - bare) / (ours - bare), bar: 15, unit: "×" }),
    told("opossum alone over bare", { value: breaker - bare, unit: "µs" }),
    atLeast("opossum / standard pipeline", { value: (breaker - bare) / (ours - bare), bar: 1, unit: "×" }),
    ...underLoad(),
  ];
}

function standardOfCockatiel(): { execute(operation: () => Promise<number>): Promise<number> } {
  return wrap(
    bulkhead(1000, 0),
    timeout(30_000, TimeoutStrategy.Aggressive),
    retry(handleAll, { maxAttempts: 2, backoff: new ExponentialBackoff({ initialDelay: 2000 }) }),
    circuitBreaker(handleAll, {
      halfOpenAfter: 5000,
      breaker: new SamplingBreaker({ threshold: 0.1, duration: 30_000, minimumRps: 3 }),
    }),
    timeout(10_000, TimeoutStrategy.Aggressive),
  );
}

interface Subject {
  call: () => Promise<unknown>;
  /** Calls per round: enough that the collector has its share, and about as long as the others take. */
  batch: number;
}

/** Microseconds of a call of each subject: the median of its rounds, taken in an order that changes. */
async function interleaved(subjects: readonly Subject[]): Promise<number[]> {
  const times = subjects.map((): number[] => []);
  for (let round = -10; round < rounds; round += 1) {
    for (let turn = 0; turn < subjects.length; turn += 1) {
      const index = (turn + Math.abs(round)) % subjects.length;
      const time = await timeOf(subjects[index] as Subject);
      if (round >= 0) times[index]?.push(time);
      // Timers and signals that a peer leaves are cleaned up at its own cost, not at its neighbour's.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  return times.map((each) => median(each));
}

/** The processor's time of the whole process, the collector's threads included: others on the machine do not count. */
async function timeOf({ call, batch }: Subject): Promise<number> {
  const before = process.cpuUsage();
  for (let done = 0; done < batch; done += 1) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / batch;
}

function underLoad(): BenchRow[] {
  const subject = fileURLToPath(new URL("resilience-load-subject.ts", import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--expose-gc", subject], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The load ended with ${status}: ${stderr}`);
  const { heapGrowth, handles } = JSON.parse(stdout) as { heapGrowth: number; handles: number };
  return [
    atMost("100,000 executions with aborts: bytes left each", {
      value: heapGrowth / 100_000,
      bar: 1,
      unit: "B",
    }),
    atMost("100,000 executions with aborts: handles left", { value: handles, bar: 0, unit: "" }),
  ];
}
