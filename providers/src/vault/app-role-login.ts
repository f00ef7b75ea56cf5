import type { ConfigNote, LoadContext } from "../definition/provider.ts";
import { VaultRefusal } from "./vault-client.ts";
import type { VaultAnswer, VaultClient } from "./vault-client.ts";
import { vaultError } from "./vault-error.ts";
import { asLoginError, loginResult, mountName } from "./vault-login.ts";
import type { LoginResult, VaultLogin } from "./vault-login.ts";
import type { VaultAppRole } from "./vault-options.ts";
import { readTrimmed, revealed } from "./vault-settings.ts";

/** A secret id, with how often it can log in as far as that is known; 0: without end. */
interface SecretId {
  readonly value: string | undefined;
  readonly uses: number | undefined;
}

/**
 * Logs in by a role id and a secret id. Looks ahead, too: a secret id may be good for one login only, and then the service
 * stops being able to read when its token comes to its end, which may be a month later.
 */
export class AppRoleLogin implements VaultLogin {
  readonly own = true;
  readonly #role: VaultAppRole;
  readonly #client: VaultClient;
  readonly #context: Pick<LoadContext, "directory" | "logger">;
  readonly #mount: string;
  #unwrapped: SecretId | undefined;
  #logins = 0;
  #notes: readonly ConfigNote[] = [];

  constructor(
    role: VaultAppRole,
    { client, context }: { client: VaultClient; context: Pick<LoadContext, "directory" | "logger"> },
  ) {
    this.#role = role;
    this.#client = client;
    this.#context = context;
    this.#mount = mountName(role.mount, "approle");
  }

  get notes(): readonly ConfigNote[] {
    return this.#notes;
  }

  async login(signal: AbortSignal): Promise<LoginResult> {
    // One that comes from a file may be another one by now.
    if (this.#notes.length > 0 && this.#role.secretIdFile === undefined) throw this.#spent();
    const secretId = await this.#secretId(signal);
    const path = `auth/${this.#mount}/login`;
    let answer: VaultAnswer;
    try {
      const secret = secretId.value === undefined ? {} : { secret_id: secretId.value };
      answer = await this.#client({
        method: "POST",
        path,
        body: { role_id: this.#role.roleId, ...secret },
        signal,
      });
    } catch (error) {
      const isRefusal = error instanceof VaultRefusal && error.status < 404;
      if (isRefusal && this.#logins > 0) throw this.#spent();
      throw asLoginError(error, {
        path,
        hint: 'Look at the role_id, whether the secret_id is used up or expired, and by "vault auth list" whether the method is there.',
      });
    }
    const result = loginResult(answer, path);
    this.#logins += 1;
    if (await this.#isSpent(secretId, { answer, signal })) this.#predict();
    return result;
  }

  async #secretId(signal: AbortSignal): Promise<SecretId> {
    const { secretId, secretIdFile, wrappedSecretId } = this.#role;
    if (secretId !== undefined) return { value: revealed(secretId).trim(), uses: undefined };
    if (secretIdFile !== undefined) {
      const { directory } = this.#context;
      const value = await readTrimmed(secretIdFile, { directory, what: "The secret_id for Vault" });
      return { value, uses: undefined };
    }
    if (wrappedSecretId === undefined) return { value: undefined, uses: 0 };
    return (this.#unwrapped ??= await this.#unwrap(revealed(wrappedSecretId).trim(), signal));
  }

  /** Whoever has made the wrapping token must have made it from a secret id: another one could hold anything. */
  async #unwrap(token: string, signal: AbortSignal): Promise<SecretId> {
    try {
      const { data: wrapping } = await this.#client({
        method: "POST",
        path: "sys/wrapping/lookup",
        body: { token },
        signal,
      });
      const creationPath = String(wrapping?.["creation_path"]);
      const isSecretId =
        creationPath.startsWith(`auth/${this.#mount}/role/`) && /\/(?:custom-)?secret-id$/.test(creationPath);
      if (!isSecretId) throw this.#notWrapped(`it was made at "${creationPath}", which gives no secret_id`);
      const { data } = await this.#client({ method: "POST", path: "sys/wrapping/unwrap", token, signal });
      const { secret_id: value, secret_id_num_uses: uses } = data ?? {};
      if (typeof value !== "string") throw this.#notWrapped("it holds no secret_id");
      return { value, uses: typeof uses === "number" ? uses : undefined };
    } catch (error) {
      if (error instanceof VaultRefusal) throw this.#notWrapped(error.message);
      throw error;
    }
  }

  /** Whether no other login is possible by this secret id; false when nobody says. */
  async #isSpent(
    { value, uses }: SecretId,
    { answer, signal }: { answer: VaultAnswer; signal: AbortSignal },
  ): Promise<boolean> {
    if (uses !== undefined) return uses > 0 && this.#logins >= uses;
    if (this.#logins > 1 || value === undefined) return false;
    const { metadata, client_token: token } = answer.auth ?? {};
    const role = (metadata as { role_name?: unknown } | null | undefined)?.role_name;
    if (typeof role !== "string") return false;
    try {
      const { data } = await this.#client({
        method: "POST",
        path: `auth/${this.#mount}/role/${role}/secret-id/lookup`,
        body: { secret_id: value },
        token: String(token),
        signal,
      });
      return data === undefined || data === null;
    } catch {
      // Most policies do not allow it. Then it is found out when it happens.
      return false;
    }
  }

  #predict(): void {
    const message =
      "The secret_id of Vault was good for one login and is used up: when the token of this login ends for good, " +
      "the values can no longer be refreshed";
    this.#notes = [{ message, origin: { provider: "vault", location: `auth/${this.#mount}/login` } }];
    this.#context.logger.warn(message, { mount: this.#mount });
  }

  #spent(): Error {
    return vaultError(
      "DEXT_CONFIG_VAULT_SECRET_ID_SPENT",
      `The secret_id for "auth/${this.#mount}/login" has logged in before and cannot again: it is used up, expired or destroyed`,
      {
        hint: 'Start the service with a new one, or give its role "secret_id_num_uses=0" and a "secret_id_ttl" to its life.',
        details: { mount: this.#mount },
      },
    );
  }

  #notWrapped(reason: string): Error {
    return vaultError(
      "DEXT_CONFIG_VAULT_LOGIN_REFUSED",
      `The wrapped secret_id for "auth/${this.#mount}/login" cannot be unwrapped: ${reason}`,
      {
        hint: "A wrapping token can be used once, within its time. If nobody of yours has used it, somebody else has: look into it.",
        details: { mount: this.#mount },
      },
    );
  }
}
