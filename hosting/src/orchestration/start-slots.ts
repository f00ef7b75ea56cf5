/** The place that one start has among those that go on. */
export interface StartSlot {
  /** Gives the place to others while something is waited for that is no work of this process, and takes one again. */
  leaveFor<T>(wait: () => Promise<T>): Promise<T>;
}

/** Lets so many starts go on at one time; the others wait in order. */
export class StartSlots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async use<T>(work: (slot: StartSlot) => Promise<T>): Promise<T> {
    await this.#take();
    try {
      return await work({ leaveFor: (wait) => this.#leaveFor(wait) });
    } finally {
      this.#give();
    }
  }

  async #leaveFor<T>(wait: () => Promise<T>): Promise<T> {
    this.#give();
    try {
      return await wait();
    } finally {
      await this.#take();
    }
  }

  async #take(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
