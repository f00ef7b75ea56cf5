import type { Clock, Timer } from "@dext/core";
import { configError } from "../config-error.ts";

/** What a schedule is made from. */
export interface ReloadScheduleOptions {
  clock: Clock;
  /** Milliseconds of quiet before a reload. */
  debounce: number;
  /** Reloads the layers with these numbers. */
  reload: (layers: readonly number[]) => Promise<readonly Error[]>;
}

/**
 * Collects the layers that may have changed, and has them reloaded once it is quiet, at the latest after five times the
 * debounce. Never two reloads at a time.
 */
export class ReloadSchedule {
  readonly #options: ReloadScheduleOptions;
  readonly #dirty = new Set<number>();
  readonly #later = new Map<number, Timer>();
  #timer: Timer | undefined;
  #firstRequest: number | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: ReloadScheduleOptions) {
    this.#options = options;
  }

  /** A layer may have changed; with a time, it is to be looked at again then. */
  request(layer: number, milliseconds?: number): void {
    if (this.#closed) return;
    if (milliseconds !== undefined) {
      this.#requestIn(layer, milliseconds);
      return;
    }
    const { clock, debounce } = this.#options;
    this.#dirty.add(layer);
    const now = clock.monotonic();
    this.#firstRequest ??= now;
    const left = Math.max(0, Math.min(debounce, this.#firstRequest + 5 * debounce - now));
    this.#timer?.clear();
    this.#timer = clock.setTimer(() => void this.now([]), { milliseconds: left, unref: true });
  }

  /** Reloads these layers and those that were requested, after the reload that may be under way. */
  async now(layers: readonly number[]): Promise<readonly Error[]> {
    const before = this.#running;
    const run = (async () => {
      await before;
      for (const layer of layers) this.#dirty.add(layer);
      this.#timer?.clear();
      this.#timer = undefined;
      this.#firstRequest = undefined;
      const dirty = [...this.#dirty].toSorted((one, other) => one - other);
      this.#dirty.clear();
      if (this.#closed) return [configError("DEXT_CONFIG_CLOSED", "The configuration was closed")];
      return dirty.length === 0 ? [] : this.#options.reload(dirty);
    })();
    this.#running = run.catch(() => undefined);
    return run;
  }

  /** Ends the waiting, and waits for the reload that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.clear();
    for (const timer of this.#later.values()) timer.clear();
    this.#later.clear();
    await this.#running;
  }

  #requestIn(layer: number, milliseconds: number): void {
    this.#later.get(layer)?.clear();
    const again = (): void => {
      this.#later.delete(layer);
      this.request(layer);
    };
    this.#later.set(layer, this.#options.clock.setTimer(again, { milliseconds, unref: true }));
  }
}
