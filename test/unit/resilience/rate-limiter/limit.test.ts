import { describe, expect, it } from "vitest";
import { FixedWindow, SlidingWindow, TokenBucket } from "../../../../resilience/src/rate-limiter/limit.ts";
import type { Limit } from "../../../../resilience/src/rate-limiter/limit.ts";
import { seededRandom } from "../../../fixtures/resilience/random.ts";

const limits: { name: string; make: () => Limit; most: (span: number) => number }[] = [
  {
    name: "a token bucket",
    make: () => new TokenBucket({ permits: 10, refill: 5, every: 100, now: 0 }),
    most: (span) => 10 + span / 20,
  },
  {
    name: "a fixed window",
    make: () => new FixedWindow({ permits: 10, window: 100 }),
    // Two windows meet.
    most: (span) => 10 * (Math.floor(span / 100) + 2),
  },
  {
    name: "a sliding window",
    make: () => new SlidingWindow({ permits: 10, window: 100, segments: 10 }),
    // A segment counts as a whole: what passed in it is forgotten up to a segment early.
    most: (span) => 10 * (Math.floor(span / 90) + 1),
  },
];

describe.each(limits)("$name", ({ make, most }) => {
  it.each([1, 2, 3])("never lets more through than it says (seed %i)", (seed) => {
    const random = seededRandom(seed);
    const limit = make();
    const passed: number[] = [];
    let now = 0;
    for (let step = 0; step < 4000; step += 1) {
      now += random() < 0.02 ? random() * 300 : random() * 12;
      if (limit.take(now)) passed.push(now);
    }
    const tooMany: string[] = [];
    for (const [first, from] of passed.entries()) {
      for (const [offset, to] of passed.slice(first, first + 60).entries()) {
        if (offset + 1 > most(to - from) + 1e-6) tooMany.push(`${offset + 1} from ${from} to ${to}`);
      }
    }
    expect(tooMany).toEqual([]);
  });

  it.each([1, 2, 3])("has a permit after the delay that it tells, none a moment before (seed %i)", (seed) => {
    const random = seededRandom(seed);
    const limit = make();
    const wrong: number[] = [];
    let now = 0;
    for (let step = 0; step < 2000; step += 1) {
      now += Math.floor(random() * 20);
      while (limit.take(now));
      const delay = limit.delay(1, now);
      const early = limit.take(now + delay - 1);
      now += delay;
      if (delay <= 0 || early || !limit.take(now)) wrong.push(now);
    }
    expect(wrong).toEqual([]);
  });

  it.each([1, 2, 3])("tells each in a queue a time by which all before it have passed (seed %i)", (seed) => {
    const random = seededRandom(seed);
    const wrong: string[] = [];
    for (let round = 0; round < 50; round += 1) {
      const limit = make();
      let now = 0;
      for (let step = 0; step < 20; step += 1) {
        now += Math.floor(random() * 20);
        limit.take(now);
      }
      const count = 1 + Math.floor(random() * 25);
      const promised = now + limit.delay(count, now);
      let served = 0;
      for (let at = now; at <= promised; at += 1) while (served < count && limit.take(at)) served += 1;
      if (served !== count) wrong.push(`${served} of ${count} by ${promised}`);
    }
    expect(wrong).toEqual([]);
  });
});
