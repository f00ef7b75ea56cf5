import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { MapReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import type { ConsumerGroup } from "../values/consumer-group.ts";
import { formatStreamId, largestStreamId } from "../values/stream-id.ts";
import { groupLag } from "../values/stream-lag.ts";
import type { Stream } from "../values/stream.ts";
import type { CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { helpSubcommand } from "./help.ts";
import { describeEntry, unknownOption } from "./stream-arguments.ts";

/** `XINFO`. */
export const streamInfoCommand: CommandRow = {
  name: "xinfo",
  arity: -2,
  subcommands: [
    { name: "consumers", arity: 4, flags: "readonly", keys: [2, 2, 1], run: describeConsumers },
    { name: "groups", arity: 3, flags: "readonly", keys: [2, 2, 1], run: describeGroups },
    helpSubcommand("xinfo", [
      "CONSUMERS <key> <groupname>",
      "GROUPS <key>",
      "STREAM <key> [FULL [COUNT <count>]",
    ]),
    { name: "stream", arity: -3, flags: "readonly", keys: [2, 2, 1], run: describeStream },
  ],
};

/** Entries in a node of Redis's own storage. */
const nodeEntries = 100;

function findStream({ database }: Session, key: string): Stream {
  const stream = database.get(key, "stream");
  if (stream === undefined) throw new ReplyError("ERR no such key");
  return stream;
}

function describeConsumers(args: CommandArguments, session: Session): Reply {
  const key = args.next();
  const stream = findStream(session, key);
  const name = args.next();
  const group = stream.groups.get(name);
  if (group === undefined)
    throw new ReplyError(`NOGROUP No such consumer group '${name}' for key name '${key}'`);
  return [...group.consumers.values()]
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .map(
      (consumer) =>
        new MapReply([
          "name",
          consumer.name,
          "pending",
          consumer.pendingCount,
          "idle",
          Math.max(0, session.engine.time - consumer.seenAt),
        ]),
    );
}

function describeGroups(args: CommandArguments, session: Session): Reply {
  const stream = findStream(session, args.next());
  return [...stream.groups]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(
      ([name, group]) =>
        new MapReply([
          "name",
          name,
          "consumers",
          group.consumers.size,
          "pending",
          group.pendingCount,
          "last-delivered-id",
          formatStreamId(group.lastId),
          "entries-read",
          group.entriesRead ?? null,
          "lag",
          groupLag(stream, group) ?? null,
        ]),
    );
}

function describeStream(args: CommandArguments, session: Session): Reply {
  const key = args.next();
  let limit: number | undefined;
  if (args.remaining > 0) {
    if (!args.take("FULL")) throw unknownOption("XINFO", "STREAM");
    limit = 10;
    if (args.remaining > 0) {
      if (!args.take("COUNT")) throw syntaxError();
      limit = Math.max(0, args.integer()) || Infinity;
      args.end();
    }
  }
  const stream = findStream(session, key);
  return new MapReply([
    ...describeSize(stream),
    ...(limit === undefined ? describeEnds(stream) : describeAll(stream, limit)),
  ]);
}

function describeSize(stream: Stream): Reply[] {
  const nodes = Math.ceil(stream.length / nodeEntries);
  return [
    "length",
    stream.length,
    "radix-tree-keys",
    nodes,
    "radix-tree-nodes",
    nodes + 1,
    "last-generated-id",
    formatStreamId(stream.lastId),
    "max-deleted-entry-id",
    formatStreamId(stream.maxDeletedId),
    "entries-added",
    stream.entriesAdded,
    "recorded-first-entry-id",
    formatStreamId(stream.firstId),
  ];
}

function describeEnds(stream: Stream): Reply[] {
  const first = stream.entries.at(0);
  const last = stream.entries.at(stream.length - 1);
  return [
    "groups",
    stream.groups.size,
    "first-entry",
    first === undefined ? null : describeEntry(first),
    "last-entry",
    last === undefined ? null : describeEntry(last),
  ];
}

function describeAll(stream: Stream, limit: number): Reply[] {
  const entries = stream.range(0n, largestStreamId, { limit });
  return [
    "entries",
    entries.map((entry) => describeEntry(entry)),
    "groups",
    [...stream.groups].map(([name, group]) => describeGroupFully(name, { stream, group, limit })),
  ];
}

function describeGroupFully(
  name: string,
  { stream, group, limit }: { stream: Stream; group: ConsumerGroup; limit: number },
): Reply {
  const pending = group.pendingFrom(0n);
  return new MapReply([
    "name",
    name,
    "last-delivered-id",
    formatStreamId(group.lastId),
    "entries-read",
    group.entriesRead ?? null,
    "lag",
    groupLag(stream, group) ?? null,
    "pel-count",
    group.pendingCount,
    "pel",
    pending
      .slice(0, limit)
      .map((entry) => [
        formatStreamId(entry.id),
        entry.consumer.name,
        entry.deliveredAt,
        entry.deliveryCount,
      ]),
    "consumers",
    [...group.consumers.values()].map((consumer) => {
      const mine = pending.filter((entry) => entry.consumer === consumer);
      return new MapReply([
        "name",
        consumer.name,
        "seen-time",
        consumer.seenAt,
        "pel-count",
        consumer.pendingCount,
        "pel",
        mine
          .slice(0, limit)
          .map((entry) => [formatStreamId(entry.id), entry.deliveredAt, entry.deliveryCount]),
      ]);
    }),
  ]);
}
