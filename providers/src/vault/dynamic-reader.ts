import type { Clock, Timer } from "@dext/core";
import type { LoadContext } from "../definition/provider.ts";
import { LifeKeeper } from "./life-keeper.ts";
import type { Life, Renewal } from "./life-keeper.ts";
import { linger, within } from "./time-limits.ts";
import { VaultRefusal } from "./vault-client.ts";
import type { VaultAnswer } from "./vault-client.ts";
import { trimSlashes } from "./vault-options.ts";
import type { VaultDynamicOptions } from "./vault-options.ts";
import { vaultPermissions } from "./vault-permissions.ts";
import type { ReadSecret, VaultReader } from "./vault-reader.ts";
import { forbidden, isForbidden, isGone, withoutRoute } from "./vault-refusals.ts";
import type { HeldToken } from "./held-token.ts";
import type { VaultSession } from "./vault-session.ts";

/** Credentials that Vault has made for us, with the lease that they hang on. */
interface Issued {
  /** `""`: nothing can be renewed or revoked. */
  readonly leaseId: string;
  readonly secret: ReadSecret;
  /** They die with the token that they were asked for with. */
  readonly token: HeldToken | undefined;
  /** Milliseconds that it was given; 0: it does not end. */
  readonly ttl: number;
  /** An account that others have too, and that Vault changes the password of. */
  readonly isRotated: boolean;
  keeper: Pick<LifeKeeper, "catchUp" | "close"> | undefined;
}

/** Vault looks every few seconds for passwords whose time is over: until it has, it gives the old one, with a `ttl` of 0. */
const overdue = 3_000;

/** What a {@link DynamicReader} takes. */
export interface DynamicReaderOptions {
  session: VaultSession;
  context: Pick<LoadContext, "clock" | "random">;
  /** Milliseconds. */
  grace: number;
}

/** Reads credentials that end: keeps their lease, and takes new ones in good time. */
export class DynamicReader implements VaultReader {
  readonly missing = "Vault gives nothing there";
  readonly #options: VaultDynamicOptions;
  readonly #session: VaultSession;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #grace: number;
  readonly #retired = new Map<Issued, Timer>();
  /** Those that are under way: close waits for them. */
  readonly #revocations = new Set<Promise<void>>();
  #issued: Issued | undefined;
  #pending: Promise<Issued> | undefined;
  #isDue = true;
  /** Called when others have to take the place of those that were read. */
  onDue: () => void = () => {};

  constructor(options: VaultDynamicOptions, { session, context, grace }: DynamicReaderOptions) {
    this.#options = options;
    this.#session = session;
    this.#clock = context.clock;
    this.#random = context.random;
    this.#grace = grace;
    session.onReplaced = () => this.#becomeDue();
  }

  /** The present credentials as long as they live: a reload of the configuration is no reason for others. */
  async read(signal: AbortSignal): Promise<ReadSecret> {
    const present = this.#issued;
    if (present !== undefined && !this.#isDue && (await this.#lives(present, signal))) return present.secret;
    const issued = await (this.#pending ??= this.#issue(signal).finally(() => (this.#pending = undefined)));
    return issued.secret;
  }

  /** What nobody tells the end of is read again each time, and passwords that may be changed at any time by hand. */
  hasChanged(): Promise<boolean> {
    const { keeper, isRotated = false } = this.#issued ?? {};
    this.#session.catchUp();
    keeper?.catchUp();
    return Promise.resolve(this.#isDue || isRotated || keeper === undefined);
  }

  async close(): Promise<void> {
    await this.#pending?.catch(() => {});
    const leases = [this.#issued, ...this.#retired.keys()].filter((each) => each !== undefined);
    for (const timer of this.#retired.values()) timer.clear();
    this.#retired.clear();
    this.#issued = undefined;
    for (const { keeper } of leases) keeper?.close();
    await Promise.all([...this.#revocations, ...leases.map((each) => this.#revoke(each))]);
  }

  async #issue(signal: AbortSignal): Promise<Issued> {
    const path = trimSlashes(this.#options.dynamic);
    // An answer that nobody hears would leave credentials behind: it gets a moment more.
    const limit = linger([signal, this.#session.closing], { clock: this.#clock, milliseconds: 1_000 });
    try {
      const { answer, token } = await this.#session.requestHeld({
        method: "GET",
        path,
        signal: limit.signal,
      });
      const issued = this.#accept(answer, { path, token });
      const before = this.#issued;
      this.#issued = issued;
      this.#isDue = false;
      if (before !== undefined) this.#retire(before);
      // Another token took its place meanwhile: they will die with this one.
      if (token.retired) this.#becomeDue();
      return issued;
    } catch (error) {
      if (isForbidden(error)) {
        throw forbidden(path, { error, permissions: vaultPermissions(this.#options, { watch: true }) });
      }
      if (error instanceof VaultRefusal && error.status === 404) throw withoutRoute(path, error);
      throw error;
    } finally {
      limit.release();
    }
  }

  #accept(answer: VaultAnswer, { path, token }: { path: string; token: HeldToken }): Issued {
    const { lease_id: leaseId = "", data } = answer;
    const values = data ?? {};
    const origin = {
      provider: "vault",
      location: leaseId === "" ? path : `${path} (lease ${leaseId})`,
      details: { path, ...(leaseId === "" ? {} : { lease: leaseId }) },
    };
    const life = lifeOf(answer);
    const issued: Issued = {
      leaseId,
      secret: { values, origin },
      token,
      ttl: life.ttl,
      isRotated: leaseId === "" && Object.hasOwn(values, "last_vault_rotation"),
      keeper: undefined,
    };
    if (!this.#session.closing.aborted) issued.keeper = this.#keep(issued, life);
    return issued;
  }

  #keep(issued: Issued, life: Life): Issued["keeper"] {
    const replace = (): void => {
      if (this.#issued === issued) this.#becomeDue();
    };
    if (issued.isRotated) {
      // Before that there is nothing else to read.
      const milliseconds = life.ttl === 0 ? overdue : life.ttl + 1_000;
      const timer = this.#clock.setTimer(replace, { milliseconds, unref: true });
      return { catchUp: () => undefined, close: () => timer.clear() };
    }
    if (life.ttl === 0) return undefined;
    return new LifeKeeper(life, {
      clock: this.#clock,
      random: this.#random,
      grace: this.#grace,
      renew: (signal) => this.#renew(issued, signal),
      replace,
    });
  }

  #becomeDue(): void {
    if (this.#issued === undefined) return;
    this.#isDue = true;
    this.onDue();
  }

  async #lives(issued: Issued, signal: AbortSignal): Promise<boolean> {
    if (issued.leaseId === "" || issued.token !== this.#session.held) return false;
    return (await this.#renew(issued, signal)) !== "gone";
  }

  async #renew({ leaseId, token }: Issued, signal: AbortSignal): Promise<Renewal> {
    const limit = within([signal, this.#session.closing], { clock: this.#clock, milliseconds: 10_000 });
    try {
      const body = { lease_id: leaseId };
      return lifeOf(
        await this.#session.requestOnce({
          method: "POST",
          path: "sys/leases/renew",
          body,
          signal: limit.signal,
        }),
      );
    } catch (error) {
      if (!(error instanceof VaultRefusal)) throw error;
      // 403 is a policy that does not allow it, or a token that has ended, and its leases with it.
      if (isForbidden(error) && token !== undefined && !(await this.#session.isAlive(token, signal)))
        return "gone";
      return isGone(error) ? "gone" : "refused";
    } finally {
      limit.release();
    }
  }

  /** Whoever uses the old ones has the grace period to change over. */
  #retire(issued: Issued): void {
    issued.keeper?.close();
    if (issued.leaseId === "") return;
    const revoke = (): void => {
      this.#retired.delete(issued);
      const revocation = this.#revoke(issued).finally(() => this.#revocations.delete(revocation));
      this.#revocations.add(revocation);
    };
    const milliseconds = issued.ttl === 0 ? this.#grace : Math.min(this.#grace, issued.ttl / 3);
    this.#retired.set(issued, this.#clock.setTimer(revoke, { milliseconds, unref: true }));
  }

  /** Where it fails, because a policy does not allow it, they live until their time is over or their token is revoked. */
  async #revoke({ leaseId, token }: Issued): Promise<void> {
    if (leaseId === "" || token === undefined) return;
    const limit = within([], { clock: this.#clock, milliseconds: 2_000 });
    try {
      await this.#session.revokeLease(leaseId, { token, signal: limit.signal });
    } catch {
      // See above.
    } finally {
      limit.release();
    }
  }
}

/** `ttl` in the data: of an account that Vault only changes the password of, when it does that next. */
function lifeOf({ lease_id: leaseId = "", lease_duration: seconds = 0, renewable, data }: VaultAnswer): Life {
  if (leaseId === "" && typeof data?.["ttl"] === "number")
    return { ttl: data["ttl"] * 1000, renewable: false };
  return { ttl: seconds * 1000, renewable: renewable === true && leaseId !== "" };
}
