import { ConsumerGroup } from "../values/consumer-group.ts";
import { Deque } from "../values/deque.ts";
import { IndexedMap } from "../values/indexed-map.ts";
import { SortedSet } from "../values/sorted-set.ts";
import { Stream } from "../values/stream.ts";
import type { Value } from "./value.ts";

/** A value that shares nothing with this one. */
export function cloneValue(value: Value): Value {
  switch (value.type) {
    case "string":
      return { ...value };
    case "list":
      return { type: "list", content: Deque.from(value.content) };
    case "hash":
      return { type: "hash", content: cloneMap(value.content) };
    case "set":
      return { type: "set", content: cloneMap(value.content) };
    case "zset":
      return { type: "zset", content: cloneSortedSet(value.content) };
    case "stream":
      return { type: "stream", content: cloneStream(value.content) };
  }
}

function cloneMap<V>(map: IndexedMap<V>): IndexedMap<V> {
  const copy = new IndexedMap<V>();
  for (const [key, item] of map) copy.set(key, item);
  return copy;
}

function cloneSortedSet(set: SortedSet): SortedSet {
  const copy = new SortedSet();
  for (const { member, score } of set) copy.set(member, score);
  return copy;
}

function cloneStream(stream: Stream): Stream {
  const copy = new Stream();
  for (const entry of stream.entries) copy.entries.push(entry);
  copy.lastId = stream.lastId;
  copy.maxDeletedId = stream.maxDeletedId;
  copy.entriesAdded = stream.entriesAdded;
  for (const [name, group] of stream.groups) copy.groups.set(name, cloneGroup(group));
  return copy;
}

function cloneGroup(group: ConsumerGroup): ConsumerGroup {
  const copy = new ConsumerGroup(group.lastId, group.entriesRead);
  for (const { name, seenAt } of group.consumers.values()) copy.obtainConsumer(name, seenAt);
  for (const entry of group.pendingFrom(0n)) {
    const { consumer } = copy.obtainConsumer(entry.consumer.name, entry.consumer.seenAt);
    copy.addPending({ ...entry, consumer });
  }
  return copy;
}
