/** Who has to know that the caller gave up. */
export interface Follower {
  abortedByCaller(reason: unknown): void;
}

/**
 * The executions that one signal can end, behind one listener: thousands can share the signal of a process that
 * shuts down, and each leaves in constant time. Without executions there is no listener.
 */
class SignalFollowers {
  private readonly signal: AbortSignal;
  private readonly followers = new Set<Follower>();

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  add(follower: Follower): void {
    if (this.followers.size === 0) this.signal.addEventListener("abort", this);
    this.followers.add(follower);
  }

  delete(follower: Follower): void {
    if (this.followers.delete(follower) && this.followers.size === 0)
      this.signal.removeEventListener("abort", this);
  }

  /** Called by the signal. */
  handleEvent(): void {
    this.signal.removeEventListener("abort", this);
    const followers = [...this.followers];
    this.followers.clear();
    for (const follower of followers) follower.abortedByCaller(this.signal.reason);
  }
}

const followersOf = new WeakMap<AbortSignal, SignalFollowers>();

/** Tells `follower` once when `signal` aborts, until {@link unfollow}. */
export function follow(signal: AbortSignal, follower: Follower): void {
  let followers = followersOf.get(signal);
  if (followers === undefined) {
    followers = new SignalFollowers(signal);
    followersOf.set(signal, followers);
  }
  followers.add(follower);
}

export function unfollow(signal: AbortSignal, follower: Follower): void {
  followersOf.get(signal)?.delete(follower);
}
