import type { ConfigNote } from "../definition/provider.ts";
import type { Origin } from "../tree/config-tree.ts";

/** What was read in one step. */
export interface ReadSecret {
  readonly values: Readonly<Record<string, unknown>>;
  readonly origin: Origin;
  readonly notes?: readonly ConfigNote[];
}

/** How one kind of secret is read. */
export interface VaultReader {
  /** Why there was nothing, the last time that there was nothing. */
  readonly missing: string;
  /** Undefined: there is nothing. */
  read(signal: AbortSignal): Promise<ReadSecret | undefined>;
  /** Whether a reading would give something else, asked as cheaply as can be. */
  hasChanged(signal: AbortSignal): Promise<boolean>;
  /** Gives up what it holds. */
  close?(): Promise<void>;
}
