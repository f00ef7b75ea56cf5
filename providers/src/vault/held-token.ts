import type { LifeKeeper } from "./life-keeper.ts";

/** A token that is in use, or was until lately. */
export interface HeldToken {
  readonly id: string;
  readonly own: boolean;
  /** Milliseconds that it was given at first; 0: it does not end, or nobody has said so. */
  readonly ttl: number;
  keeper: LifeKeeper | undefined;
  /** A new login did not help against a 403: its policies do not allow something. */
  refused: boolean;
  /** Another one has taken its place. */
  retired: boolean;
}
