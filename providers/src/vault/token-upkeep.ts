import type { LoadContext } from "../definition/provider.ts";
import { isTransient, retryAfterOf } from "../definition/source-errors.ts";
import { retryPause } from "../loading/layer-source.ts";
import { pause } from "../remote/watch-rounds.ts";
import type { HeldToken } from "./held-token.ts";
import { LifeKeeper } from "./life-keeper.ts";
import type { Life, Renewal } from "./life-keeper.ts";
import { within } from "./time-limits.ts";
import { VaultRefusal } from "./vault-client.ts";
import type { VaultAnswer, VaultClient, VaultRequest } from "./vault-client.ts";
import { isForbidden, isGone } from "./vault-refusals.ts";

/** What a {@link TokenUpkeep} takes. */
export interface TokenUpkeepOptions {
  client: VaultClient;
  context: Pick<LoadContext, "clock" | "random">;
  /** Milliseconds that are to be left of a token when another one takes its place. */
  grace: number;
  /** Aborted when the session is closed. */
  closing: AbortSignal;
  /** Another token has to take the place of this one. */
  onDue: (held: HeldToken) => void;
}

/** How long requests may take that nobody waits for, in milliseconds. */
export const backgroundTimeout = 10_000;

/** Keeps tokens alive, beside the requests that they are used for. */
export class TokenUpkeep {
  readonly #options: TokenUpkeepOptions;

  constructor(options: TokenUpkeepOptions) {
    this.#options = options;
  }

  /** Renews it, or has it replaced, in good time. How long one lives that was given is not known: it is asked. */
  begin(held: HeldToken, life: Life | undefined): void {
    if (life === undefined) void this.#lookUp(held);
    else this.#keep(held, life);
  }

  /** Whether a token is still one. */
  async isAlive(held: HeldToken, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#ask({ method: "GET", path: "auth/token/lookup-self", token: held.id }, signal);
      return true;
    } catch (error) {
      if (isForbidden(error)) return false;
      throw error;
    }
  }

  #keep(held: HeldToken, life: Life): void {
    const { context, grace, closing, onDue } = this.#options;
    if (closing.aborted) return;
    held.keeper = new LifeKeeper(life, {
      clock: context.clock,
      random: context.random,
      grace,
      renew: (signal) => this.#renew(held, signal),
      replace: () => onDue(held),
    });
  }

  /** Many policies allow it, none has to. */
  async #lookUp(held: HeldToken): Promise<void> {
    const { context, closing } = this.#options;
    for (let attempt = 1; !closing.aborted && !held.retired; attempt += 1) {
      try {
        const { data } = await this.#ask({
          method: "GET",
          path: "auth/token/lookup-self",
          token: held.id,
        });
        if (!held.retired)
          this.#keep(held, {
            ttl: Number(data?.["ttl"] ?? 0) * 1000,
            renewable: data?.["renewable"] === true,
          });
        return;
      } catch (error) {
        if (!isTransient(error)) return;
        const milliseconds = Math.max(retryPause(attempt + 2, context.random), retryAfterOf(error));
        await pause(context, { milliseconds, signal: closing });
      }
    }
  }

  async #renew(held: HeldToken, signal: AbortSignal): Promise<Renewal> {
    try {
      const { auth } = await this.#ask(
        { method: "POST", path: "auth/token/renew-self", token: held.id, body: {} },
        signal,
      );
      return { ttl: Number(auth?.["lease_duration"] ?? 0) * 1000, renewable: auth?.["renewable"] === true };
    } catch (error) {
      if (!(error instanceof VaultRefusal)) throw error;
      if (isGone(error)) return "gone";
      // 403 is both: a token that is no more, and a policy that does not allow it.
      if (error.status === 403 && !(await this.isAlive(held, signal))) return "gone";
      return "refused";
    }
  }

  async #ask(request: Omit<VaultRequest, "signal">, signal = this.#options.closing): Promise<VaultAnswer> {
    const { client, context, closing } = this.#options;
    const limit = within([signal, closing], { clock: context.clock, milliseconds: backgroundTimeout });
    try {
      return await client({ ...request, signal: limit.signal });
    } finally {
      limit.release();
    }
  }
}
