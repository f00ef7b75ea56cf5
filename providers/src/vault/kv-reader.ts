import type { Origin } from "../tree/config-tree.ts";
import type { ReadSecret, VaultReader } from "./vault-reader.ts";
import { VaultRefusal } from "./vault-client.ts";
import type { VaultAnswer } from "./vault-client.ts";
import { vaultError } from "./vault-error.ts";
import { trimSlashes } from "./vault-options.ts";
import type { VaultSecretOptions } from "./vault-options.ts";
import { pathBelow, vaultPermissions } from "./vault-permissions.ts";
import type { SecretPlace } from "./vault-permissions.ts";
import { forbidden, isForbidden, withoutRoute } from "./vault-refusals.ts";
import type { VaultSession } from "./vault-session.ts";

/** What the metadata of one version says. */
interface VersionMetadata {
  readonly created_time?: unknown;
  readonly deletion_time?: unknown;
  readonly destroyed?: unknown;
  readonly version?: unknown;
}

/** Reads one secret of the key-value engine, in either version. */
export class KvReader implements VaultReader {
  readonly #options: VaultSecretOptions;
  readonly #session: VaultSession;
  readonly #now: () => number;
  #place: SecretPlace | undefined;
  /** Tells the state that was read last from others, without its values where the engine counts versions. */
  #mark: string | undefined;
  #missing = "there is no such secret";
  #metadataAllowed = true;

  constructor(options: VaultSecretOptions, { session, now }: { session: VaultSession; now: () => number }) {
    this.#options = options;
    this.#session = session;
    this.#now = now;
  }

  get missing(): string {
    return this.#missing;
  }

  async read(signal: AbortSignal): Promise<ReadSecret | undefined> {
    try {
      return await this.#read(signal);
    } catch (error) {
      // Read again until it succeeds, also when the secret is the same as before.
      this.#mark = undefined;
      throw error;
    }
  }

  async #read(signal: AbortSignal): Promise<ReadSecret | undefined> {
    const known = this.#place;
    const secret = await this.#readAt((this.#place ??= await this.#find(signal)), signal);
    if (secret !== undefined || known === undefined) return secret;
    // Another engine may have been put in its place.
    const found = (this.#place = await this.#find(signal));
    const isSame = found.mount === known.mount && found.kvVersion === known.kvVersion;
    return isSame ? undefined : this.#readAt(found, signal);
  }

  #readAt(place: SecretPlace, signal: AbortSignal): Promise<ReadSecret | undefined> {
    return place.kvVersion === 1 ? this.#readVersion1(place, signal) : this.#readVersion2(place, signal);
  }

  async hasChanged(signal: AbortSignal): Promise<boolean> {
    const before = this.#mark;
    const place = this.#place;
    if (place === undefined || before === undefined) return true;
    const mark = await this.#markNow(place, signal);
    return mark !== before;
  }

  async #markNow(place: SecretPlace, signal: AbortSignal): Promise<string> {
    const token = this.#session.held;
    if (place.kvVersion === 2 && this.#metadataAllowed) {
      try {
        return await this.#markOfMetadata(place, signal);
      } catch (error) {
        if (!isForbidden(error)) throw error;
      }
    }
    const before = this.#mark;
    await this.#readAt(place, signal);
    const mark = this.#mark ?? "";
    this.#mark = before;
    // The secret was readable by the same token, so it is a policy that keeps its metadata from it.
    this.#metadataAllowed = token !== this.#session.held;
    return mark;
  }

  /** One small answer, however large the secret is. */
  async #markOfMetadata({ mount, path }: SecretPlace, signal: AbortSignal): Promise<string> {
    try {
      const { data } = await this.#session.requestOnce({
        method: "GET",
        path: `${mount}/metadata/${path}`,
        signal,
      });
      const { current_version: current, versions } = data ?? {};
      const number = this.#options.version ?? Number(current);
      const metadata = (versions as Record<string, VersionMetadata> | undefined)?.[number];
      if (metadata === undefined) return absent;
      return this.#markOf({ ...metadata, version: number }, { isGone: this.#isGone(metadata) });
    } catch (error) {
      if (error instanceof VaultRefusal && error.status === 404) return absent;
      throw error;
    }
  }

  async #readVersion1({ mount, path }: SecretPlace, signal: AbortSignal): Promise<ReadSecret | undefined> {
    const location = `${mount}/${path}`;
    const answer = await this.#get(location, { signal });
    if (answer === undefined) return undefined;
    const values = answer.data ?? {};
    this.#mark = JSON.stringify(values);
    return { values, origin: { provider: "vault", location, details: { path: location } } };
  }

  async #readVersion2({ mount, path }: SecretPlace, signal: AbortSignal): Promise<ReadSecret | undefined> {
    const { version } = this.#options;
    const location = `${mount}/data/${path}`;
    const query = version === undefined ? "" : `?version=${version}`;
    const answer = await this.#get(location, { query, signal });
    if (answer === undefined) return undefined;
    const { data, metadata } = answer.data ?? {};
    const found = (metadata ?? {}) as VersionMetadata;
    const values = data as Readonly<Record<string, unknown>> | null | undefined;
    const isGone = values === null || values === undefined;
    this.#mark = this.#markOf(found, { isGone });
    if (isGone) return undefined;
    const number = Number(found.version ?? 0);
    const origin: Origin = {
      provider: "vault",
      location: `${location} (version ${number})`,
      details: { path: location, version: number },
    };
    return { values, origin };
  }

  /** Undefined when there is nothing, which 404 says in four ways. */
  async #get(
    path: string,
    { query = "", signal }: { query?: string; signal: AbortSignal },
  ): Promise<VaultAnswer | undefined> {
    try {
      return await this.#session.request({ method: "GET", path, query, signal });
    } catch (error) {
      if (isForbidden(error)) throw this.#forbidden(path, error);
      if (!(error instanceof VaultRefusal) || error.status !== 404) throw error;
      const { data, warnings, errors } = error.answer;
      const metadata = data?.["metadata"] as VersionMetadata | undefined;
      this.#mark = absent;
      if (metadata !== undefined) {
        // A version that was deleted, or is destroyed: its metadata are all that is left.
        this.#mark = this.#markOf(metadata, { isGone: true });
        const how =
          metadata.destroyed === true ? "destroyed" : `deleted at ${String(metadata.deletion_time)}`;
        this.#missing = `its version ${String(metadata.version)} was ${how}`;
        return undefined;
      }
      if (warnings?.some((each) => /versioned/i.test(each)) === true) {
        // Found out once more the next time: the engine may have been upgraded.
        this.#place = undefined;
        throw this.#otherVersion(path);
      }
      if (errors?.some((each) => /no handler for route/i.test(each)) === true)
        throw withoutRoute(path, error);
      this.#missing = "there is no such secret";
      return undefined;
    }
  }

  async #find(signal: AbortSignal): Promise<SecretPlace> {
    const { path, mount, kvVersion } = this.#options;
    if (mount !== undefined && trimSlashes(mount) === trimSlashes(path)) throw namesNoSecret(path);
    if (mount !== undefined && kvVersion !== undefined) {
      return { mount: trimSlashes(mount), path: pathBelow(path, mount), kvVersion };
    }
    const whole = mount === undefined ? trimSlashes(path) : `${trimSlashes(mount)}/${pathBelow(path, mount)}`;
    const found = await this.#askForMount(whole, signal);
    const { path: foundPath, type, options } = found.data ?? {};
    const foundMount = trimSlashes(String(foundPath));
    if (type !== "kv" && type !== "generic") {
      throw vaultError(
        "DEXT_CONFIG_VAULT_PATH_WRONG",
        `"${foundMount}" is a mount of "${String(type)}", wanted: "kv"`,
        {
          hint: 'Read credentials of other engines by "dynamic" instead of "path".',
          details: { mount: foundMount, type: String(type) },
        },
      );
    }
    if (foundMount === whole) throw namesNoSecret(whole);
    const version = (options as { version?: unknown } | null | undefined)?.version;
    return {
      mount: foundMount,
      path: pathBelow(whole, foundMount),
      kvVersion: kvVersion ?? (String(version) === "2" ? 2 : 1),
    };
  }

  async #askForMount(path: string, signal: AbortSignal): Promise<VaultAnswer> {
    try {
      return await this.#session.request({ method: "GET", path: `sys/internal/ui/mounts/${path}`, signal });
    } catch (error) {
      if (isForbidden(error)) throw this.#forbidden(path, error);
      if (error instanceof VaultRefusal && error.status === 404) throw withoutRoute(path, error);
      throw error;
    }
  }

  #forbidden(path: string, error: VaultRefusal): Error {
    const permissions = vaultPermissions(this.#options, { watch: true, place: this.#place });
    return forbidden(path, { error, permissions });
  }

  #otherVersion(path: string): Error {
    return vaultError(
      "DEXT_CONFIG_VAULT_PATH_WRONG",
      `"${path}" is a path of version 1 of the key-value engine, and the mount is of version 2`,
      { hint: 'Leave "kvVersion" out, or set it to 2.', details: { path } },
    );
  }

  #markOf({ version, created_time }: VersionMetadata, { isGone }: { isGone: boolean }): string {
    return `${String(version)} ${String(created_time)} ${isGone ? "gone" : "there"}`;
  }

  /** A time of deletion may lie in the future. */
  #isGone({ destroyed, deletion_time: deletion }: VersionMetadata): boolean {
    if (destroyed === true) return true;
    return typeof deletion === "string" && deletion !== "" && Date.parse(deletion) <= this.#now();
  }
}

const absent = "absent";

function namesNoSecret(path: string): Error {
  const mount = trimSlashes(path);
  return vaultError("DEXT_CONFIG_VAULT_PATH_WRONG", `"${mount}" is a mount, and names no secret in it`, {
    hint: `Give the mount and the name in it: "${mount}/…"; vault kv list ${mount} shows the names.`,
    details: { path: mount },
  });
}
