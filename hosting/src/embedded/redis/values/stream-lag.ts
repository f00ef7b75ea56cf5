import type { ConsumerGroup } from "./consumer-group.ts";
import type { StreamId } from "./stream-id.ts";
import type { Stream } from "./stream.ts";

/** How many entries a group has still to read, `undefined` when deletions make that unknowable. */
export function groupLag(stream: Stream, group: ConsumerGroup): number | undefined {
  if (stream.entriesAdded === 0) return 0;
  if (group.entriesRead !== undefined && !hasDeletionsFrom(stream, group.lastId)) {
    return stream.entriesAdded - group.entriesRead;
  }
  const position = positionOf(stream, group.lastId);
  return position === undefined ? undefined : stream.entriesAdded - position;
}

/** Counts an entry that a group is about to read. */
export function countRead(stream: Stream, group: ConsumerGroup, id: StreamId): void {
  if (group.entriesRead !== undefined && !hasDeletionsFrom(stream, id)) group.entriesRead++;
  else if (stream.entriesAdded > 0) group.entriesRead = positionOf(stream, id);
}

/** Whether an entry was deleted from the middle of the stream at or behind an id. */
function hasDeletionsFrom(stream: Stream, id: StreamId): boolean {
  if (stream.length === 0 || stream.maxDeletedId === 0n || stream.firstId > stream.maxDeletedId) return false;
  return id <= stream.maxDeletedId;
}

/** Which entry, counted from the first that was ever added, an id stands for, where that can be known. */
function positionOf(stream: Stream, id: StreamId): number | undefined {
  if (stream.entriesAdded === 0) return 0;
  if (stream.length === 0 && id <= stream.lastId) return stream.entriesAdded;
  if (id === stream.lastId) return stream.entriesAdded;
  if (id > stream.lastId) return undefined;
  if (stream.maxDeletedId !== 0n && stream.maxDeletedId >= stream.firstId) return undefined;
  if (id < stream.firstId) return stream.entriesAdded - stream.length;
  return id === stream.firstId ? stream.entriesAdded - stream.length + 1 : undefined;
}
