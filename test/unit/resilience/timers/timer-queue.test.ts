import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { systemClock } from "@dext/core";
import { TimerQueue, timersOf } from "../../../../resilience/src/timers/timer-queue.ts";
import type { TimerEntry } from "../../../../resilience/src/timers/timer-queue.ts";
import { ManualClock } from "../../../fixtures/resilience/manual-clock.ts";
import { seededRandom } from "../../../fixtures/resilience/random.ts";

function entry(deadline: number, expire: () => void = () => {}): TimerEntry {
  return { deadline, position: -1, expire };
}

describe("the timer queue", () => {
  it.each([1, 2, 3, 4, 5])(
    "expires what a sorted list would, whatever is set and cleared (seed %i)",
    async (seed) => {
      const random = seededRandom(seed);
      const clock = new ManualClock();
      const queue = timersOf(clock);
      const waiting = new Map<TimerEntry, number>();
      const expired: number[] = [];
      const expected: number[] = [];
      let isRight = true;
      for (let step = 0; step < 1000; step += 1) {
        const chance = random();
        if (chance < 0.55) {
          const due = clock.monotonic() + Math.floor(random() * 500);
          const made = entry(due, () => {
            waiting.delete(made);
            expired.push(due);
          });
          waiting.set(made, due);
          queue.set(made);
        } else if (chance < 0.85) {
          const some = [...waiting.keys()][Math.floor(random() * waiting.size)];
          if (some === undefined) continue;
          waiting.delete(some);
          queue.clear(some);
          isRight &&= some.position === -1;
        } else {
          const until = clock.monotonic() + Math.floor(random() * 100);
          expected.push(...[...waiting.values()].filter((due) => due <= until).toSorted((a, b) => a - b));
          await clock.advance(until - clock.monotonic());
        }
        isRight &&= queue.size === waiting.size;
      }
      expect(expired).toEqual(expected);
      expect(isRight).toBe(true);
    },
  );

  it("has one timer of its clock however many wait, and none when nothing waits", async () => {
    const clock = new ManualClock();
    const queue = timersOf(clock);
    const entries = Array.from({ length: 100 }, (_, index) => entry(1000 - index));
    for (const each of entries) queue.set(each);
    expect(clock.pending).toBe(1);
    for (const each of entries) queue.clear(each);
    expect(clock.pending).toBe(0);
    queue.set(entries[0] as TimerEntry);
    await clock.advance(1000);
    expect(clock.pending).toBe(0);
  });

  it("expires what is set and clears what is cleared while others expire", async () => {
    const clock = new ManualClock();
    const queue = timersOf(clock);
    const order: string[] = [];
    const never = entry(10.5, () => order.push("never"));
    const later = entry(30, () => order.push("later"));
    const first = entry(10, () => {
      order.push("first");
      queue.clear(never);
      queue.set(later);
    });
    queue.set(first);
    queue.set(never);
    await clock.advance(30);
    expect(order).toEqual(["first", "later"]);
  });

  it("sets the clock's timer at the end of the turn only, and not for what ends within it", () => {
    const clock = new ManualClock();
    const turnEnds: (() => void)[] = [];
    const queue = new TimerQueue(clock, (callback) => turnEnds.push(callback));
    for (let round = 0; round < 1000; round += 1) {
      const each = entry(10);
      queue.set(each);
      queue.clear(each);
    }
    expect(turnEnds).toHaveLength(1);
    turnEnds[0]?.();
    expect(clock.pending).toBe(0);
  });

  it("keeps a timer that comes too early instead of setting another for each entry", () => {
    const clock = new ManualClock();
    const turnEnds: (() => void)[] = [];
    const queue = new TimerQueue(clock, (callback) => turnEnds.push(callback));
    const first = entry(10);
    queue.set(first);
    turnEnds.pop()?.();
    queue.set(entry(20));
    queue.clear(first);
    expect(turnEnds).toHaveLength(0);
    expect(clock.pending).toBe(1);
  });

  it("expires in time on the real clock, never early", async () => {
    const queue = timersOf(systemClock);
    const delays = [30, 5, 12, 5, 21.5, 0, 17];
    const late = await Promise.all(
      delays.map(
        (delay) =>
          new Promise<number>((resolve) => {
            const due = queue.now() + delay;
            queue.set(entry(due, () => resolve(queue.now() - due)));
          }),
      ),
    );
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
  });
});

describe("the process", () => {
  it("ends when nothing waits, whatever time a pipeline would give", async () => {
    const { stdout, duration } = await runProgram(`
      const pipeline = standardPipeline();
      await Promise.all(Array.from({ length: 1000 }, () => pipeline.execute(() => new Promise((resolve) => setTimeout(resolve, 5)))));
      console.log(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length);
      process.on("exit", () => console.log("ended"));`);
    expect(stdout).toMatch(/ended/);
    // The attempt would have 10 seconds.
    expect(duration).toBeLessThan(9000);
  });

  it("lives as long as something waits, though nothing else would keep it", async () => {
    const { stdout } = await runProgram(`
      const timeout = createPipeline().addTimeout({ timeout: 100 }).build();
      await timeout.execute(() => new Promise(() => {})).catch((error) => console.log(error.code));
      const retry = createPipeline().addRetry({ delay: 50 }).build();
      console.log(await retry.execute(({ attempt }) => attempt === 2 ? "second" : Promise.reject(new Error("bad"))));`);
    expect(stdout).toBe("DEXT_RESILIENCE_TIMEOUT\nsecond\n");
  });
});

/** What a program prints, and how long it took in milliseconds. */
async function runProgram(program: string): Promise<{ stdout: string; duration: number }> {
  const source = `import { createPipeline, standardPipeline } from "@dext/resilience";
    ${program}`;
  const startedAt = performance.now();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@dext/source", "--input-type=module", "--eval", source],
    { cwd: import.meta.dirname },
  );
  return { stdout, duration: performance.now() - startedAt };
}
