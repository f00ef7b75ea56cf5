import { beforeEach, describe, expect, it } from "vitest";
import { BatchQueue } from "../../../../service/src/telemetry/preload/batch-queue.ts";

interface Timer {
  callback: () => void;
  delay: number;
}

let timers: Timer[];
let sent: number[][];
let finish: (() => void) | undefined;

beforeEach(() => {
  timers = [];
  sent = [];
  finish = undefined;
});

function createQueue(options: { isSlow?: boolean } = {}): BatchQueue<number> {
  return new BatchQueue<number>({
    settings: { delay: 100, longestQueue: 10, largestBatch: 4 },
    later: (callback, delay) => void timers.push({ callback, delay }),
    send(items) {
      sent.push([...items]);
      return options.isSlow === true ? new Promise((resolve) => (finish = resolve)) : Promise.resolve();
    },
  });
}

function addAll(queue: BatchQueue<number>, count: number): void {
  for (let item = 1; item <= count; item += 1) queue.add(item);
}

function tick(): void {
  for (const { callback } of timers.splice(0)) callback();
}

describe("a queue", () => {
  it("sends what it has after its delay, with one timer", async () => {
    const queue = createQueue();
    addAll(queue, 3);
    expect(timers.map(({ delay }) => delay)).toEqual([100]);
    expect(sent).toEqual([]);
    tick();
    await queue.flush();
    expect(sent).toEqual([[1, 2, 3]]);
    queue.add(4);
    expect(timers).toHaveLength(1);
  });

  it("sends a full batch at once, but not within the call", async () => {
    const queue = createQueue();
    addAll(queue, 4);
    expect(sent).toEqual([]);
    expect(timers.map(({ delay }) => delay)).toContain(0);
    tick();
    await queue.flush();
    expect(sent).toEqual([[1, 2, 3, 4]]);
  });

  it("sends one batch after the other", async () => {
    const queue = createQueue({ isSlow: true });
    addAll(queue, 9);
    const flushed = queue.flush();
    expect(sent).toEqual([[1, 2, 3, 4]]);
    finish?.();
    await expect.poll(() => sent.length).toBe(2);
    finish?.();
    await expect.poll(() => sent.length).toBe(3);
    finish?.();
    await flushed;
    expect(sent).toEqual([[1, 2, 3, 4], [5, 6, 7, 8], [9]]);
  });

  it("drops what comes when it is full", async () => {
    const queue = createQueue({ isSlow: true });
    addAll(queue, 1_000);
    expect(queue.takeRest()).toEqual([1, 2, 3, 4]);
    expect(queue.takeRest()).toEqual([5, 6, 7, 8]);
    expect(queue.takeRest()).toEqual([9, 10]);
    expect(queue.takeRest()).toEqual([]);
  });

  it("has flushed when what was under way before is through too", async () => {
    const queue = createQueue({ isSlow: true });
    queue.add(1);
    tick();
    queue.add(2);
    let isFlushed = false;
    const flushed = queue.flush().then(() => (isFlushed = true));
    await Promise.resolve();
    expect(isFlushed).toBe(false);
    finish?.();
    await expect.poll(() => sent).toEqual([[1], [2]]);
    finish?.();
    await flushed;
  });
});
