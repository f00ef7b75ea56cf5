/** A part of a scan: what was found, and where to go on (0 at the end). */
export interface ScanPage {
  keys: string[];
  cursor: number;
}

/**
 * A map that can also give a random key and be walked by a cursor while it changes.
 *
 * The positions that this takes are kept only from the first such call on.
 */
export class IndexedMap<V> {
  readonly #values = new Map<string, V>();
  #order: string[] | undefined;
  #positions: Map<string, number> = new Map();

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  set(key: string, value: V): void {
    if (this.#order !== undefined && !this.#values.has(key)) {
      this.#positions.set(key, this.#order.length);
      this.#order.push(key);
    }
    this.#values.set(key, value);
  }

  delete(key: string): boolean {
    if (!this.#values.delete(key)) return false;
    if (this.#order !== undefined) this.#forgetPosition(this.#order, key);
    return true;
  }

  clear(): void {
    this.#values.clear();
    this.#order = undefined;
    this.#positions.clear();
  }

  keys(): MapIterator<string> {
    return this.#values.keys();
  }

  values(): MapIterator<V> {
    return this.#values.values();
  }

  entries(): MapIterator<[string, V]> {
    return this.#values.entries();
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.#values.entries();
  }

  /** A key at random. `random` gives a number from 0 up to, not including, 1. */
  randomKey(random: () => number): string | undefined {
    const order = this.#indexed();
    return order[Math.floor(random() * order.length)];
  }

  /**
   * Some keys from a cursor on, 0 to start.
   *
   * Whatever is in the map from the first to the last call is found at least once: the walk goes from the end to
   * the start, and a removal moves the last key, which was visited already, into the gap.
   */
  scan(cursor: number, count: number): ScanPage {
    const order = this.#indexed();
    const end = cursor === 0 ? order.length : Math.min(cursor, order.length);
    const start = Math.max(0, end - Math.max(1, count));
    return { keys: order.slice(start, end).toReversed(), cursor: start };
  }

  #indexed(): string[] {
    if (this.#order === undefined) {
      this.#order = [...this.#values.keys()];
      this.#positions = new Map(this.#order.map((key, position) => [key, position]));
    }
    return this.#order;
  }

  #forgetPosition(order: string[], key: string): void {
    const position = this.#positions.get(key) as number;
    this.#positions.delete(key);
    const last = order.pop() as string;
    if (last === key) return;
    order[position] = last;
    this.#positions.set(last, position);
  }
}
