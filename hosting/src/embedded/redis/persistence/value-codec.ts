import type { Value, ValueType } from "../keyspace/value.ts";
import { ConsumerGroup } from "../values/consumer-group.ts";
import { Deque } from "../values/deque.ts";
import { IndexedMap } from "../values/indexed-map.ts";
import { SortedSet } from "../values/sorted-set.ts";
import { Stream } from "../values/stream.ts";
import { formatStreamId, parseStreamId } from "../values/stream-id.ts";
import type { StreamId } from "../values/stream-id.ts";

/** The words of a record do not make sense. */
export class RecordError extends Error {
  override readonly name: string = "RecordError";
}

/** What a value holds as words, from which {@link readValue} makes it again. */
export function valueToWords(value: Value): string[] {
  switch (value.type) {
    case "string":
      return [value.content];
    case "list":
      return value.content.slice();
    case "hash":
      return [...value.content].flat();
    case "set":
      return [...value.content.keys()];
    case "zset":
      return [...value.content].flatMap(({ member, score }) => [member, String(score)]);
    case "stream":
      return streamToWords(value.content);
  }
}

/** The value that words stand for. @throws RecordError when they do not fit the type. */
export function readValue(type: string, words: readonly string[]): Value {
  const read = readers[type as ValueType];
  if (read === undefined) throw new RecordError(`Unknown type "${type}"`);
  const reader = new WordReader(words);
  const value = read(reader);
  if (reader.remaining > 0)
    throw new RecordError(`${reader.remaining} words too many for a value of type "${type}"`);
  return value;
}

class WordReader {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get remaining(): number {
    return this.#words.length - this.#at;
  }

  next(): string {
    const word = this.#words[this.#at++];
    if (word === undefined) throw new RecordError("A record ends too early");
    return word;
  }

  number(): number {
    const text = this.next();
    const value = Number(text);
    if (text === "" || Number.isNaN(value)) throw new RecordError("A number is expected in a record");
    return value;
  }

  id(): StreamId {
    const id = parseStreamId(this.next());
    if (id === undefined) throw new RecordError("An id of a stream is expected in a record");
    return id;
  }

  several(count: number): string[] {
    return Array.from({ length: count }, () => this.next());
  }
}

const readers: { [Type in ValueType]: (reader: WordReader) => Value } = {
  string: (reader) => ({ type: "string", content: reader.next() }),
  list: (reader) => ({ type: "list", content: Deque.from(reader.several(reader.remaining)) }),
  hash: (reader) => {
    const content = new IndexedMap<string>();
    while (reader.remaining > 0) content.set(reader.next(), reader.next());
    return { type: "hash", content };
  },
  set: (reader) => {
    const content = new IndexedMap<true>();
    while (reader.remaining > 0) content.set(reader.next(), true);
    return { type: "set", content };
  },
  zset: (reader) => {
    const content = new SortedSet();
    while (reader.remaining > 0) content.set(reader.next(), reader.number());
    return { type: "zset", content };
  },
  stream: (reader) => ({ type: "stream", content: readStream(reader) }),
};

function streamToWords(stream: Stream): string[] {
  const words = [
    formatStreamId(stream.lastId),
    formatStreamId(stream.maxDeletedId),
    String(stream.entriesAdded),
  ];
  words.push(String(stream.length));
  for (const { id, fields } of stream.entries) {
    words.push(formatStreamId(id), String(fields.length));
    for (const field of fields) words.push(field);
  }
  words.push(String(stream.groups.size));
  for (const [name, group] of stream.groups) words.push(name, ...groupToWords(group));
  return words;
}

function groupToWords(group: ConsumerGroup): string[] {
  const pending = group.pendingFrom(0n);
  return [
    formatStreamId(group.lastId),
    String(group.entriesRead ?? -1),
    String(group.consumers.size),
    ...[...group.consumers.values()].flatMap(({ name, seenAt }) => [name, String(seenAt)]),
    String(pending.length),
    ...pending.flatMap(({ id, consumer, deliveredAt, deliveryCount }) => [
      formatStreamId(id),
      consumer.name,
      String(deliveredAt),
      String(deliveryCount),
    ]),
  ];
}

function readStream(reader: WordReader): Stream {
  const stream = new Stream();
  stream.lastId = reader.id();
  stream.maxDeletedId = reader.id();
  stream.entriesAdded = reader.number();
  for (let left = reader.number(); left > 0; left--) {
    stream.entries.push({ id: reader.id(), fields: reader.several(reader.number()) });
  }
  for (let left = reader.number(); left > 0; left--) stream.groups.set(reader.next(), readGroup(reader));
  return stream;
}

function readGroup(reader: WordReader): ConsumerGroup {
  const lastId = reader.id();
  const entriesRead = reader.number();
  const group = new ConsumerGroup(lastId, entriesRead < 0 ? undefined : entriesRead);
  for (let left = reader.number(); left > 0; left--) group.obtainConsumer(reader.next(), reader.number());
  for (let left = reader.number(); left > 0; left--) {
    const id = reader.id();
    const consumer = group.consumers.get(reader.next());
    if (consumer === undefined) throw new RecordError("An entry is pending for a consumer that is not there");
    group.addPending({ id, consumer, deliveredAt: reader.number(), deliveryCount: reader.number() });
  }
  return group;
}
