import type { BatchSettings } from "./settings.ts";

/** A queue and what empties it. */
export interface BatchQueueOptions<Item> {
  readonly settings: BatchSettings;
  /** Sends one batch; the next is not sent before this is through. Never rejects. */
  send(items: readonly Item[]): Promise<void>;
  /** Calls back later, without keeping the process alive. */
  readonly later: (callback: () => void, delay: number) => void;
}

/** Collects items and sends them in batches, one at a time. It is bounded: what comes on top is dropped. */
export class BatchQueue<Item> {
  readonly #options: BatchQueueOptions<Item>;
  #items: Item[] = [];
  #isScheduled = false;
  #emptying: Promise<void> | undefined;

  constructor(options: BatchQueueOptions<Item>) {
    this.#options = options;
  }

  add(item: Item): void {
    const { settings, later } = this.#options;
    if (this.#items.length >= settings.longestQueue) return;
    this.#items.push(item);
    // A full batch goes at once, yet not within the request that filled it.
    if (this.#items.length === settings.largestBatch) later(() => void this.flush(), 0);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    later(() => {
      this.#isScheduled = false;
      void this.flush();
    }, settings.delay);
  }

  /** Sends what is here now, after what is being sent already. */
  flush(): Promise<void> {
    this.#emptying ??= this.#empty().finally(() => (this.#emptying = undefined));
    return this.#emptying;
  }

  /** Gives up to one batch of what was not sent, for the last moment of the process. */
  takeRest(): Item[] {
    return this.#items.splice(0, this.#options.settings.largestBatch);
  }

  async #empty(): Promise<void> {
    while (this.#items.length > 0) {
      await this.#options.send(this.#items.splice(0, this.#options.settings.largestBatch));
    }
  }
}
