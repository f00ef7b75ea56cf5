import { ReplyError, syntaxError, wrongArity } from "../protocol/reply-error.ts";
import { nullArray, ok } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import {
  createStreamId,
  formatStreamId,
  largestStreamId,
  millisecondsOf,
  parseOpenStreamId,
  sequenceOf,
} from "../values/stream-id.ts";
import type { StreamId } from "../values/stream-id.ts";
import type { TrimOptions } from "../values/stream.ts";
import { createCommands } from "./command.ts";
import type { Command, CommandHandler } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import {
  describeEntry,
  readCount,
  readTrimming,
  toRangeEnd,
  toRangeStart,
  toStreamId,
} from "./stream-arguments.ts";
import { streamGroupCommands } from "./stream-groups.ts";
import { streamInfoCommand } from "./stream-info.ts";
import { streamPendingCommands } from "./stream-pending.ts";
import { streamReadingCommands } from "./stream-reading.ts";

/** Streams. */
export const streamCommands: readonly Command[] = createCommands("stream", [
  ...streamGroupCommands,
  ...streamPendingCommands,
  ...streamReadingCommands,
  streamInfoCommand,
  { name: "xadd", arity: -5, flags: "write denyoom fast", keys: [1, 1, 1], run: add },
  { name: "xdel", arity: -3, flags: "write fast", keys: [1, 1, 1], run: remove },
  { name: "xlen", arity: 2, flags: "readonly fast", keys: [1, 1, 1], run: count },
  { name: "xrange", arity: -4, flags: "readonly", keys: [1, 1, 1], run: range({ isReversed: false }) },
  { name: "xrevrange", arity: -4, flags: "readonly", keys: [1, 1, 1], run: range({ isReversed: true }) },
  { name: "xsetid", arity: -3, flags: "write denyoom fast", keys: [1, 1, 1], run: setId },
  { name: "xtrim", arity: -4, flags: "write", keys: [1, 1, 1], run: trim },
]);

function add(args: CommandArguments, { database, engine }: Session): Reply {
  const key = args.next();
  const { isOnlyKnown, trimming } = readAddOptions(args);
  const idText = args.next();
  const wanted = readNewId(idText);
  if (args.remaining === 0 || args.remaining % 2 !== 0) throw wrongArity(args.name);
  const fields = args.rest();
  const known = database.get(key, "stream");
  if (known === undefined && isOnlyKnown) return null;
  const id = chooseId(wanted, { last: known?.lastId ?? 0n, now: engine.time });
  const stream = known ?? database.obtain(key, "stream");
  stream.append(id, fields);
  database.changed(key, "xadd");
  if (trimming !== undefined && stream.trim(trimming) > 0) database.changed(key, "xtrim");
  return formatStreamId(id);
}

function readAddOptions(args: CommandArguments): { isOnlyKnown: boolean; trimming: TrimOptions | undefined } {
  let isOnlyKnown = false;
  let trimming: TrimOptions | undefined;
  for (;;) {
    if (args.take("NOMKSTREAM")) isOnlyKnown = true;
    else if (args.take("MAXLEN")) trimming = readOnce(args, "MAXLEN", trimming);
    else if (args.take("MINID")) trimming = readOnce(args, "MINID", trimming);
    else return { isOnlyKnown, trimming };
  }
}

function readOnce(
  args: CommandArguments,
  kind: "MAXLEN" | "MINID",
  before: TrimOptions | undefined,
): TrimOptions {
  if (before !== undefined) {
    throw new ReplyError("ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
  }
  return readTrimming(args, kind);
}

/** `*`, `5-*` or an id in full. */
type NewId = { kind: "next" } | { kind: "open"; milliseconds: bigint } | { kind: "given"; id: StreamId };

function readNewId(text: string): NewId {
  if (text === "*") return { kind: "next" };
  const milliseconds = parseOpenStreamId(text);
  if (milliseconds !== undefined) return { kind: "open", milliseconds };
  const id = toStreamId(text);
  if (id === 0n) throw new ReplyError("ERR The ID specified in XADD must be greater than 0-0");
  return { kind: "given", id };
}

function chooseId(wanted: NewId, { last, now }: { last: StreamId; now: number }): StreamId {
  if (last === largestStreamId) {
    throw new ReplyError("ERR The stream has exhausted the last possible ID, unable to add more items");
  }
  const tooSmall = new ReplyError(
    "ERR The ID specified in XADD is equal or smaller than the target stream top item",
  );
  if (wanted.kind === "next") {
    const current = createStreamId(BigInt(now), 0n);
    return current > last ? current : last + 1n;
  }
  if (wanted.kind === "given") {
    if (wanted.id <= last) throw tooSmall;
    return wanted.id;
  }
  const lastMilliseconds = millisecondsOf(last);
  if (wanted.milliseconds > lastMilliseconds) return createStreamId(wanted.milliseconds, 0n);
  const isExhausted = sequenceOf(last) === 2n ** 64n - 1n;
  if (wanted.milliseconds < lastMilliseconds || isExhausted) throw tooSmall;
  return last + 1n;
}

function count(args: CommandArguments, { database }: Session): Reply {
  return database.get(args.next(), "stream")?.length ?? 0;
}

function range({ isReversed }: { isReversed: boolean }): CommandHandler {
  return (args, { database }) => {
    const key = args.next();
    const [first, second] = [args.next(), args.next()];
    const start = toRangeStart(isReversed ? second : first);
    const end = toRangeEnd(isReversed ? first : second);
    let limit = Infinity;
    while (args.remaining > 0) {
      if (!args.take("COUNT")) throw syntaxError();
      limit = readCount(args);
    }
    const stream = database.get(key, "stream");
    if (stream === undefined) return [];
    if (limit === 0) return nullArray;
    return stream.range(start, end, { limit, isReversed }).map((entry) => describeEntry(entry));
  };
}

function remove(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const stream = database.get(key, "stream");
  const ids = new Set(args.rest().map((text) => toStreamId(text)));
  const removed = stream?.delete(ids) ?? 0;
  if (removed > 0) database.changed(key, "xdel");
  return removed;
}

function trim(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const kind = args.keyword();
  if (kind !== "MAXLEN" && kind !== "MINID") throw syntaxError();
  const options = readTrimming(args, kind);
  args.end();
  const removed = database.get(key, "stream")?.trim(options) ?? 0;
  if (removed > 0) database.changed(key, "xtrim");
  return removed;
}

function setId(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const id = toStreamId(args.next());
  let entriesAdded: number | undefined;
  let maxDeletedId: StreamId | undefined;
  while (args.remaining > 0) {
    if (args.take("ENTRIESADDED")) entriesAdded = args.integerFrom(0, "ERR entries_added must be positive");
    else if (args.take("MAXDELETEDID")) {
      maxDeletedId = toStreamId(args.next());
      if (id < maxDeletedId) {
        throw new ReplyError(
          "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
        );
      }
    } else throw syntaxError();
  }
  const stream = database.get(key, "stream");
  if (stream === undefined) throw new ReplyError("ERR no such key");
  if (maxDeletedId === undefined && id < stream.maxDeletedId) {
    throw new ReplyError("ERR The ID specified in XSETID is smaller than current max_deleted_entry_id");
  }
  const top = stream.entries.at(stream.length - 1)?.id;
  if (top !== undefined && id < top) {
    throw new ReplyError("ERR The ID specified in XSETID is smaller than the target stream top item");
  }
  if (entriesAdded !== undefined && stream.length > entriesAdded) {
    throw new ReplyError(
      "ERR The entries_added specified in XSETID is smaller than the target stream length",
    );
  }
  stream.lastId = id;
  stream.entriesAdded = entriesAdded ?? stream.entriesAdded;
  stream.maxDeletedId = maxDeletedId ?? stream.maxDeletedId;
  database.changed(key, "xsetid");
  return ok;
}
