import { SortedList } from "./sorted-list.ts";
import type { StreamId } from "./stream-id.ts";

/** A reader of a consumer group. */
export interface Consumer {
  readonly name: string;
  /** When it last asked for something, in milliseconds since 1970. */
  seenAt: number;
  pendingCount: number;
}

/** An entry that was given to a consumer and not yet acknowledged. */
export interface PendingEntry {
  readonly id: StreamId;
  consumer: Consumer;
  /** In milliseconds since 1970. */
  deliveredAt: number;
  deliveryCount: number;
}

/** Readers that share the entries of a stream. */
export class ConsumerGroup {
  lastId: StreamId;
  /** How many entries the group has read; `undefined` when that cannot be known. */
  entriesRead: number | undefined;
  readonly consumers: Map<string, Consumer> = new Map();
  readonly #pending = new SortedList<Pick<PendingEntry, "id">>(compareIds);

  constructor(lastId: StreamId, entriesRead: number | undefined) {
    this.lastId = lastId;
    this.entriesRead = entriesRead;
  }

  get pendingCount(): number {
    return this.#pending.length;
  }

  pending(id: StreamId): PendingEntry | undefined {
    return this.#pending.find({ id }) as PendingEntry | undefined;
  }

  addPending(entry: PendingEntry): void {
    this.#pending.insert(entry);
    entry.consumer.pendingCount++;
  }

  removePending(id: StreamId): PendingEntry | undefined {
    const entry = this.#pending.remove({ id }) as PendingEntry | undefined;
    if (entry !== undefined) entry.consumer.pendingCount--;
    return entry;
  }

  /** Hands a pending entry to another consumer. */
  assign(entry: PendingEntry, consumer: Consumer): void {
    entry.consumer.pendingCount--;
    entry.consumer = consumer;
    consumer.pendingCount++;
  }

  /** The pending entries from an id on, in the order of their ids. */
  pendingFrom(id: StreamId): PendingEntry[] {
    const start = this.#pending.countWhile((entry) => entry.id < id);
    return this.#pending.slice(start, this.#pending.length) as PendingEntry[];
  }

  /** The consumer of a name, made when it is not there; `isNew` says so. */
  obtainConsumer(name: string, time: number): { consumer: Consumer; isNew: boolean } {
    const known = this.consumers.get(name);
    if (known !== undefined) {
      known.seenAt = time;
      return { consumer: known, isNew: false };
    }
    const consumer = { name, seenAt: time, pendingCount: 0 };
    this.consumers.set(name, consumer);
    return { consumer, isNew: true };
  }

  /** Removes a consumer with what was pending for it and says how much that was. */
  removeConsumer(name: string): number | undefined {
    const consumer = this.consumers.get(name);
    if (consumer === undefined) return undefined;
    const entries = this.pendingFrom(0n).filter((entry) => entry.consumer === consumer);
    for (const entry of entries) this.#pending.remove(entry);
    this.consumers.delete(name);
    return entries.length;
  }
}

function compareIds(left: { id: StreamId }, right: { id: StreamId }): number {
  if (left.id === right.id) return 0;
  return left.id < right.id ? -1 : 1;
}
