import type { Timer } from "@dext/core";
import type { LoadContext } from "../definition/provider.ts";
import { isTransient, retryAfterOf } from "../definition/source-errors.ts";
import { retryPause } from "../loading/layer-source.ts";
import { pause } from "../remote/watch-rounds.ts";
import { LifeKeeper } from "./life-keeper.ts";
import type { Renewal } from "./life-keeper.ts";
import { linger, within } from "./time-limits.ts";
import { VaultRefusal } from "./vault-client.ts";
import type { VaultAnswer, VaultClient, VaultRequest } from "./vault-client.ts";
import { vaultError } from "./vault-error.ts";
import type { VaultLogin } from "./vault-login.ts";

/** A token that is in use, or was until lately. */
export interface HeldToken {
  readonly id: string;
  readonly own: boolean;
  /** Milliseconds that it was given at first; 0: it does not end, or nobody has said so. */
  readonly ttl: number;
  keeper: LifeKeeper | undefined;
  /** A new login did not help against a 403: its policies do not allow something. */
  refused: boolean;
}

/** What a session takes. */
export interface VaultSessionOptions {
  client: VaultClient;
  login: VaultLogin;
  context: Pick<LoadContext, "clock" | "random" | "logger">;
  /** Milliseconds that a token lives on after another one has taken its place, because leases hang on it. */
  tokenGrace: number;
}

/** How long requests may take that nobody waits for, in milliseconds. */
const backgroundTimeout = 10_000;

/** Everything that is asked of Vault in the name of one layer: it logs in, stays logged in, and logs out. */
export class VaultSession {
  readonly #options: VaultSessionOptions;
  readonly #closing = new AbortController();
  readonly #retired = new Map<HeldToken, Timer>();
  /** Those that are under way: close waits for them. */
  readonly #revocations = new Set<Promise<void>>();
  #held: HeldToken | undefined;
  #pending: Promise<HeldToken> | undefined;
  /** Called when another token is in use: what hangs on the one before will die with it. */
  onReplaced: () => void = () => {};
  /** Called with what goes wrong while nobody waits. */
  onProblem: (error: unknown) => void = () => {};

  constructor(options: VaultSessionOptions) {
    this.#options = options;
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
    const { signal } = request;
    this.#closing.signal.throwIfAborted();
    const held = this.#held ?? (await this.#replace(undefined, signal));
    try {
      return await this.#options.client({ ...request, token: held.id });
    } catch (error) {
      if (!isForbidden(error)) throw error;
      const next = await this.#afterForbidden(held, signal);
      if (next === undefined) throw error;
      return await this.#sendAgain(request, next);
    }
  }

  /** The same without a new login, for what the token may well not be allowed to do. */
  async requestOnce(request: Omit<VaultRequest, "token">): Promise<VaultAnswer> {
    this.#closing.signal.throwIfAborted();
    const held = this.#held ?? (await this.#replace(undefined, request.signal));
    return this.#options.client({ ...request, token: held.id });
  }

  /** Whether a token is still one. */
  async isAlive(held: HeldToken, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#inBackground({ method: "GET", path: "auth/token/lookup-self", token: held.id }, signal);
      return true;
    } catch (error) {
      if (isForbidden(error)) return false;
      throw error;
    }
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
    const tokens = [this.#held, ...this.#retired.keys()]
      .filter((each) => each !== undefined)
      .filter(({ own }) => own);
    for (const [token, timer] of this.#retired) {
      timer.clear();
      token.keeper?.close();
    }
    this.#retired.clear();
    this.#held = undefined;
    await Promise.all([...this.#revocations, ...tokens.map((token) => this.#revoke(token))]);
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
      };
      this.#held = held;
      if (before !== undefined) this.#retire(before);
      if (life === undefined) void this.#lookUp(held);
      else this.#keep(held, life);
      if (before !== undefined && !this.#closing.signal.aborted) this.onReplaced();
      return held;
    } finally {
      limit.release();
    }
  }

  #keep(held: HeldToken, life: { ttl: number; renewable: boolean }): void {
    if (this.#closing.signal.aborted) return;
    const { clock, random } = this.#options.context;
    held.keeper = new LifeKeeper(life, {
      clock,
      random,
      grace: this.#options.tokenGrace,
      renew: (signal) => this.#renew(held, signal),
      replace: () => void this.#renewLogin(held),
    });
  }

  /** How long a token that was given lives is asked beside the reading; many policies allow it, none has to. */
  async #lookUp(held: HeldToken): Promise<void> {
    const { clock, random } = this.#options.context;
    for (let attempt = 1; !this.#closing.signal.aborted && this.#held === held; attempt += 1) {
      try {
        const { data } = await this.#inBackground({
          method: "GET",
          path: "auth/token/lookup-self",
          token: held.id,
        });
        this.#keep(held, { ttl: Number(data?.["ttl"] ?? 0) * 1000, renewable: data?.["renewable"] === true });
        return;
      } catch (error) {
        if (!isTransient(error)) return;
        const milliseconds = Math.max(retryPause(attempt + 2, random), retryAfterOf(error));
        await pause({ clock }, { milliseconds, signal: this.#closing.signal });
      }
    }
  }

  async #renew(held: HeldToken, signal: AbortSignal): Promise<Renewal> {
    try {
      const { auth } = await this.#inBackground(
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

  /** Logs in while the token may still be valid; tries again as long as Vault does not answer. */
  async #renewLogin(held: HeldToken): Promise<void> {
    const { clock, random } = this.#options.context;
    for (let attempt = 1; !this.#closing.signal.aborted && this.#held === held; attempt += 1) {
      const error = await this.#tryLogin(held);
      if (error === undefined || this.#closing.signal.aborted) return;
      if (!isTransient(error)) {
        this.#tell(error);
        return;
      }
      const milliseconds = Math.max(retryPause(attempt + 2, random), retryAfterOf(error));
      await pause({ clock }, { milliseconds, signal: this.#closing.signal });
    }
  }

  /** Gives what went wrong. */
  async #tryLogin(held: HeldToken): Promise<unknown> {
    const { clock } = this.#options.context;
    const limit = within([this.#closing.signal], { clock, milliseconds: backgroundTimeout });
    try {
      const next = await this.#replace(held, limit.signal);
      if (next === held) this.#tellOfEnd();
      return undefined;
    } catch (error) {
      return error;
    } finally {
      limit.release();
    }
  }

  #tellOfEnd(): void {
    this.#tell(
      vaultError(
        "DEXT_CONFIG_VAULT_TOKEN_ENDS",
        "The token that was given for Vault ends soon, and cannot be renewed",
        {
          hint: "Give another one, or let the service log in itself: by AppRole, or by its Kubernetes service account.",
        },
      ),
    );
  }

  #tell(error: unknown): void {
    this.#options.context.logger.warn(error instanceof Error ? error.message : String(error));
    this.onProblem(error);
  }

  #retire(held: HeldToken): void {
    held.keeper?.close();
    if (!held.own) return;
    const { tokenGrace, context } = this.#options;
    const revoke = (): void => {
      this.#retired.delete(held);
      const revocation = this.#revoke(held).finally(() => this.#revocations.delete(revocation));
      this.#revocations.add(revocation);
    };
    const milliseconds = held.ttl === 0 ? tokenGrace : Math.min(tokenGrace, held.ttl / 3);
    const timer = context.clock.setTimer(revoke, { milliseconds, unref: true });
    this.#retired.set(held, timer);
  }

  /** Whether it works does not matter any more: then it lives until its time is over. */
  async #revoke(held: HeldToken): Promise<void> {
    const limit = within([], { clock: this.#options.context.clock, milliseconds: 2_000 });
    try {
      await this.#options.client({
        method: "POST",
        path: "auth/token/revoke-self",
        token: held.id,
        signal: limit.signal,
      });
    } catch {
      // See above.
    } finally {
      limit.release();
    }
  }

  async #inBackground(
    request: Omit<VaultRequest, "signal">,
    signal = this.#closing.signal,
  ): Promise<VaultAnswer> {
    const { clock } = this.#options.context;
    const limit = within([signal, this.#closing.signal], { clock, milliseconds: backgroundTimeout });
    try {
      return await this.#options.client({ ...request, signal: limit.signal });
    } finally {
      limit.release();
    }
  }
}

/** Whether there is nothing left to renew. */
export function isGone(error: VaultRefusal): boolean {
  return error.status < 500 && /lease (?:not found|expired)|invalid lease/i.test(error.message);
}

/** Whether Vault does not allow something, or does not know the token. */
export function isForbidden(error: unknown): error is VaultRefusal {
  return error instanceof VaultRefusal && error.status === 403;
}
