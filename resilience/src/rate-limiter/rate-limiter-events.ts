/** A call was turned away. */
export interface RateLimitedEvent {
  key: string | undefined;
  /** Milliseconds until a permit can be expected; `undefined` when that depends on others' work. */
  retryAfter: number | undefined;
  /** How many wait already. */
  queued: number;
}

/** A call waits for a permit. */
export interface QueuedEvent {
  key: string | undefined;
  /** How many wait, this one included. */
  queued: number;
}
