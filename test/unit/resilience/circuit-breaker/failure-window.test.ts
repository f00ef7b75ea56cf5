import { expect, it } from "vitest";
import { FailureWindow } from "../../../../resilience/src/circuit-breaker/failure-window.ts";
import { seededRandom } from "../../../fixtures/resilience/random.ts";

it.each([1, 2, 3])("counts what a list of all outcomes would, to a tenth of the window (seed %i)", (seed) => {
  const random = seededRandom(seed);
  const window = new FailureWindow(1000);
  const outcomes: { at: number; failed: boolean }[] = [];
  const wrong: number[] = [];
  let now = 0;
  for (let step = 0; step < 3000; step += 1) {
    now += random() < 0.01 ? random() * 5000 : random() * 40;
    const failed = random() < 0.3;
    outcomes.push({ at: now, failed });
    if (failed) window.failed(now);
    else window.succeeded(now);
    const oldest = (Math.floor(now / 100) - 9) * 100;
    while (outcomes[0] !== undefined && outcomes[0].at < oldest) outcomes.shift();
    const failures = outcomes.filter((each) => each.failed).length;
    if (window.throughput !== outcomes.length || window.failures !== failures) wrong.push(now);
  }
  expect(wrong).toEqual([]);
});

it("a time that is a little older counts for the newest tenth", () => {
  const window = new FailureWindow(1000);
  window.failed(500);
  window.failed(300);
  window.advance(1399);
  expect(window.failures).toBe(2);
  window.advance(1500);
  expect(window.failures).toBe(0);
});
