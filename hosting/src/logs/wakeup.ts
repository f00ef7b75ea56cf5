/** Wakes all who wait, once; costs nothing while nobody does. */
export class Wakeup {
  readonly #waiting = new Set<() => void>();

  /** Resolves at the next `wake`, or when the signal is aborted. */
  wait(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      this.#waiting.add(done);
      signal?.addEventListener("abort", done, { once: true });
    });
  }

  wake(): void {
    if (this.#waiting.size === 0) return;
    for (const done of this.#waiting) done();
  }
}
