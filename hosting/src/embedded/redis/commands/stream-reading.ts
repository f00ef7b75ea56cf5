import type { Database } from "../keyspace/database.ts";
import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { NamedListReply, nullArray } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import { runOrBlock } from "../server/blocked-calls.ts";
import type { Session } from "../server/session.ts";
import type { Consumer, ConsumerGroup } from "../values/consumer-group.ts";
import { formatStreamId, largestStreamId } from "../values/stream-id.ts";
import type { StreamId } from "../values/stream-id.ts";
import { countRead } from "../values/stream-lag.ts";
import type { Stream, StreamEntry } from "../values/stream.ts";
import type { CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { describeEntry, readCount, toStreamId } from "./stream-arguments.ts";

/** `XREAD` and `XREADGROUP`. */
export const streamReadingCommands: readonly CommandRow[] = [
  { name: "xread", arity: -4, flags: "readonly blocking movablekeys", findKeys: findStreamKeys, run: read },
  {
    name: "xreadgroup",
    arity: -7,
    flags: "write blocking movablekeys",
    findKeys: findStreamKeys,
    run: readGroup,
  },
];

function findStreamKeys(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => word.toUpperCase() === "STREAMS") + 1;
  return start === 0 ? [] : words.slice(start, start + (words.length - start) / 2);
}

interface ReadOptions {
  group: { name: string; consumer: string } | undefined;
  limit: number;
  /** Milliseconds, 0 for ever; `undefined` when the command must not wait. */
  timeout: number | undefined;
  isAcknowledged: boolean;
  streams: { key: string; id: string }[];
}

function readOptions(args: CommandArguments, session: Session): ReadOptions {
  const options: ReadOptions = {
    group: undefined,
    limit: Infinity,
    timeout: undefined,
    isAcknowledged: false,
    streams: [],
  };
  const isGrouped = args.name === "xreadgroup";
  for (;;) {
    if (args.take("COUNT")) options.limit = readCount(args) || Infinity;
    else if (args.take("BLOCK")) options.timeout = readBlock(args);
    else if (args.take("NOACK")) {
      if (!isGrouped) throw groupOnly("NOACK");
      options.isAcknowledged = true;
    } else if (args.take("GROUP")) {
      if (!isGrouped) throw groupOnly("GROUP");
      options.group = { name: args.next(), consumer: args.next() };
    } else if (args.take("STREAMS")) break;
    else throw syntaxError();
  }
  if (session.isScript && options.timeout !== undefined) {
    const name = args.name.toUpperCase();
    throw new ReplyError(`ERR ${name} command is not allowed with BLOCK option from scripts`);
  }
  options.streams = readStreams(args);
  if (isGrouped && options.group === undefined)
    throw new ReplyError("ERR Missing GROUP option for XREADGROUP");
  return options;
}

function groupOnly(option: string): ReplyError {
  return new ReplyError(
    `ERR The ${option} option is only supported by XREADGROUP. You called XREAD instead.`,
  );
}

function readBlock(args: CommandArguments): number {
  const timeout = args.integer("ERR timeout is not an integer or out of range");
  if (timeout < 0) throw new ReplyError("ERR timeout is negative");
  return timeout;
}

function readStreams(args: CommandArguments): { key: string; id: string }[] {
  const words = args.rest();
  if (words.length === 0) throw syntaxError();
  if (words.length % 2 !== 0) {
    throw new ReplyError(
      "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.",
    );
  }
  const half = words.length / 2;
  return words.slice(0, half).map((key, index) => ({ key, id: words[half + index] as string }));
}

function read(args: CommandArguments, session: Session): Reply {
  const { limit, timeout, streams } = readOptions(args, session);
  const places = streams.map(({ key, id }) => ({
    key,
    after: toReadId(id, session.database.get(key, "stream")),
  }));
  const attempt = (writtenKey?: string): Reply | undefined => {
    const found: Reply[] = [];
    for (const { key, after } of places) {
      if (writtenKey !== undefined && key !== writtenKey) continue;
      const entries = entriesAfter(session.database.get(key, "stream"), after, limit);
      if (entries.length > 0)
        found.push(
          key,
          entries.map((entry) => describeEntry(entry)),
        );
    }
    return found.length === 0 ? undefined : new NamedListReply(found);
  };
  if (timeout === undefined) return attempt() ?? nullArray;
  const keys = streams.map(({ key }) => key);
  return runOrBlock(session, { keys, type: "stream", timeout, attempt, onTimeout: nullArray });
}

function toReadId(id: string, stream: Stream | undefined): StreamId {
  if (id === "$") return stream?.lastId ?? 0n;
  if (id === ">") {
    throw new ReplyError(
      "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
    );
  }
  return toStreamId(id);
}

function entriesAfter(stream: Stream | undefined, after: StreamId, limit: number): StreamEntry[] {
  return stream === undefined || after === largestStreamId
    ? []
    : stream.range(after + 1n, largestStreamId, { limit });
}

interface GroupRead extends ReadOptions {
  group: { name: string; consumer: string };
}

function readGroup(args: CommandArguments, session: Session): Reply {
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
  for (const { key } of streams) obtainConsumer(session.database, key, group);
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

function obtainConsumer(
  database: Database,
  key: string,
  { name, consumer: consumerName }: { name: string; consumer: string },
): { stream: Stream; group: ConsumerGroup; consumer: Consumer } {
  const stream = database.get(key, "stream");
  const group = stream?.groups.get(name);
  if (stream === undefined || group === undefined) {
    throw new ReplyError(
      `NOGROUP No such key '${key}' or consumer group '${name}' in XREADGROUP with GROUP option`,
    );
  }
  const { consumer, isNew } = group.obtainConsumer(consumerName, database.time);
  if (isNew) database.changed(key, "xgroup-createconsumer");
  return { stream, group, consumer };
}

function readGroupOnce(database: Database, options: GroupRead): Reply | undefined {
  const found: Reply[] = [];
  for (const { key, id } of options.streams) {
    const place = obtainConsumer(database, key, options.group);
    const entries =
      id === ">"
        ? deliverNew(database, { ...options, ...place })
        : showHistory(database, { ...options, ...place, after: toStreamId(id) });
    // Asked for its history, a consumer gets an answer even when there is none.
    if (entries.length > 0 || id !== ">") found.push(key, entries);
    if (entries.length > 0) database.changed(key, "xreadgroup");
  }
  return found.length === 0 ? undefined : new NamedListReply(found);
}

interface Delivery {
  stream: Stream;
  group: ConsumerGroup;
  consumer: Consumer;
  limit: number;
}

function deliverNew(
  database: Database,
  { stream, group, consumer, limit, isAcknowledged }: Delivery & { isAcknowledged: boolean },
): Reply[] {
  const entries = entriesAfter(stream, group.lastId, limit);
  for (const { id } of entries) {
    countRead(stream, group, id);
    group.lastId = id;
    if (!isAcknowledged) deliver(group, { id, consumer, time: database.time });
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

function showHistory(
  database: Database,
  { stream, group, consumer, limit, after }: Delivery & { after: StreamId },
): Reply[] {
  if (after === largestStreamId) return [];
  const mine = group.pendingFrom(after + 1n).filter((entry) => entry.consumer === consumer);
  return mine.slice(0, limit).map((pending) => {
    const entry = stream.get(pending.id);
    if (entry === undefined) return [formatStreamId(pending.id), nullArray];
    pending.deliveredAt = database.time;
    pending.deliveryCount++;
    return describeEntry(entry);
  });
}
