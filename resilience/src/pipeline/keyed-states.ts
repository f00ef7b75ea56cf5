/** What a strategy remembers for each key. */
export interface KeyedState {
  /** Whether forgetting it changes nothing that a caller could notice. */
  isIdle(now: number): boolean;
}

/** How many busy states one insertion looks at, so that its cost stays bounded. */
const looks = 16;

/**
 * One state per key, made when first asked for. Above the limit, idle ones are forgotten: keys may come
 * from outside, and a map that only grows is a leak. Busy ones are kept, whatever the limit.
 */
export class KeyedStates<State extends KeyedState> {
  private readonly make: (key: string | undefined) => State;
  private readonly limit: number;
  private readonly states = new Map<string, State>();
  private unkeyed: State | undefined = undefined;

  constructor(make: (key: string | undefined) => State, limit: number) {
    this.make = make;
    this.limit = limit;
  }

  /** @param now for judging which states are idle, when there are too many. */
  get(key: string | undefined, now: number): State {
    if (key === undefined) return (this.unkeyed ??= this.make(undefined));
    const known = this.states.get(key);
    if (known !== undefined) return known;
    if (this.states.size >= this.limit) this.forgetIdle(now);
    const state = this.make(key);
    this.states.set(key, state);
    return state;
  }

  /** All states, in no particular order. */
  all(): State[] {
    return this.unkeyed === undefined ? [...this.states.values()] : [this.unkeyed, ...this.states.values()];
  }

  private forgetIdle(now: number): void {
    let looked = 0;
    for (const [key, state] of this.states) {
      this.states.delete(key);
      if (state.isIdle(now)) return;
      // To the end of the order, so that the next look begins elsewhere.
      this.states.set(key, state);
      if ((looked += 1) === looks) return;
    }
  }
}
