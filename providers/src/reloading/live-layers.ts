import { configError } from "../config-error.ts";
import type { ConfigDefinition } from "../definition/define-config.ts";
import type { LoadContext } from "../definition/provider.ts";
import { isTransient, retryAfterOf } from "../definition/source-errors.ts";
import { retryPause } from "../loading/layer-source.ts";
import type { SourceStatus } from "../loading/layer-source.ts";
import { remakeLayer } from "../loading/start-layers.ts";
import type { StartedLayer } from "../loading/start-layers.ts";
import type { ObjectNode } from "../tree/config-tree.ts";
import type { ConfigEvent } from "./config.ts";

/** What the layers of a loaded configuration are kept with. */
export interface LiveLayersOptions {
  definition: ConfigDefinition;
  context: Omit<LoadContext, "signal">;
  layers: readonly StartedLayer[];
  /** Has a layer reloaded, after some milliseconds or once it is quiet. */
  request: (layer: number, milliseconds?: number) => void;
  tell: (event: ConfigEvent) => void;
}

/** The layers of a loaded configuration: watched, loaded again, made anew when their settings change. */
export class LiveLayers {
  readonly #options: LiveLayersOptions;
  readonly #layers: StartedLayer[];
  readonly #closing = new AbortController();
  /** Of each layer that does not answer: how often it was tried since it did. */
  readonly #attempts = new Map<number, number>();
  /** Of each layer whose settings have changed and that cannot be made of them: what was told of it last. */
  readonly #notRemade = new Map<number, { message: string; attempts: number }>();

  constructor(options: LiveLayersOptions) {
    this.#options = options;
    this.#layers = [...options.layers];
  }

  /** How each layer is doing, lowest first. */
  get statuses(): readonly SourceStatus[] {
    return this.#layers.map(({ source }) => source.status);
  }

  /** What the layers hold that have given something, lowest first. */
  get trees(): readonly ObjectNode[] {
    return this.#layers.map(({ source }) => source.tree).filter((tree) => tree !== undefined);
  }

  /** Their numbers. */
  get all(): readonly number[] {
    return [...this.#layers.keys()];
  }

  /** Aborted when they are closed. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /** Watches the layers that are to be watched, and tries those again that did not answer. */
  async watch(): Promise<void> {
    await Promise.all(this.all.map((at) => this.#watchLayer(at)));
  }

  /** Loads these layers again, and makes those anew whose settings have changed with them. Gives what went wrong. */
  async reload(dirty: readonly number[]): Promise<readonly Error[]> {
    const errors = await Promise.all(dirty.map((at) => this.#reloadLayer(at)));
    return [...errors.filter((each) => each !== undefined), ...(await this.#remakeDependents())];
  }

  /** Ends what is under way, and no new one begins. */
  abort(): void {
    this.#closing.abort(configError("DEXT_CONFIG_CLOSED", "The configuration was closed"));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#layers.map(({ source }) => source.close()));
  }

  async #watchLayer(at: number): Promise<void> {
    const started = this.#layers[at];
    if (started === undefined || !this.#isWatched(started)) return;
    await started.source.watch({
      onChange: () => this.#options.request(at),
      onError: (error) => this.#options.tell({ type: "failed", error, source: started.source.status }),
    });
    if (started.source.status.error !== undefined) this.#tryAgain(at, started.source.status.error);
  }

  #isWatched({ source }: StartedLayer): boolean {
    return source.layer.watch ?? this.#options.definition.watch;
  }

  async #reloadLayer(at: number): Promise<Error | undefined> {
    const source = this.#layers[at]?.source;
    if (source === undefined || this.#closing.signal.aborted) return undefined;
    const before = source.status.error;
    const error = await source.load(this.#closing.signal);
    if (this.#closing.signal.aborted) return undefined;
    if (error !== undefined) {
      // The same complaint again is no news.
      if (before?.message !== error.message)
        this.#options.tell({ type: "failed", error, source: source.status });
      this.#tryAgain(at, error);
    } else {
      this.#attempts.delete(at);
      if (before !== undefined) this.#options.tell({ type: "recovered", source: source.status });
    }
    return error;
  }

  /** A watch may not tell when a source answers again. */
  #tryAgain(at: number, error: Error): void {
    const started = this.#layers[at];
    if (!isTransient(error) || started === undefined || !this.#isWatched(started)) return;
    const attempt = (this.#attempts.get(at) ?? 0) + 1;
    this.#attempts.set(at, attempt);
    this.#requestAgain(at, { error, attempts: attempt });
  }

  #requestAgain(at: number, { error, attempts }: { error: Error; attempts: number }): void {
    const pause = retryPause(attempts + 2, this.#options.context.random);
    this.#options.request(at, Math.max(pause, retryAfterOf(error)));
  }

  /** Makes the layers anew whose settings have changed; gives what went wrong. */
  async #remakeDependents(): Promise<readonly Error[]> {
    const errors: Error[] = [];
    for (const at of this.#layers.keys()) {
      const error = await this.#remake(at).catch((thrown: unknown) => toError(thrown));
      if (this.#closing.signal.aborted) break;
      if (error !== undefined) errors.push(error);
      this.#tellOfRemake(at, error);
    }
    return errors;
  }

  /** One that cannot be loaded leaves that of the old settings in use. */
  async #remake(at: number): Promise<Error | undefined> {
    const remade = remakeLayer(this.#options.definition, {
      at,
      started: this.#layers,
      context: this.#options.context,
    });
    if (remade === undefined) return undefined;
    const error = await remade.source.load(this.#closing.signal);
    if (error !== undefined || this.#closing.signal.aborted) {
      await this.#giveUp(remade);
      return error;
    }
    const old = this.#layers[at];
    this.#layers[at] = remade;
    if (old !== undefined) await this.#giveUp(old);
    await this.#watchLayer(at);
    return undefined;
  }

  #tellOfRemake(at: number, error: Error | undefined): void {
    const before = this.#notRemade.get(at);
    const started = this.#layers[at];
    if (started === undefined) return;
    if (error === undefined) {
      this.#notRemade.delete(at);
      if (before !== undefined) this.#options.tell({ type: "recovered", source: started.source.status });
      return;
    }
    const attempts = (before?.attempts ?? 0) + 1;
    this.#notRemade.set(at, { message: error.message, attempts });
    if (before?.message !== error.message) {
      this.#options.tell({ type: "failed", error, source: started.source.status });
    }
    if (isTransient(error) && this.#isWatched(started)) this.#requestAgain(at, { error, attempts });
  }

  async #giveUp({ source }: StartedLayer): Promise<void> {
    try {
      await source.close();
    } catch (error) {
      const { provider, label } = source.layer;
      this.#options.context.logger.warn(`The source ${provider} "${label}" could not be closed`, { error });
    }
  }
}

/** What the code of a definition throws may be anything. */
function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
