import type { LoadContext } from "../definition/provider.ts";
import { isTransient, retryAfterOf } from "../definition/source-errors.ts";
import { retryPause } from "../loading/layer-source.ts";
import { pause } from "../remote/watch-rounds.ts";
import type { HeldToken } from "./held-token.ts";
import { linger, within } from "./time-limits.ts";
import { TokenRetirement } from "./token-retirement.ts";
import { backgroundTimeout, TokenUpkeep } from "./token-upkeep.ts";
import type { VaultAnswer, VaultClient, VaultRequest } from "./vault-client.ts";
import { vaultError } from "./vault-error.ts";
import type { VaultLogin } from "./vault-login.ts";
import { isForbidden } from "./vault-refusals.ts";

/** What a session takes. */
export interface VaultSessionOptions {
  client: VaultClient;
  login: VaultLogin;
  context: Pick<LoadContext, "clock" | "random" | "logger">;
  /** Milliseconds that a token lives on after another one has taken its place, because leases hang on it. */
  tokenGrace: number;
}

/** Everything that is asked of Vault in the name of one layer: it logs in, stays logged in, and logs out. */
export class VaultSession {
  readonly #options: VaultSessionOptions;
  readonly #closing = new AbortController();
  readonly #upkeep: TokenUpkeep;
  readonly #retirement: TokenRetirement;
  #held: HeldToken | undefined;
  #pending: Promise<HeldToken> | undefined;
  /** Called when another token is in use: what hangs on the one before will die with it. */
  onReplaced: () => void = () => {};
  /** Called with what goes wrong while nobody waits. */
  onProblem: (error: unknown) => void = () => {};
  /** Called when that is over. */
  onRecovered: () => void = () => {};

  constructor(options: VaultSessionOptions) {
    this.#options = options;
    const { client, context, tokenGrace: grace } = options;
    this.#retirement = new TokenRetirement({ client, clock: context.clock, grace });
    this.#upkeep = new TokenUpkeep({
      client,
      context,
      grace,
      closing: this.#closing.signal,
      onDue: (held) => void this.#renewLogin(held),
    });
  }

  /** The token in use; undefined before the first request. */
  get held(): HeldToken | undefined {
    return this.#held;
  }

  /** Aborted when the session is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Sends a request with the token; on a 403 logs in anew once and sends it once more. */
  async request(request: Omit<VaultRequest, "token">): Promise<VaultAnswer> {
    return (await this.requestHeld(request)).answer;
  }

  /** The same, with the token that has got the answer: leases hang on it. */
  async requestHeld(
    request: Omit<VaultRequest, "token">,
  ): Promise<{ answer: VaultAnswer; token: HeldToken }> {
    const { signal } = request;
    this.#closing.signal.throwIfAborted();
    const held = this.#held ?? (await this.#replace(undefined, signal));
    try {
      return { answer: await this.#options.client({ ...request, token: held.id }), token: held };
    } catch (error) {
      if (!isForbidden(error)) throw error;
      const next = await this.#afterForbidden(held, signal);
      if (next === undefined) throw error;
      return { answer: await this.#sendAgain(request, next), token: next };
    }
  }

  /** The same without a new login, for what the token may well not be allowed to do. */
  async requestOnce(request: Omit<VaultRequest, "token">): Promise<VaultAnswer> {
    this.#closing.signal.throwIfAborted();
    const held = this.#held ?? (await this.#replace(undefined, request.signal));
    return this.#options.client({ ...request, token: held.id });
  }

  /** Whether a token is still one. */
  isAlive(held: HeldToken, signal: AbortSignal): Promise<boolean> {
    return this.#upkeep.isAlive(held, signal);
  }

  /** Looks after the token now if that is overdue. */
  catchUp(): void {
    this.#held?.keeper?.catchUp();
  }

  /** Ends everything that is under way; only what {@link close} does comes after it. */
  stop(): void {
    this.#closing.abort();
    this.#held?.keeper?.close();
  }

  /** Revokes a lease of credentials that nobody uses any more. */
  async revokeLease(
    lease: string,
    { token, signal }: { token: HeldToken; signal: AbortSignal },
  ): Promise<void> {
    const body = { lease_id: lease };
    await this.#options.client({ method: "POST", path: "sys/leases/revoke", body, token: token.id, signal });
  }

  /** Stops, and revokes the tokens that logins gave. */
  async close(): Promise<void> {
    this.stop();
    await this.#pending?.catch(() => {});
    const last = this.#held;
    this.#held = undefined;
    await this.#retirement.close(last);
  }

  async #sendAgain(request: Omit<VaultRequest, "token">, held: HeldToken): Promise<VaultAnswer> {
    try {
      return await this.#options.client({ ...request, token: held.id });
    } catch (error) {
      if (isForbidden(error)) held.refused = true;
      throw error;
    }
  }

  /** Another token to try after a 403; undefined when there is none. */
  async #afterForbidden(held: HeldToken, signal: AbortSignal): Promise<HeldToken | undefined> {
    if (this.#held !== held && this.#held !== undefined) return this.#held;
    // A policy is missing, as was found before: logging in at each attempt would only fill Vault with tokens.
    if (held.refused && (await this.isAlive(held, signal))) return undefined;
    try {
      const next = await this.#replace(held, signal);
      return next === held ? undefined : next;
    } catch (error) {
      // No way to another token: what is wrong may be the policy all the same.
      if (isTransient(error) || !(await this.isAlive(held, signal))) throw error;
      return undefined;
    }
  }

  /** Logs in, once for all who ask meanwhile. Gives the same one when the token that was given has not changed. */
  async #replace(held: HeldToken | undefined, signal: AbortSignal): Promise<HeldToken> {
    this.#pending ??= this.#login(held, signal).finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  async #login(before: HeldToken | undefined, signal: AbortSignal): Promise<HeldToken> {
    const { login, context } = this.#options;
    // A login whose answer nobody hears leaves a token behind that nobody revokes: it gets a moment more.
    const limit = linger([signal, this.#closing.signal], { clock: context.clock, milliseconds: 1_000 });
    try {
      const { token, life } = await login.login(limit.signal);
      if (before?.id === token) return before;
      const held: HeldToken = {
        id: token,
        own: login.own,
        ttl: life?.ttl ?? 0,
        keeper: undefined,
        refused: false,
        retired: false,
      };
      this.#held = held;
      if (before !== undefined) this.#retirement.retire(before);
      this.#upkeep.begin(held, life);
      if (before !== undefined && !this.#closing.signal.aborted) this.onReplaced();
      return held;
    } finally {
      limit.release();
    }
  }

  /**
   * Logs in while the token may still be valid, and goes on trying until there is another one: what is refused now may be
   * taken in a minute, and what hangs on the token dies with it.
   */
  async #renewLogin(held: HeldToken): Promise<void> {
    const { clock, random } = this.#options.context;
    const closing = this.#closing.signal;
    let told: string | undefined;
    for (let attempt = 1; !closing.aborted && this.#held === held; attempt += 1) {
      const error = await this.#tryLogin(held);
      if (error === undefined || closing.aborted) break;
      const isPassing = isTransient(error);
      if (!isPassing && textOf(error) !== told) this.#tell(error);
      if (!isPassing) told = textOf(error);
      const milliseconds = isPassing
        ? Math.max(retryPause(attempt + 2, random), retryAfterOf(error))
        : refusedPause * (0.9 + random() / 5);
      await pause({ clock }, { milliseconds, signal: closing });
    }
    if (told !== undefined && !closing.aborted) this.onRecovered();
  }

  /** Gives what went wrong. */
  async #tryLogin(held: HeldToken): Promise<unknown> {
    const { clock } = this.#options.context;
    const limit = within([this.#closing.signal], { clock, milliseconds: backgroundTimeout });
    try {
      const next = await this.#replace(held, limit.signal);
      return next === held ? tokenEnds() : undefined;
    } catch (error) {
      return error;
    } finally {
      limit.release();
    }
  }

  #tell(error: unknown): void {
    this.#options.context.logger.warn(textOf(error));
    this.onProblem(error);
  }
}

/** Milliseconds before another login after one that was refused: nobody mends a role within seconds. */
const refusedPause = 60_000;

function tokenEnds(): Error {
  return vaultError(
    "DEXT_CONFIG_VAULT_TOKEN_ENDS",
    "The token that was given for Vault ends soon, and cannot be renewed",
    {
      hint: "Give another one, or let the service log in itself: by AppRole, or by its Kubernetes service account.",
    },
  );
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
