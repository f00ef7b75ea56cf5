import { setImmediate } from "node:timers";
import { systemClock } from "@dext/core";
import type { Clock, Timer } from "@dext/core";

/** Something that waits in a {@link TimerQueue}. It carries its own place, so that setting it allocates nothing. */
export interface TimerEntry {
  /** When it is due on the clock's monotonic time. Must not change while it waits. */
  readonly deadline: number;
  /** Its place in the queue, −1 while it does not wait; written by the queue. */
  position: number;
  /** Called once when due, in no particular asynchronous context. Must not throw. */
  expire(): void;
}

/**
 * Many timers behind one timer of the clock: a binary heap by due time.
 *
 * The clock's timer is set at the end of the event loop's turn. Work that ends within the turn, which is
 * most work, costs no timer at all; and while nothing waits there is none, so that the process can end.
 */
export class TimerQueue {
  private readonly clock: Clock;
  private readonly atTurnEnd: (callback: () => void) => void;
  private readonly heap: TimerEntry[] = [];
  private timer: Timer | undefined = undefined;
  private armedFor = Number.POSITIVE_INFINITY;
  private updating = false;

  /** @param atTurnEnd calls back before the event loop waits; synchronously for a clock that a test moves. */
  constructor(clock: Clock, atTurnEnd: (callback: () => void) => void) {
    this.clock = clock;
    this.atTurnEnd = atTurnEnd;
  }

  /** How many entries wait. */
  get size(): number {
    return this.heap.length;
  }

  now(): number {
    return this.clock.monotonic();
  }

  /** Has `entry` expire at its deadline. It must not be waiting already. */
  set(entry: TimerEntry): void {
    this.rise(entry, this.heap.length);
    if (entry.deadline < this.armedFor) this.updateLater();
  }

  /** Takes `entry` out; does nothing when it does not wait. */
  clear(entry: TimerEntry): void {
    const { heap } = this;
    const { position } = entry;
    if (position < 0) return;
    entry.position = -1;
    const last = heap.pop() as TimerEntry;
    if (last !== entry) {
      if (position > 0 && last.deadline < (heap[(position - 1) >> 1] as TimerEntry).deadline)
        this.rise(last, position);
      else this.sink(last, position);
    }
    if (heap.length === 0) this.updateLater();
  }

  private updateLater(): void {
    if (this.updating) return;
    this.updating = true;
    this.atTurnEnd(this.update);
  }

  /** Brings the clock's timer in line with the earliest entry. A timer that comes too early is left alone. */
  private readonly update = (): void => {
    this.updating = false;
    const first = this.heap[0];
    if (first === undefined) {
      this.timer?.clear();
      this.timer = undefined;
      this.armedFor = Number.POSITIVE_INFINITY;
      return;
    }
    if (first.deadline >= this.armedFor) return;
    this.timer?.clear();
    this.armedFor = first.deadline;
    // Timers take whole milliseconds: rounding down would wake up once too early.
    const milliseconds = Math.max(0, Math.ceil(first.deadline - this.clock.monotonic()));
    this.timer = this.clock.setTimer(this.fire, { milliseconds });
  };

  private readonly fire = (): void => {
    this.timer = undefined;
    this.armedFor = Number.POSITIVE_INFINITY;
    const now = this.clock.monotonic();
    // What expires may set and clear others; nothing needs the clock's timer before this loop has ended.
    this.updating = true;
    try {
      for (let first = this.heap[0]; first !== undefined && first.deadline <= now; first = this.heap[0]) {
        this.clear(first);
        first.expire();
      }
    } finally {
      this.update();
    }
  };

  /** Places `entry` at `position` or nearer to the root. */
  private rise(entry: TimerEntry, position: number): void {
    const { heap } = this;
    let place = position;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as TimerEntry;
      if (parent.deadline <= entry.deadline) break;
      heap[place] = parent;
      parent.position = place;
      place = above;
    }
    heap[place] = entry;
    entry.position = place;
  }

  private sink(entry: TimerEntry, position: number): void {
    const { heap } = this;
    const { length } = heap;
    let place = position;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= length) break;
      const right = below + 1;
      if (right < length && (heap[right] as TimerEntry).deadline < (heap[below] as TimerEntry).deadline)
        below = right;
      const child = heap[below] as TimerEntry;
      if (child.deadline >= entry.deadline) break;
      heap[place] = child;
      child.position = place;
      place = below;
    }
    heap[place] = entry;
    entry.position = place;
  }
}

const queues = new WeakMap<Clock, TimerQueue>();

/** The queue of a clock: one for all pipelines that use it. */
export function timersOf(clock: Clock): TimerQueue {
  let queue = queues.get(clock);
  if (queue === undefined) {
    queue = new TimerQueue(clock, clock === systemClock ? setImmediate : (callback) => callback());
    queues.set(clock, queue);
  }
  return queue;
}
