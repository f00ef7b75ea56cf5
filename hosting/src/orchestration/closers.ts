/** Something that must be given back. */
export interface Closable {
  close(): unknown;
}

/** What has been opened so far, to be closed in reverse order whatever happens. */
export class Closers {
  readonly #open: Closable[] = [];

  add<T extends Closable>(closable: T): T {
    this.#open.push(closable);
    return closable;
  }

  /** Closes everything, also when closing one of them fails; the first failure is thrown at the end. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const closable of this.#open.splice(0).toReversed()) {
      try {
        await closable.close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
