import type { Clock, Timer } from "@dext/core";
import type { HeldToken } from "./held-token.ts";
import { within } from "./time-limits.ts";
import type { VaultClient } from "./vault-client.ts";

/** What a {@link TokenRetirement} takes. */
export interface TokenRetirementOptions {
  client: VaultClient;
  clock: Clock;
  /** Milliseconds that a token lives on after another one has taken its place, because leases hang on it. */
  grace: number;
}

/** Tokens whose place others have taken: those of logins are revoked after a grace period. */
export class TokenRetirement {
  readonly #options: TokenRetirementOptions;
  readonly #retired = new Map<HeldToken, Timer>();
  /** Those that are under way: close waits for them. */
  readonly #revocations = new Set<Promise<void>>();

  constructor(options: TokenRetirementOptions) {
    this.#options = options;
  }

  /** Ends its renewals; one that was given is left alone otherwise. */
  retire(held: HeldToken): void {
    held.retired = true;
    held.keeper?.close();
    if (!held.own) return;
    const { grace, clock } = this.#options;
    const revoke = (): void => {
      this.#retired.delete(held);
      const revocation = this.#revoke(held).finally(() => this.#revocations.delete(revocation));
      this.#revocations.add(revocation);
    };
    const milliseconds = held.ttl === 0 ? grace : Math.min(grace, held.ttl / 3);
    this.#retired.set(held, clock.setTimer(revoke, { milliseconds, unref: true }));
  }

  /** Revokes all of them now, and the last one that was in use. */
  async close(last: HeldToken | undefined): Promise<void> {
    const tokens = [last, ...this.#retired.keys()].filter((each) => each?.own === true);
    for (const timer of this.#retired.values()) timer.clear();
    this.#retired.clear();
    await Promise.all([...this.#revocations, ...tokens.map((token) => this.#revoke(token))]);
  }

  /** Whether it works does not matter any more: then it lives until its time is over. */
  async #revoke(held: HeldToken | undefined): Promise<void> {
    if (held === undefined) return;
    const { client, clock } = this.#options;
    const limit = within([], { clock, milliseconds: 2_000 });
    const { signal } = limit;
    try {
      await client({ method: "POST", path: "auth/token/revoke-self", token: held.id, signal });
    } catch {
      // See above.
    } finally {
      limit.release();
    }
  }
}
