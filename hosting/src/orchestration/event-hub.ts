import { systemClock } from "@dext/core";
import type { Clock } from "@dext/core";
import type { RunEvent } from "@dext/protocol";

type WithoutStamp<T> = T extends unknown ? Omit<T, "seq" | "time"> : never;

/** An event before it has its number and time. */
export type UnstampedEvent = WithoutStamp<RunEvent>;

/** The one place that every event of a run goes through. Readers can start after any event that is still kept. */
export class EventHub {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #listeners: Set<(event: RunEvent) => void> = new Set();
  #kept: RunEvent[] = [];
  #seq = 0;
  #isClosed = false;
  #wake: Set<() => void> = new Set();

  constructor(options: { clock?: Clock; limit?: number } = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#limit = options.limit ?? 10_000;
  }

  emit(event: UnstampedEvent): void {
    if (this.#isClosed) return;
    this.#seq += 1;
    const stamped = { seq: this.#seq, time: this.#clock.now(), ...event };
    this.#kept.push(stamped);
    // Trimmed in blocks, so that a full hub does not copy its array at every event.
    if (this.#kept.length > this.#limit * 1.2) this.#kept = this.#kept.slice(-this.#limit);
    for (const listener of this.#listeners) listener(stamped);
    for (const wake of this.#wake) wake();
  }

  /** Calls the listener for each new event; the function given back ends that. */
  subscribe(listener: (event: RunEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Every kept event after a number, then each new one until the hub is closed or the signal aborted. */
  async *read({
    after = 0,
    signal,
  }: { after?: number; signal?: AbortSignal } = {}): AsyncGenerator<RunEvent> {
    let last = after;
    while (!signal?.aborted) {
      for (const event of this.#kept.slice(indexAfter(this.#kept, last))) {
        last = event.seq;
        yield event;
        if (signal?.aborted) return;
      }
      if (this.#seq > last) continue;
      if (this.#isClosed) return;
      await this.#news(signal);
    }
  }

  /** Ends every reader after it has read what is there. */
  close(): void {
    this.#isClosed = true;
    for (const wake of this.#wake) wake();
  }

  #news(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wake.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      this.#wake.add(wake);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }
}

/** Sequence numbers have no gaps, so the place follows from the first one. */
function indexAfter(events: readonly RunEvent[], seq: number): number {
  const first = events[0]?.seq ?? 1;
  return Math.max(0, seq - first + 1);
}
