import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFrameClock } from "../../../../cli/src/tui/frame-clock.ts";

let frames: number[];
const now = (): number => Date.now();

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  frames = [];
});
afterEach(() => {
  vi.useRealTimers();
});

const startClock = (): ReturnType<typeof createFrameClock> =>
  createFrameClock(() => frames.push(now() - 1_000_000), { now });

test("a frame clock draws the first change at once and not within the call", () => {
  const clock = startClock();
  clock.request();
  expect(frames).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(frames).toHaveLength(1);
});

test("a frame clock draws at most 30 times a second however much changes", () => {
  const clock = startClock();
  for (let millisecond = 0; millisecond < 3000; millisecond += 1) {
    for (let change = 0; change < 100; change += 1) clock.request();
    vi.advanceTimersByTime(1);
  }
  expect(frames.length).toBeLessThanOrEqual(91);
  expect(frames.length).toBeGreaterThan(80);
});

test("a frame clock draws what is urgent at once, and no more often for it", () => {
  const clock = startClock();
  for (let millisecond = 0; millisecond < 3000; millisecond += 1) {
    clock.request({ urgent: true });
    clock.request();
    vi.advanceTimersByTime(1);
  }
  expect(frames.length).toBeLessThanOrEqual(93);
  vi.advanceTimersByTime(100);
  const asked = now() - 1_000_000;
  clock.request();
  clock.request({ urgent: true });
  vi.advanceTimersByTime(2);
  expect(frames.at(-1)).toBeLessThanOrEqual(asked + 2);
});

test("a frame clock that was stopped draws no more", () => {
  const clock = startClock();
  clock.request();
  clock.stop();
  clock.request({ urgent: true });
  vi.advanceTimersByTime(1000);
  expect(frames).toEqual([]);
});
