import { isDextError, sleep, toMilliseconds } from "@dext/core";
import { configError } from "../config-error.ts";
import type {
  ConfigLayer,
  ConfigNote,
  ConfigProvider,
  ConfigWatch,
  LoadContext,
  LoadedSource,
} from "../definition/provider.ts";
import { isTransient, retryAfterOf } from "../definition/source-errors.ts";
import type { ObjectNode } from "../tree/config-tree.ts";

/**
 * How a source is doing: `READY` what it holds is in use; `STALE` what it held before is in use, because it does not answer
 * or holds something broken; `ERROR` it has given nothing yet and is tried again; `FATAL` it has given nothing and trying
 * again is of no use.
 */
export type SourceState = "READY" | "STALE" | "ERROR" | "FATAL";

/** How one layer is doing. */
export interface SourceStatus {
  /** `file`, `env`, `vault` … */
  readonly provider: string;
  readonly label: string;
  readonly state: SourceState;
  /** The source is not there, and need not be. */
  readonly absent: boolean;
  /** What went wrong the last time; absent when nothing did. */
  readonly error?: Error;
  readonly notes: readonly ConfigNote[];
  /** Milliseconds since 1970 of the last good load. */
  readonly loadedAt?: number;
}

/** One layer of a loaded configuration: its provider, what it gave last, and how it is doing. */
export class LayerSource {
  readonly layer: ConfigLayer;
  readonly #provider: ConfigProvider;
  readonly #context: Omit<LoadContext, "signal">;
  readonly #closing = new AbortController();
  #loaded: LoadedSource | undefined;
  #state: SourceState = "ERROR";
  #error: Error | undefined;
  #loadedAt: number | undefined;
  #watch: ConfigWatch | undefined;

  constructor(layer: ConfigLayer, context: Omit<LoadContext, "signal">) {
    this.layer = layer;
    this.#context = context;
    this.#provider = layer.create();
  }

  /** What it gave last; undefined while it has given nothing. */
  get tree(): ObjectNode | undefined {
    return this.#loaded?.tree;
  }

  get status(): SourceStatus {
    const { provider, label } = this.layer;
    return {
      provider,
      label,
      state: this.#state,
      absent: this.#state === "READY" && this.#loaded === undefined,
      ...(this.#error === undefined ? {} : { error: this.#error }),
      notes: this.#loaded?.notes ?? [],
      ...(this.#loadedAt === undefined ? {} : { loadedAt: this.#loadedAt }),
    };
  }

  /**
   * Loads for the first time. A required source that does not answer is tried again, with growing pauses, until `budget`
   * milliseconds are over; an optional one once.
   */
  async start({ budget, signal }: { budget: number; signal: AbortSignal }): Promise<void> {
    const { clock, random } = this.#context;
    const begin = clock.monotonic();
    for (let attempt = 1; ; attempt += 1) {
      const error = await this.load(signal);
      if (error === undefined || (this.layer.optional === true && isTransient(error))) return;
      const pause = Math.max(retryPause(attempt, random), retryAfterOf(error));
      const left = budget - (clock.monotonic() - begin);
      if (!isTransient(error) || signal.aborted || pause > left) throw afterAttempts(error, attempt);
      await sleep(pause, { signal, clock });
    }
  }

  /** Loads once. Gives the error instead of throwing it: what was loaded before stays in use. */
  async load(signal: AbortSignal): Promise<Error | undefined> {
    try {
      const loaded = await this.#loadInTime(signal);
      if (loaded === undefined && this.layer.optional !== true) {
        throw this.#provider.missing?.(this.#context) ?? missing(this.layer);
      }
      this.#loaded = loaded;
      this.#state = "READY";
      this.#error = undefined;
      this.#loadedAt = this.#context.clock.now();
      return undefined;
    } catch (error) {
      return this.#fail(error);
    }
  }

  /**
   * Begins to watch, where the source can be watched. A watch that fails makes the source STALE until the next good load;
   * the same complaint again is not told.
   */
  async watch({
    onChange,
    onError,
  }: {
    onChange: () => void;
    onError: (error: Error) => void;
  }): Promise<void> {
    try {
      this.#watch = await this.#provider.watch?.({
        ...this.#context,
        signal: this.#closing.signal,
        onChange,
        onError: (error) => {
          const before = this.#error?.message;
          const failure = this.#fail(error);
          if (failure.message !== before) onError(failure);
        },
      });
    } catch (error) {
      onError(this.#fail(error));
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(closed());
    await this.#watch?.close();
    await this.#provider.close?.();
  }

  async #loadInTime(signal: AbortSignal): Promise<LoadedSource | undefined> {
    const { clock } = this.#context;
    const timeout = toMilliseconds(this.layer.timeout ?? "10s");
    // One controller for each load, whose listeners are taken off again: signals of `AbortSignal.any` stay with the
    // long-lived ones that they were made from.
    const load = new AbortController();
    const released = [signal, this.#closing.signal].map((each) => forward(each, load));
    const timer = clock.setTimer(() => load.abort(timedOut(this.layer, timeout)), { milliseconds: timeout });
    try {
      load.signal.throwIfAborted();
      return await Promise.race([
        this.#provider.load({ ...this.#context, signal: load.signal }),
        rejection(load.signal),
      ]);
    } catch (error) {
      // A provider that heeds the signal fails in its own words; the reason is what happened.
      throw load.signal.aborted ? load.signal.reason : error;
    } finally {
      timer.clear();
      for (const release of released) release();
    }
  }

  #fail(error: unknown): Error {
    this.#error = this.#toError(error);
    if (this.#loaded !== undefined) this.#state = "STALE";
    else this.#state = isTransient(error) ? "ERROR" : "FATAL";
    return this.#error;
  }

  #toError(error: unknown): Error {
    if (isDextError(error)) return error;
    const { provider, label } = this.layer;
    const reason = error instanceof Error ? error.message : String(error);
    return configError("DEXT_CONFIG_SOURCE_FAILED", `The source ${provider} "${label}" failed: ${reason}`, {
      hint: "The error below is its own.",
      cause: error,
      details: { provider, label },
    });
  }
}

/** 0.1 to 0.2 s before the second attempt, twice as much before each that follows, 10 s at most. */
export function retryPause(attempt: number, random: () => number): number {
  return Math.min(10_000, 200 * 2 ** (attempt - 1)) * (0.5 + random() / 2);
}

/** Aborts one when the other is; gives the function that ends it. */
function forward(signal: AbortSignal, controller: AbortController): () => void {
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return () => signal.removeEventListener("abort", abort);
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

function afterAttempts(error: Error, attempts: number): Error {
  if (attempts === 1 || !isDextError(error)) return error;
  return configError("DEXT_CONFIG_SOURCE_UNAVAILABLE", `${error.message} (tried ${attempts} times)`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
    details: { ...error.details, attempts },
  });
}

function missing({ provider, label }: ConfigLayer): Error {
  return configError("DEXT_CONFIG_SOURCE_MISSING", `The source ${provider} "${label}" is not there`, {
    hint: "Make it, or make the layer optional.",
    details: { provider, label },
  });
}

function timedOut({ provider, label }: ConfigLayer, timeout: number): Error {
  return configError(
    "DEXT_CONFIG_SOURCE_TIMEOUT",
    `The source ${provider} "${label}" did not answer within ${timeout} ms`,
    { hint: 'Look why it is slow, or raise the layer\'s "timeout".', details: { provider, label, timeout } },
  );
}

function closed(): Error {
  return configError("DEXT_CONFIG_CLOSED", "The configuration was closed");
}
