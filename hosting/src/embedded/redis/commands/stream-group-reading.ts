import type { Database } from "../keyspace/database.ts";
import { ReplyError } from "../protocol/reply-error.ts";
import { NamedListReply, nullArray } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import { runOrBlock } from "../server/blocked-calls.ts";
import type { Session } from "../server/session.ts";
import type { Consumer, ConsumerGroup } from "../values/consumer-group.ts";
import { formatStreamId, largestStreamId } from "../values/stream-id.ts";
import type { StreamId } from "../values/stream-id.ts";
import { countRead } from "../values/stream-lag.ts";
import type { Stream } from "../values/stream.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { describeEntry, toStreamId } from "./stream-arguments.ts";
import { entriesAfter, readOptions } from "./stream-read-options.ts";
import type { ReadOptions } from "./stream-read-options.ts";

interface GroupRead extends ReadOptions {
  group: { name: string; consumer: string };
}

/** `XREADGROUP`. */
export function readGroup(args: CommandArguments, session: Session): Reply {
  const options = readOptions(args, session) as GroupRead;
  const { streams, timeout, group } = options;
  for (const { id } of streams) {
    if (id === "$") {
      throw new ReplyError(
        "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.",
      );
    }
    if (id !== ">") toStreamId(id);
  }
  for (const { key } of streams) findGroup(session.database, key, group.name);
  const hasHistory = streams.some(({ id }) => id !== ">");
  const attempt = (writtenKey?: string): Reply | undefined => {
    if (writtenKey === undefined) return readGroupOnce(session.database, options);
    checkStillThere(session.database, writtenKey, group.name);
    return readGroupOnce(session.database, {
      ...options,
      streams: streams.filter(({ key }) => key === writtenKey),
    });
  };
  if (timeout === undefined || hasHistory) return attempt() ?? nullArray;
  const keys = streams.map(({ key }) => key);
  return runOrBlock(session, {
    keys,
    type: "stream",
    timeout,
    attempt,
    onTimeout: nullArray,
    isServedByRemoval: true,
  });
}

/** Who waits must learn that there is nothing left to wait for. */
function checkStillThere(database: Database, key: string, groupName: string): void {
  const value = database.peek(key)?.value;
  if (value === undefined) throw new ReplyError("UNBLOCKED the stream key no longer exists");
  if (value.type === "stream" && !value.content.groups.has(groupName)) {
    throw new ReplyError("NOGROUP the consumer group this client was blocked on no longer exists");
  }
}

interface Place {
  key: string;
  stream: Stream;
  group: ConsumerGroup;
}

function findGroup(database: Database, key: string, name: string): Place {
  const stream = database.get(key, "stream");
  const group = stream?.groups.get(name);
  if (stream === undefined || group === undefined) {
    throw new ReplyError(
      `NOGROUP No such key '${key}' or consumer group '${name}' in XREADGROUP with GROUP option`,
    );
  }
  return { key, stream, group };
}

function obtainConsumer(database: Database, { key, group }: Place, name: string): Consumer {
  const { consumer, isNew } = group.obtainConsumer(name, database.time);
  if (isNew) database.changed(key, "xgroup-createconsumer");
  return consumer;
}

function readGroupOnce(database: Database, options: GroupRead): Reply | undefined {
  const found: Reply[] = [];
  for (const { key, id } of options.streams) {
    const place = findGroup(database, key, options.group.name);
    const entries =
      id === ">"
        ? deliverNew(database, place, options)
        : showHistory(database, place, { ...options, after: toStreamId(id) });
    // Asked for its history, a consumer gets an answer even when there is none.
    if (entries.length > 0 || id !== ">") found.push(key, entries);
    if (entries.length > 0) database.changed(key, "xreadgroup");
  }
  return found.length === 0 ? undefined : new NamedListReply(found);
}

/** A consumer that gets nothing is not made. */
function deliverNew(database: Database, place: Place, options: GroupRead): Reply[] {
  const { stream, group } = place;
  const entries = entriesAfter(stream, group.lastId, options.limit);
  if (entries.length === 0) return [];
  const consumer = obtainConsumer(database, place, options.group.consumer);
  for (const { id } of entries) {
    countRead(stream, group, id);
    group.lastId = id;
    if (!options.isAcknowledged) deliver(group, { id, consumer, time: database.time });
  }
  return entries.map((entry) => describeEntry(entry));
}

/** An entry can be pending already: when the group was set back. */
function deliver(
  group: ConsumerGroup,
  { id, consumer, time }: { id: StreamId; consumer: Consumer; time: number },
): void {
  const known = group.pending(id);
  if (known === undefined) {
    group.addPending({ id, consumer, deliveredAt: time, deliveryCount: 1 });
    return;
  }
  group.assign(known, consumer);
  known.deliveredAt = time;
  known.deliveryCount = 1;
}

function showHistory(database: Database, place: Place, options: GroupRead & { after: StreamId }): Reply[] {
  const { stream, group } = place;
  const consumer = obtainConsumer(database, place, options.group.consumer);
  if (options.after === largestStreamId) return [];
  const mine = group.pendingFrom(options.after + 1n).filter((entry) => entry.consumer === consumer);
  return mine.slice(0, options.limit).map((pending) => {
    const entry = stream.get(pending.id);
    if (entry === undefined) return [formatStreamId(pending.id), nullArray];
    pending.deliveredAt = database.time;
    pending.deliveryCount++;
    return describeEntry(entry);
  });
}
