import { toMilliseconds } from "@dext/core";
import type {
  ConfigNote,
  ConfigProvider,
  ConfigWatch,
  LoadContext,
  LoadedSource,
  WatchContext,
} from "../definition/provider.ts";
import { linkAbort } from "../remote/linked-abort.ts";
import { openConsul } from "./consul-client.ts";
import type { ConsulOptions } from "./consul-options.ts";
import { readSettings } from "./consul-settings.ts";
import { folderOf, keyPlaces } from "./key-places.ts";
import { KeysSource } from "./keys-source.ts";
import type { OpenConsul } from "./keys-source.ts";
import { overlaid, treeOfKeys } from "./tree-of-keys.ts";

/** Keys of Consul as a source: one place of keys for each context, laid over each other. */
export class ConsulProvider implements ConfigProvider {
  readonly #options: ConsulOptions;
  #sources: readonly KeysSource[] | undefined;
  #consul: Promise<OpenConsul> | undefined;

  constructor(options: ConsulOptions) {
    this.#options = options;
  }

  async load(context: LoadContext): Promise<LoadedSource | undefined> {
    const consul = await this.#open(context);
    const loaded = await this.#loadSources(consul, context);
    const present = loaded.filter((each) => each !== undefined);
    if (present.length === 0) return undefined;
    const prefix = folderOf(this.#options.prefix);
    return {
      tree: overlaid(
        present.map(({ tree }) => tree),
        { shape: context.shape, prefix },
      ),
      notes: present.flatMap(({ notes = [] }) => notes),
    };
  }

  watch(context: WatchContext): ConfigWatch {
    const watches = this.#sourcesIn(context).map((source) =>
      source.watch(() => this.#open(context), context),
    );
    return {
      async close() {
        for (const watch of watches) await watch.close();
      },
    };
  }

  /** When one fails, the requests of the others are ended: nobody waits for them any more. */
  async #loadSources(
    consul: OpenConsul,
    context: LoadContext,
  ): Promise<readonly (LoadedSource | undefined)[]> {
    const link = linkAbort(context.signal);
    const { signal } = link.controller;
    try {
      return await Promise.all(
        this.#sourcesIn(context).map((source) =>
          this.#loadSource(source, { consul, context: { ...context, signal } }),
        ),
      );
    } catch (error) {
      link.controller.abort(error);
      throw error;
    } finally {
      link.end();
    }
  }

  async #loadSource(
    source: KeysSource,
    { consul, context }: { consul: OpenConsul; context: LoadContext },
  ): Promise<LoadedSource | undefined> {
    const { format = "KEY_VALUE", secret = false } = this.#options;
    const { folder } = source.place;
    const { items, isFiltered } = await source.load(consul, context.signal);
    if (items === undefined) return undefined;
    const { shape } = context;
    const { tree, notes = [] } = await treeOfKeys(items, { prefix: folder, format, secret, shape });
    return { tree, notes: isFiltered ? [...notes, filtered(folder)] : notes };
  }

  #sourcesIn({ environment }: LoadContext): readonly KeysSource[] {
    const { wait = "5m", timeout = "10s" } = this.#options;
    const waits = { wait: toMilliseconds(wait), timeout: toMilliseconds(timeout) };
    this.#sources ??= keyPlaces(this.#options, environment).map((place) => new KeysSource(place, waits));
    return this.#sources;
  }

  /** Opened once; what failed is tried again. */
  #open(context: LoadContext): Promise<OpenConsul> {
    this.#consul ??= openWith(this.#options, context).catch((error: unknown) => {
      this.#consul = undefined;
      throw error;
    });
    return this.#consul;
  }
}

async function openWith(options: ConsulOptions, context: LoadContext): Promise<OpenConsul> {
  const settings = await readSettings(options, context);
  return { settings, client: await openConsul(settings, options) };
}

function filtered(folder: string): ConfigNote {
  return {
    message: `Consul left out keys below "${folder}" that the token may not read`,
    origin: { provider: "consul", location: folder },
  };
}
