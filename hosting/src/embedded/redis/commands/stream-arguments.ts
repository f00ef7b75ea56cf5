import type { Database } from "../keyspace/database.ts";
import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import type { Reply } from "../protocol/reply.ts";
import type { ConsumerGroup } from "../values/consumer-group.ts";
import { formatStreamId, largestStreamId, parseStreamId, smallestStreamId } from "../values/stream-id.ts";
import type { StreamId } from "../values/stream-id.ts";
import type { Stream, StreamEntry, TrimOptions } from "../values/stream.ts";
import type { CommandArguments } from "./command-arguments.ts";

const largestSequence = 2n ** 64n - 1n;
/** How many entries approximate trimming removes at most, unless it is told. */
const defaultTrimLimit = 10_000;

export function invalidStreamId(): ReplyError {
  return new ReplyError("ERR Invalid stream ID specified as stream command argument");
}

/** An id as it is given in full, `5-1` or `5`. */
export function toStreamId(text: string, missingSequence = 0n): StreamId {
  const id = parseStreamId(text, missingSequence);
  if (id === undefined) throw invalidStreamId();
  return id;
}

/** The first id of a range: `-`, `5`, `5-1`, or `(5-1` for what comes behind it. */
export function toRangeStart(text: string): StreamId {
  if (text === "-") return smallestStreamId;
  if (text === "+") return largestStreamId;
  if (!text.startsWith("(")) return toStreamId(text);
  const id = toStreamId(text.slice(1));
  if (id === largestStreamId) throw new ReplyError("ERR invalid start ID for the interval");
  return id + 1n;
}

/** The last id of a range. */
export function toRangeEnd(text: string): StreamId {
  if (text === "-") return smallestStreamId;
  if (text === "+") return largestStreamId;
  if (!text.startsWith("(")) return toStreamId(text, largestSequence);
  const id = toStreamId(text.slice(1), largestSequence);
  if (id === smallestStreamId) throw new ReplyError("ERR invalid end ID for the interval");
  return id - 1n;
}

/** Reads `[=|~] <threshold> [LIMIT <count>]` behind `MAXLEN` or `MINID`. */
export function readTrimming(args: CommandArguments, kind: "MAXLEN" | "MINID"): TrimOptions {
  const isApproximate = args.take("~");
  if (!isApproximate) args.take("=");
  const by = kind === "MAXLEN" ? { length: args.integer() } : { firstId: toStreamId(args.next()) };
  if ("length" in by && by.length < 0) throw new ReplyError("ERR The MAXLEN argument must be >= 0.");
  let limit = isApproximate ? defaultTrimLimit : 0;
  if (args.take("LIMIT")) {
    limit = args.integer();
    if (limit < 0) throw new ReplyError("ERR The LIMIT argument must be >= 0.");
    if (!isApproximate)
      throw new ReplyError("ERR syntax error, LIMIT cannot be used without the special ~ option");
  }
  return { by, isApproximate, limit };
}

export function describeEntry({ id, fields }: StreamEntry): Reply {
  return [formatStreamId(id), fields];
}

/** A group of a stream. @throws ReplyError NOGROUP when there is none. */
export function findGroup(
  database: Database,
  key: string,
  name: string,
): { stream: Stream; group: ConsumerGroup } {
  const stream = database.get(key, "stream");
  const group = stream?.groups.get(name);
  if (stream === undefined || group === undefined) {
    throw new ReplyError(`NOGROUP No such key '${key}' or consumer group '${name}'`);
  }
  return { stream, group };
}

/** What Redis answers to a word that a subcommand does not know. */
export function unknownOption(container: string, subcommand: string): ReplyError {
  return new ReplyError(
    `ERR unknown subcommand or wrong number of arguments for '${subcommand}'. Try ${container} HELP.`,
  );
}

/** Reads a count that is a limit: nothing below 0. */
export function readCount(args: CommandArguments): number {
  const count = args.integer();
  if (Number.isNaN(count)) throw syntaxError();
  return Math.max(0, count);
}
