import { Deque } from "../values/deque.ts";
import { IndexedMap } from "../values/indexed-map.ts";
import { SortedSet } from "../values/sorted-set.ts";
import { Stream } from "../values/stream.ts";

/** What a key of each type holds. Text is one character per byte. */
export interface Contents {
  string: string;
  list: Deque<string>;
  hash: IndexedMap<string>;
  set: IndexedMap<true>;
  zset: SortedSet;
  stream: Stream;
}

/** The types of keys, as `TYPE` names them. */
export type ValueType = keyof Contents;

/** A key's type with what it holds. */
export type Value = { [Type in ValueType]: { readonly type: Type; content: Contents[Type] } }[ValueType];

/** A key's value with what is known about it. */
export interface Entry {
  value: Value;
  /** When the key ends, in milliseconds since 1970; 0 is never. */
  expiresAt: number;
  /** When it was last used, in milliseconds since 1970. */
  accessedAt: number;
  /** The encoding that Redis shows for a string because of how it came to be, rather than because of its text. */
  stringEncoding: StringEncoding | undefined;
}

/** Encodings of strings that their text does not tell: `raw` once changed in place, `embstr` for computed numbers. */
export type StringEncoding = "raw" | "embstr";

/** The types that grow from nothing when something is added. */
export type CollectionType = Exclude<ValueType, "string">;

const creators: { [Type in CollectionType]: () => Contents[Type] } = {
  list: () => new Deque<string>(),
  hash: () => new IndexedMap<string>(),
  set: () => new IndexedMap<true>(),
  zset: () => new SortedSet(),
  stream: () => new Stream(),
};

/** An empty collection. */
export function createContent<Type extends CollectionType>(type: Type): Contents[Type] {
  return creators[type]();
}

/** How much a value holds: bytes of a string, items of a collection. */
export function sizeOf(value: Value): number {
  return value.type === "hash" || value.type === "set" || value.type === "zset"
    ? value.content.size
    : value.content.length;
}
