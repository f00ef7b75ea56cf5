import { describe, expect, test } from "vitest";
import { startPatience } from "../../../../providers/src/kubernetes-api/patience.ts";
import { ManualClock } from "../../../fixtures/resilience/manual-clock.ts";

describe("patience", () => {
  test("is over when nothing has happened for so long, and lasts while something does", async () => {
    const clock = new ManualClock();
    const patience = startPatience({ clock, signal: new AbortController().signal }, 100);
    for (let count = 0; count < 5; count += 1) {
      await clock.advance(90);
      patience.renew(100);
    }
    expect(patience.signal.aborted).toBe(false);
    await clock.advance(99);
    expect(patience.isOver).toBe(false);
    await clock.advance(1);
    expect([patience.isOver, patience.signal.aborted]).toEqual([true, true]);
  });

  test("takes another time from now on", async () => {
    const clock = new ManualClock();
    const patience = startPatience({ clock, signal: new AbortController().signal }, 100);
    patience.renew(1_000);
    await clock.advance(999);
    expect(patience.isOver).toBe(false);
    patience.renew(10);
    await clock.advance(10);
    expect(patience.isOver).toBe(true);
  });

  test("ends with the caller's signal, and leaves no timer behind", async () => {
    const clock = new ManualClock();
    const caller = new AbortController();
    const patience = startPatience({ clock, signal: caller.signal }, 100);
    caller.abort(new Error("closed"));
    expect(patience.signal.reason).toEqual(new Error("closed"));
    patience.end();
    expect([patience.isOver, clock.pending]).toEqual([false, 0]);
    const late = startPatience({ clock, signal: caller.signal }, 100);
    expect(late.signal.aborted).toBe(true);
    late.end();
    expect(clock.pending).toBe(0);
  });
});
