import type { KeyedState } from "../pipeline/keyed-states.ts";
import type { TimerEntry, TimerQueue } from "../timers/timer-queue.ts";
import type { Limit } from "./limit.ts";

/** Who waits for a permit. */
export interface PermitWaiter {
  /** The permit is there. Must not throw. */
  granted(): void;
}

/** A limit with those who wait for it, first come first served. */
export class PermitQueue implements KeyedState, TimerEntry {
  readonly limit: Limit;
  deadline = 0;
  position = -1;
  private readonly timers: TimerQueue;
  private readonly waiting = new Set<PermitWaiter>();

  constructor(limit: Limit, timers: TimerQueue) {
    this.limit = limit;
    this.timers = timers;
  }

  get size(): number {
    return this.waiting.size;
  }

  isIdle(now: number): boolean {
    return this.waiting.size === 0 && this.limit.isFull(now);
  }

  /** Takes a permit if there is one and nobody waits for it. */
  take(now: number): boolean {
    return this.waiting.size === 0 && this.limit.take(now);
  }

  /** Milliseconds until the next newcomer can expect a permit; `Infinity` when nobody knows. */
  delay(now: number): number {
    return this.limit.delay(this.waiting.size + 1, now);
  }

  wait(waiter: PermitWaiter): void {
    this.waiting.add(waiter);
    if (this.waiting.size === 1) this.watch();
  }

  leave(waiter: PermitWaiter): void {
    if (this.waiting.delete(waiter) && this.waiting.size === 0) this.timers.clear(this);
  }

  giveBack(): void {
    this.limit.giveBack();
    if (this.waiting.size > 0) this.grant();
  }

  /** The time has come at which the limit promised a permit. */
  expire(): void {
    this.grant();
    if (this.waiting.size > 0) this.watch();
  }

  private grant(): void {
    const now = this.timers.now();
    for (const waiter of this.waiting) {
      if (!this.limit.take(now)) return;
      this.waiting.delete(waiter);
      waiter.granted();
    }
  }

  private watch(): void {
    const now = this.timers.now();
    const delay = this.limit.delay(1, now);
    // At least a millisecond: a limit that promises "now" and gives nothing must not spin.
    if (delay === Number.POSITIVE_INFINITY) return;
    this.deadline = now + Math.max(1, delay);
    this.timers.set(this);
  }
}
