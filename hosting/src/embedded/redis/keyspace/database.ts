import { wrongType } from "../protocol/reply-error.ts";
import { IndexedMap } from "../values/indexed-map.ts";
import { createContent, sizeOf } from "./value.ts";
import type { CollectionType, Contents, Entry, StringEncoding, Value, ValueType } from "./value.ts";

/** Whom a database tells what happens in it. */
export interface KeyspaceObserver {
  /** The time of the command that runs, in milliseconds since 1970. */
  readonly time: number;
  /** Whether lookups count as a use of the key, which its idle time tells. */
  readonly isTouching: boolean;
  /** A key was written, removed or has ended. */
  keyChanged(database: Database, key: string): void;
  /** Something that keyspace notifications tell. */
  keyEvent(database: Database, key: string, event: string): void;
  /** A lookup by a command; for the statistics. */
  keyLookedUp(isHit: boolean): void;
}

/** What goes with a value that is put. */
export interface PutOptions {
  /** When the key ends, in milliseconds since 1970; 0, the default, is never. */
  expiresAt?: number;
  stringEncoding?: StringEncoding | undefined;
}

/** One numbered set of keys. Keys that have ended are removed when somebody looks, or by {@link Database.expireSome}. */
export class Database {
  readonly index: number;
  readonly #observer: KeyspaceObserver;
  #entries = new IndexedMap<Entry>();
  #expiring = new Set<string>();
  #walk: SetIterator<string> | undefined;

  constructor(index: number, observer: KeyspaceObserver) {
    this.index = index;
    this.#observer = observer;
  }

  /** The time of the command that runs, in milliseconds since 1970. */
  get time(): number {
    return this.#observer.time;
  }

  get size(): number {
    return this.#entries.size;
  }

  get expiringCount(): number {
    return this.#expiring.size;
  }

  /** The entry of a key, without a trace in the statistics. */
  peek(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt === 0 || entry.expiresAt > this.#observer.time) return entry;
    this.#expire(key);
    return undefined;
  }

  /** The entry of a key that a command uses. */
  find(key: string): Entry | undefined {
    const entry = this.peek(key);
    this.#observer.keyLookedUp(entry !== undefined);
    if (entry !== undefined && this.#observer.isTouching) entry.accessedAt = this.#observer.time;
    return entry;
  }

  has(key: string): boolean {
    return this.peek(key) !== undefined;
  }

  /**
   * What a key of a type holds, `undefined` when there is no such key.
   *
   * @throws ReplyError WRONGTYPE when the key is of another type.
   */
  get<Type extends ValueType>(key: string, type: Type): Contents[Type] | undefined {
    const entry = this.find(key);
    if (entry === undefined) return undefined;
    if (entry.value.type !== type) throw wrongType();
    return entry.value.content as Contents[Type];
  }

  /** Like {@link Database.get}, and makes an empty collection where there is none. */
  obtain<Type extends CollectionType>(key: string, type: Type): Contents[Type] {
    const known = this.get(key, type);
    if (known !== undefined) return known;
    const content = createContent(type);
    this.put(key, { type, content } as Value);
    return content;
  }

  /** Sets a key anew; its end goes unless it is given. */
  put(key: string, value: Value, { expiresAt = 0, stringEncoding }: PutOptions = {}): void {
    const before = this.peek(key);
    if (before === undefined) {
      this.#entries.set(key, { value, expiresAt, accessedAt: this.#observer.time, stringEncoding });
      this.#observer.keyEvent(this, key, "new");
    } else {
      before.value = value;
      before.expiresAt = expiresAt;
      before.accessedAt = this.#observer.time;
      before.stringEncoding = stringEncoding;
    }
    if (expiresAt !== 0) this.#expiring.add(key);
    else if (this.#expiring.size > 0) this.#expiring.delete(key);
  }

  /** Sets the text of a string and keeps its end. */
  setText(key: string, text: string, stringEncoding?: StringEncoding): void {
    const expiresAt = this.peek(key)?.expiresAt ?? 0;
    this.put(key, { type: "string", content: text }, { expiresAt, stringEncoding });
  }

  /** Removes a key without telling anybody. */
  remove(key: string): Entry | undefined {
    const entry = this.peek(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#expiring.delete(key);
    return entry;
  }

  /** Removes a key and says whether it was there. */
  delete(key: string, event = "del"): boolean {
    if (this.remove(key) === undefined) return false;
    this.changed(key, event);
    return true;
  }

  /** Removes a collection that has become empty. */
  deleteIfEmpty(key: string): void {
    const entry = this.peek(key);
    if (entry !== undefined && sizeOf(entry.value) === 0) this.delete(key);
  }

  /** Sets when a key ends, 0 for never. A key that is not there is left alone. */
  setExpiry(key: string, expiresAt: number): void {
    const entry = this.peek(key);
    if (entry === undefined) return;
    entry.expiresAt = expiresAt;
    if (expiresAt === 0) this.#expiring.delete(key);
    else this.#expiring.add(key);
  }

  /** Tells that a key was written, and what happened to it. */
  changed(key: string, event: string): void {
    this.#observer.keyChanged(this, key);
    this.#observer.keyEvent(this, key, event);
  }

  /** The keys that have not ended. */
  *keys(): Generator<string> {
    for (const key of this.#entries.keys()) if (this.has(key)) yield key;
  }

  /** The keys with their entries, for a snapshot. */
  *entries(): Generator<[string, Entry]> {
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAt === 0 || entry.expiresAt > this.#observer.time) yield [key, entry];
    }
  }

  scan(cursor: number, count: number): { keys: string[]; cursor: number } {
    const page = this.#entries.scan(cursor, count);
    return { cursor: page.cursor, keys: page.keys.filter((key) => this.has(key)) };
  }

  randomKey(random: () => number): string | undefined {
    for (;;) {
      const key = this.#entries.randomKey(random);
      if (key === undefined || this.has(key)) return key;
    }
  }

  clear(): void {
    this.#entries = new IndexedMap();
    this.#expiring = new Set();
    this.#walk = undefined;
  }

  /** Exchanges everything with another database. */
  swap(other: Database): void {
    [this.#entries, other.#entries] = [other.#entries, this.#entries];
    [this.#expiring, other.#expiring] = [other.#expiring, this.#expiring];
    this.#walk = undefined;
    other.#walk = undefined;
  }

  /** Looks at some of the keys that will end, in turn, and removes those that have. Says how many it removed. */
  expireSome(limit: number): number {
    let removed = 0;
    for (let looked = 0; looked < limit && this.#expiring.size > 0; looked++) {
      this.#walk ??= this.#expiring.values();
      const { value: key, done } = this.#walk.next();
      if (done === true) {
        this.#walk = undefined;
        break;
      }
      if (this.peek(key) === undefined) removed++;
    }
    return removed;
  }

  #expire(key: string): void {
    this.#entries.delete(key);
    this.#expiring.delete(key);
    this.changed(key, "expired");
  }
}
