const slots = 10;

/**
 * Successes and failures of the last while, kept per tenth of it. A tenth that has left the window is forgotten
 * whenever the window is looked at, also after hours without a call.
 */
export class FailureWindow {
  successes = 0;
  failures = 0;
  private readonly slot: number;
  private readonly successesOf = new Float64Array(slots);
  private readonly failuresOf = new Float64Array(slots);
  private newest = Number.NEGATIVE_INFINITY;
  private place = 0;
  private slotEnd = Number.NEGATIVE_INFINITY;

  /** @param length milliseconds. */
  constructor(length: number) {
    this.slot = length / slots;
  }

  get throughput(): number {
    return this.successes + this.failures;
  }

  /** From 0 to 1; 0 when nothing was seen. */
  get failureRatio(): number {
    return this.throughput === 0 ? 0 : this.failures / this.throughput;
  }

  succeeded(now: number): void {
    const place = this.advance(now);
    this.successesOf[place] = (this.successesOf[place] as number) + 1;
    this.successes += 1;
  }

  failed(now: number): void {
    const place = this.advance(now);
    this.failuresOf[place] = (this.failuresOf[place] as number) + 1;
    this.failures += 1;
  }

  /** Forgets what has left the window, and gives the place of the present slot. */
  advance(now: number): number {
    if (now >= this.slotEnd) {
      const current = Math.floor(now / this.slot);
      for (let slot = Math.max(this.newest + 1, current - slots + 1); slot <= current; slot += 1) {
        if (slot >= 0) this.forget(slot % slots);
      }
      this.newest = current;
      this.place = current % slots;
      this.slotEnd = (current + 1) * this.slot;
    }
    return this.place;
  }

  clear(): void {
    for (let place = 0; place < slots; place += 1) this.forget(place);
  }

  private forget(place: number): void {
    this.successes -= this.successesOf[place] as number;
    this.failures -= this.failuresOf[place] as number;
    this.successesOf[place] = 0;
    this.failuresOf[place] = 0;
  }
}
