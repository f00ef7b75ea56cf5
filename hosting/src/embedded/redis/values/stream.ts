import type { ConsumerGroup } from "./consumer-group.ts";
import { Deque } from "./deque.ts";
import { smallestStreamId } from "./stream-id.ts";
import type { StreamId } from "./stream-id.ts";

/** An entry of a stream; fields and values in turn. */
export interface StreamEntry {
  readonly id: StreamId;
  readonly fields: readonly string[];
}

/** How many entries a node of Redis's own storage holds: approximate trimming removes whole nodes only. */
const nodeEntries = 100;

/** How a stream is to be cut. */
export interface TrimOptions {
  /** Entries to keep at most, or the first id to keep. */
  by: { length: number } | { firstId: StreamId };
  isApproximate: boolean;
  /** Entries to remove at most; 0 is no limit. */
  limit: number;
}

/** An append-only log of entries with its consumer groups. */
export class Stream {
  readonly entries: Deque<StreamEntry> = new Deque<StreamEntry>();
  readonly groups: Map<string, ConsumerGroup> = new Map();
  lastId: StreamId = smallestStreamId;
  /** The highest id that was deleted. */
  maxDeletedId: StreamId = smallestStreamId;
  /** How many entries were ever added. */
  entriesAdded = 0;

  get length(): number {
    return this.entries.length;
  }

  get firstId(): StreamId {
    return this.entries.at(0)?.id ?? smallestStreamId;
  }

  append(id: StreamId, fields: readonly string[]): void {
    this.entries.push({ id, fields });
    this.lastId = id;
    this.entriesAdded++;
  }

  get(id: StreamId): StreamEntry | undefined {
    const entry = this.entries.at(this.#indexOf(id));
    return entry?.id === id ? entry : undefined;
  }

  /** The entries between two ids, both included. */
  range(
    start: StreamId,
    end: StreamId,
    { limit = Infinity, isReversed = false }: { limit?: number; isReversed?: boolean } = {},
  ): StreamEntry[] {
    if (start > end) return [];
    const from = this.#indexOf(start);
    const to = this.#indexOf(end + 1n);
    if (!isReversed) return this.entries.slice(from, Math.min(to, from + limit));
    return this.entries.slice(Math.max(from, to - limit), to).toReversed();
  }

  /** How many entries come after an id. */
  countAfter(id: StreamId): number {
    return this.entries.length - this.#indexOf(id + 1n);
  }

  delete(ids: ReadonlySet<StreamId>): number {
    const found = [...ids].filter((id) => this.get(id) !== undefined);
    if (found.length === 0) return 0;
    if (found.length === 1 && found[0] === this.firstId) this.entries.shift();
    else this.entries.filter((entry) => !ids.has(entry.id));
    for (const id of found) if (id > this.maxDeletedId) this.maxDeletedId = id;
    return found.length;
  }

  /** Removes the oldest entries and says how many. */
  trim({ by, isApproximate, limit }: TrimOptions): number {
    let surplus = "length" in by ? this.length - by.length : this.#indexOf(by.firstId);
    if (isApproximate && surplus < this.length) {
      if (limit > 0) surplus = Math.min(surplus, limit);
      surplus = Math.floor(surplus / nodeEntries) * nodeEntries;
    }
    for (let removed = 0; removed < surplus; removed++) this.entries.shift();
    return Math.max(0, surplus);
  }

  /** The position of the first entry whose id is not below this one. */
  #indexOf(id: StreamId): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries.at(middle) as StreamEntry).id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
