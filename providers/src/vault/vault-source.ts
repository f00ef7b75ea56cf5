import { toMilliseconds } from "@dext/core";
import { configError } from "../config-error.ts";
import type {
  ConfigProvider,
  ConfigWatch,
  LoadContext,
  LoadedSource,
  WatchContext,
} from "../definition/provider.ts";
import { pause } from "../remote/watch-rounds.ts";
import { parsePath } from "../tree/config-path.ts";
import { DynamicReader } from "./dynamic-reader.ts";
import { KvReader } from "./kv-reader.ts";
import { within } from "./time-limits.ts";
import { createVaultClient, VaultRefusal } from "./vault-client.ts";
import { vaultError } from "./vault-error.ts";
import { vaultLogin } from "./vault-login.ts";
import type { VaultLogin } from "./vault-login.ts";
import { trimSlashes } from "./vault-options.ts";
import type { VaultOptions } from "./vault-options.ts";
import type { VaultReader } from "./vault-reader.ts";
import { VaultSession } from "./vault-session.ts";
import { vaultSettings } from "./vault-settings.ts";
import { treeOfSecret } from "./vault-values.ts";

interface Opened {
  readonly session: VaultSession;
  readonly login: VaultLogin;
  readonly reader: VaultReader;
}

/** Vault as a source: the engine behind `vault()`. */
export class VaultSource implements ConfigProvider {
  readonly #options: VaultOptions;
  #opened: Promise<Opened> | undefined;
  #reader: VaultReader | undefined;
  #closed = false;
  #isWatched = false;
  #tellOfChange: () => void = () => {};
  #tellOfProblem: (error: unknown) => void = () => {};

  constructor(options: VaultOptions) {
    this.#options = options;
  }

  async load(context: LoadContext): Promise<LoadedSource | undefined> {
    const { login, reader } = await this.#open(context);
    try {
      const secret = await reader.read(context.signal);
      if (secret === undefined) return undefined;
      const { values, origin } = secret;
      return {
        tree: treeOfSecret(values, { at: parsePath(this.#options.at ?? ""), origin }),
        notes: login.notes,
      };
    } catch (error) {
      throw this.#asSourceError(error);
    }
  }

  missing(): Error {
    const place = trimSlashes(this.#options.path ?? this.#options.dynamic);
    return configError(
      "DEXT_CONFIG_SOURCE_MISSING",
      `Vault has nothing at "${place}": ${this.#reader?.missing ?? "there is no such secret"}`,
      {
        hint: missingHint(place, this.#options),
        details: { provider: "vault", label: place },
      },
    );
  }

  /** Asks for changes each interval, and has what needs replacing replaced. */
  watch(context: WatchContext): ConfigWatch {
    this.#isWatched = true;
    this.#tellOfChange = context.onChange;
    this.#tellOfProblem = context.onError;
    const closing = new AbortController();
    const ended = this.#poll(context, closing.signal);
    return {
      close: async () => {
        this.#tellOfChange = () => {};
        this.#tellOfProblem = () => {};
        closing.abort();
        await ended;
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const opened = await this.#opened?.catch(() => undefined);
    if (opened === undefined) return;
    const { session, reader } = opened;
    session.stop();
    await reader.close?.();
    await session.close();
  }

  async #poll(context: WatchContext, signal: AbortSignal): Promise<void> {
    const { clock, random } = context;
    const interval = toMilliseconds(this.#options.interval ?? "1m");
    while (!signal.aborted) {
      await pause(context, { milliseconds: interval * (0.9 + random() / 5), signal });
      if (signal.aborted) return;
      // A load that fails shows in the state of the source, is told once, and is tried again; so is one that finds nothing.
      if (await this.#hasChanged({ clock, signal })) context.onChange();
    }
  }

  async #hasChanged({ clock, signal }: Pick<LoadContext, "clock" | "signal">): Promise<boolean> {
    const limit = within([signal], { clock, milliseconds: toMilliseconds(this.#options.timeout ?? "10s") });
    try {
      return (await this.#reader?.hasChanged(limit.signal)) ?? true;
    } catch {
      return !signal.aborted;
    } finally {
      limit.release();
    }
  }

  #open(context: LoadContext): Promise<Opened> {
    this.#opened ??= this.#connect(context).catch((error: unknown) => {
      // A file that was not there, a library that is installed meanwhile.
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #connect(context: LoadContext): Promise<Opened> {
    const options = this.#options;
    const settings = await vaultSettings(options, context);
    const client = await createVaultClient(settings, context);
    const login = vaultLogin(settings, { client, context });
    const grace = toMilliseconds(options.grace ?? "5m");
    const session = new VaultSession({
      client,
      login,
      context,
      tokenGrace: options.dynamic === undefined ? 0 : grace,
    });
    session.onProblem = (error) => this.#tellOfProblem(error);
    // A load that succeeds tells that the source is back.
    session.onRecovered = () => this.#tellOfChange();
    const reader =
      options.dynamic === undefined
        ? new KvReader(options, { session, now: () => context.clock.now() })
        : this.#dynamicReader(new DynamicReader(options, { session, context, grace }), context);
    this.#reader = reader;
    if (this.#closed) throw new Error("The source was closed");
    return { session, login, reader };
  }

  #dynamicReader(reader: DynamicReader, { logger }: LoadContext): DynamicReader {
    reader.onDue = () => {
      if (this.#isWatched) this.#tellOfChange();
      else
        logger.warn(
          "Credentials of Vault end soon, and their layer is not watched, so others do not take their place",
        );
    };
    return reader;
  }

  #asSourceError(error: unknown): unknown {
    if (!(error instanceof VaultRefusal)) return error;
    const place = trimSlashes(this.#options.path ?? this.#options.dynamic);
    return vaultError(
      "DEXT_CONFIG_VAULT_ANSWER_INVALID",
      `Vault refuses to give "${place}" (${error.message})`,
      {
        hint: "The reason is Vault's own; its log may say more.",
        details: { path: place, status: error.status },
      },
    );
  }
}

function missingHint(place: string, { kvVersion }: VaultOptions): string {
  const bare = place.replace(/^(.+?)\/data\//, "$1/");
  if (bare !== place) return `Leave "data/" out of the path: "${bare}".`;
  const version = kvVersion === 2 ? ' If the mount is of version 1, leave "kvVersion" out.' : "";
  return `Write it (vault kv put), correct the path, or make the layer optional.${version}`;
}
