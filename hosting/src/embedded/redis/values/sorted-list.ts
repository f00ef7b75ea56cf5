const chunkLimit = 512;

/**
 * Items kept in order, in chunks of some hundreds: insertion, removal and rank cost little even for a million items.
 */
export class SortedList<T> {
  readonly #compare: (left: T, right: T) => number;
  #chunks: T[][] = [];
  #length = 0;

  constructor(compare: (left: T, right: T) => number) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds an item that is not in the list. */
  insert(item: T): void {
    this.#length++;
    const isBefore = (other: T): boolean => this.#compare(other, item) < 0;
    const index = Math.min(this.#chunkOf(isBefore), this.#chunks.length - 1);
    const chunk = this.#chunks[index];
    if (chunk === undefined) {
      this.#chunks.push([item]);
      return;
    }
    chunk.splice(partitionPoint(chunk, isBefore), 0, item);
    if (chunk.length > chunkLimit) this.#chunks.splice(index + 1, 0, chunk.splice(chunkLimit / 2));
  }

  /** Removes the item that compares equal and gives it back. */
  remove(item: T): T | undefined {
    const isBefore = (other: T): boolean => this.#compare(other, item) < 0;
    const index = this.#chunkOf(isBefore);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return undefined;
    const position = partitionPoint(chunk, isBefore);
    const found = chunk[position];
    if (found === undefined || this.#compare(found, item) !== 0) return undefined;
    chunk.splice(position, 1);
    if (chunk.length === 0) this.#chunks.splice(index, 1);
    this.#length--;
    return found;
  }

  /** The item that compares equal. */
  find(item: T): T | undefined {
    const isBefore = (other: T): boolean => this.#compare(other, item) < 0;
    const chunk = this.#chunks[this.#chunkOf(isBefore)];
    const found = chunk?.[partitionPoint(chunk, isBefore)];
    return found !== undefined && this.#compare(found, item) === 0 ? found : undefined;
  }

  /** How many items come first for which `isBefore` holds; it must hold for a beginning of the list and for nothing after it. */
  countWhile(isBefore: (item: T) => boolean): number {
    const index = this.#chunkOf(isBefore);
    let count = 0;
    for (let other = 0; other < index; other++) count += this.#chunks[other]?.length ?? 0;
    const chunk = this.#chunks[index];
    return chunk === undefined ? count : count + partitionPoint(chunk, isBefore);
  }

  at(rank: number): T | undefined {
    return this.slice(rank, rank + 1)[0];
  }

  /** The items from rank `start` up to, not including, `end`. */
  slice(start: number, end: number): T[] {
    const items: T[] = [];
    let skipped = 0;
    for (const chunk of this.#chunks) {
      if (skipped >= end) break;
      if (skipped + chunk.length > start) {
        const from = Math.max(0, start - skipped);
        const to = Math.min(chunk.length, end - skipped);
        for (let index = from; index < to; index++) items.push(chunk[index] as T);
      }
      skipped += chunk.length;
    }
    return items;
  }

  *[Symbol.iterator](): Generator<T> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  /** The first chunk whose last item is not before what is looked for; the number of chunks when there is none. */
  #chunkOf(isBefore: (item: T) => boolean): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const chunk = this.#chunks[middle] as T[];
      if (isBefore(chunk[chunk.length - 1] as T)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function partitionPoint<T>(items: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(items[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
