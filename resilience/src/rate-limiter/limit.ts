/** How many may pass, and when. All times are milliseconds on the monotonic clock. */
export interface Limit {
  /** Takes a permit if there is one. */
  take(now: number): boolean;
  /** Milliseconds until the `count`-th permit from now can be taken, if nobody else comes; `Infinity` when nobody knows. */
  delay(count: number, now: number): number;
  /** Whether permits have to be given back. */
  readonly returns: boolean;
  giveBack(): void;
  /** Whether it is as if it had never been used. */
  isFull(now: number): boolean;
}

/** At most so many at once. */
export class ConcurrencyLimit implements Limit {
  readonly returns = true;
  private readonly permits: number;
  private taken = 0;

  constructor(permits: number) {
    this.permits = permits;
  }

  take(): boolean {
    if (this.taken >= this.permits) return false;
    this.taken += 1;
    return true;
  }

  delay(): number {
    return Number.POSITIVE_INFINITY;
  }

  giveBack(): void {
    this.taken -= 1;
  }

  isFull(): boolean {
    return this.taken === 0;
  }
}

/** A bucket that fills evenly. */
export class TokenBucket implements Limit {
  readonly returns = false;
  private readonly capacity: number;
  /** Milliseconds for one permit. */
  private readonly interval: number;
  private tokens: number;
  private filledAt: number;

  constructor({
    permits,
    refill,
    every,
    now,
  }: {
    permits: number;
    refill: number;
    every: number;
    now: number;
  }) {
    this.capacity = permits;
    this.interval = every / refill;
    this.tokens = permits;
    this.filledAt = now;
  }

  take(now: number): boolean {
    this.fill(now);
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  delay(count: number, now: number): number {
    this.fill(now);
    // As in `fill`: 13.000000000000002 is 13.
    return Math.max(0, Math.ceil((count - this.tokens) * this.interval - 1e-6));
  }

  giveBack(): void {
    // A token is spent for good.
  }

  isFull(now: number): boolean {
    this.fill(now);
    return this.tokens >= this.capacity;
  }

  private fill(now: number): void {
    const filled = this.tokens + (now - this.filledAt) / this.interval;
    // Sums of fractions miss whole numbers by a hair; a permit that was promised for now must be there.
    const whole = Math.round(filled);
    this.tokens = Math.min(this.capacity, Math.abs(filled - whole) < 1e-6 ? whole : filled);
    this.filledAt = now;
  }
}

/** So many per window. */
export class FixedWindow implements Limit {
  readonly returns = false;
  private readonly permits: number;
  private readonly length: number;
  private start = Number.NEGATIVE_INFINITY;
  private used = 0;

  constructor({ permits, window }: { permits: number; window: number }) {
    this.permits = permits;
    this.length = window;
  }

  take(now: number): boolean {
    this.advance(now);
    if (this.used >= this.permits) return false;
    this.used += 1;
    return true;
  }

  delay(count: number, now: number): number {
    this.advance(now);
    const over = count - (this.permits - this.used);
    if (over <= 0) return 0;
    const windows = Math.ceil(over / this.permits);
    return Math.ceil(this.start + windows * this.length - now);
  }

  giveBack(): void {
    // What was used in a window stays used.
  }

  isFull(now: number): boolean {
    return this.used === 0 || now >= this.start + this.length;
  }

  /** A window that nobody used does not begin: the first call begins the next one. */
  private advance(now: number): void {
    if (now < this.start + this.length) return;
    this.start = now;
    this.used = 0;
  }
}

/** So many within any window, counted in segments. */
export class SlidingWindow implements Limit {
  readonly returns = false;
  private readonly permits: number;
  private readonly segment: number;
  private readonly counts: Float64Array;
  private newest = Number.NEGATIVE_INFINITY;
  private used = 0;

  constructor({ permits, window, segments }: { permits: number; window: number; segments: number }) {
    this.permits = permits;
    this.segment = window / segments;
    this.counts = new Float64Array(segments);
  }

  take(now: number): boolean {
    this.advance(now);
    if (this.used >= this.permits) return false;
    this.used += 1;
    const place = this.newest % this.counts.length;
    this.counts[place] = (this.counts[place] as number) + 1;
    return true;
  }

  delay(count: number, now: number): number {
    this.advance(now);
    let over = count - (this.permits - this.used);
    if (over <= 0) return 0;
    const { length } = this.counts;
    // What is beyond a whole window's permits waits for that many windows more.
    const rounds = Math.ceil(over / this.permits) - 1;
    over -= rounds * this.permits;
    for (let age = length - 1; age >= 0; age -= 1) {
      const segment = this.newest - age;
      over -= this.counts[((segment % length) + length) % length] as number;
      if (over <= 0) return Math.ceil((segment + length + rounds * length) * this.segment - now);
    }
    return Math.ceil((this.newest + length + rounds * length) * this.segment - now);
  }

  giveBack(): void {
    // What was used stays used until its segment has left the window.
  }

  isFull(now: number): boolean {
    this.advance(now);
    return this.used === 0;
  }

  private advance(now: number): void {
    const current = Math.floor(now / this.segment);
    if (current <= this.newest) return;
    const { length } = this.counts;
    for (let segment = Math.max(this.newest + 1, current - length + 1); segment <= current; segment += 1) {
      const place = ((segment % length) + length) % length;
      this.used -= this.counts[place] as number;
      this.counts[place] = 0;
    }
    this.newest = current;
  }
}
