/** A list with quick ends: a ring buffer, so that both ends push, pop and index in constant time. */
export class Deque<T> {
  #ring: (T | undefined)[] = [];
  #head = 0;
  #length = 0;

  static from<T>(items: Iterable<T>): Deque<T> {
    const deque = new Deque<T>();
    for (const item of items) deque.push(item);
    return deque;
  }

  get length(): number {
    return this.#length;
  }

  /** The item at a position from the head, `undefined` outside. */
  at(index: number): T | undefined {
    if (index < 0 || index >= this.#length) return undefined;
    return this.#ring[this.#slot(index)];
  }

  set(index: number, item: T): void {
    this.#ring[this.#slot(index)] = item;
  }

  push(item: T): void {
    this.#makeRoom();
    this.#ring[this.#slot(this.#length)] = item;
    this.#length++;
  }

  unshift(item: T): void {
    this.#makeRoom();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = item;
    this.#length++;
  }

  pop(): T | undefined {
    if (this.#length === 0) return undefined;
    const slot = this.#slot(this.#length - 1);
    const item = this.#ring[slot];
    this.#ring[slot] = undefined;
    this.#length--;
    this.#giveBackRoom();
    return item;
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length--;
    this.#giveBackRoom();
    return item;
  }

  /** The items from `start` up to, not including, `end`. */
  slice(start = 0, end: number = this.#length): T[] {
    const items: T[] = [];
    for (let index = Math.max(0, start); index < Math.min(end, this.#length); index++) {
      items.push(this.#ring[this.#slot(index)] as T);
    }
    return items;
  }

  insert(index: number, item: T): void {
    const tail = this.slice(index);
    this.#length = index;
    this.push(item);
    for (const other of tail) this.push(other);
  }

  /** Keeps the items from `start` up to, not including, `end`. */
  keep(start: number, end: number): void {
    this.replace(this.slice(start, end));
  }

  /** Keeps what the filter accepts and says how many went. */
  filter(isKept: (item: T, index: number) => boolean): number {
    const before = this.#length;
    const kept = this.slice().filter(isKept);
    if (kept.length < before) this.replace(kept);
    return before - kept.length;
  }

  replace(items: readonly T[]): void {
    this.#ring = [];
    this.#head = 0;
    this.#length = 0;
    for (const item of items) this.push(item);
  }

  *[Symbol.iterator](): Generator<T> {
    for (let index = 0; index < this.#length; index++) yield this.#ring[this.#slot(index)] as T;
  }

  #slot(index: number): number {
    return (this.#head + index) & (this.#ring.length - 1);
  }

  #makeRoom(): void {
    if (this.#length < this.#ring.length) return;
    this.#resize(Math.max(8, this.#ring.length * 2));
  }

  #giveBackRoom(): void {
    if (this.#ring.length > 64 && this.#length * 4 < this.#ring.length) this.#resize(this.#ring.length / 2);
  }

  #resize(size: number): void {
    const items: (T | undefined)[] = this.slice();
    items.length = size;
    // A plain fill keeps the array packed, which makes every later access quicker.
    items.fill(undefined, this.#length);
    this.#ring = items;
    this.#head = 0;
  }
}
