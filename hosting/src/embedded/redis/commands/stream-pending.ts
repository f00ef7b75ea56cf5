import { notAnInteger, ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { nullArray } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import type { Consumer, ConsumerGroup, PendingEntry } from "../values/consumer-group.ts";
import { parseInteger } from "../values/integers.ts";
import { formatStreamId, parseStreamId } from "../values/stream-id.ts";
import type { StreamId } from "../values/stream-id.ts";
import type { Stream } from "../values/stream.ts";
import type { CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import {
  describeEntry,
  findGroup,
  readCount,
  toRangeEnd,
  toRangeStart,
  toStreamId,
} from "./stream-arguments.ts";

/** What was given to consumers and not acknowledged. */
export const streamPendingCommands: readonly CommandRow[] = [
  { name: "xautoclaim", arity: -6, flags: "write fast", keys: [1, 1, 1], run: claimIdle },
  { name: "xclaim", arity: -6, flags: "write fast", keys: [1, 1, 1], run: claim },
  { name: "xpending", arity: -3, flags: "readonly", keys: [1, 1, 1], run: describePending },
];

function describePending(args: CommandArguments, { database, engine }: Session): Reply {
  const key = args.next();
  const name = args.next();
  if (args.remaining === 0) return summarize(findGroup(database, key, name).group);
  const idle = args.take("IDLE") ? args.integer() : 0;
  const start = toRangeStart(args.next());
  const end = toRangeEnd(args.next());
  const limit = readCount(args);
  const consumerName = args.remaining > 0 ? args.next() : undefined;
  args.end();
  const { group } = findGroup(database, key, name);
  const chosen = group
    .pendingFrom(start)
    .filter(
      ({ id, consumer, deliveredAt }) =>
        id <= end &&
        (consumerName === undefined || consumer.name === consumerName) &&
        engine.time - deliveredAt >= idle,
    );
  return chosen
    .slice(0, limit)
    .map(({ id, consumer, deliveredAt, deliveryCount }) => [
      formatStreamId(id),
      consumer.name,
      Math.max(0, engine.time - deliveredAt),
      deliveryCount,
    ]);
}

function summarize(group: ConsumerGroup): Reply {
  const pending = group.pendingFrom(0n);
  const [first] = pending;
  const last = pending.at(-1);
  if (first === undefined || last === undefined) return [0, null, null, nullArray];
  const counts = [...group.consumers.values()]
    .filter(({ pendingCount }) => pendingCount > 0)
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .map(({ name, pendingCount }) => [name, String(pendingCount)]);
  return [pending.length, formatStreamId(first.id), formatStreamId(last.id), counts];
}

interface ClaimOptions {
  deliveredAt: number;
  deliveryCount: number | undefined;
  isForced: boolean;
  isJustIds: boolean;
  lastId: StreamId | undefined;
}

function claim(args: CommandArguments, { database, engine }: Session): Reply {
  const [key, name, consumerName] = [args.next(), args.next(), args.next()];
  const { stream, group } = findGroup(database, key, name);
  const minimumIdle = Math.max(0, args.integer("ERR Invalid min-idle-time argument for XCLAIM"));
  const words = args.rest();
  const ids = readIds(words);
  const options = readClaimOptions(words.slice(ids.length), engine.time);
  if (options.lastId !== undefined && options.lastId > group.lastId) group.lastId = options.lastId;
  // A consumer that gets nothing is not made.
  const obtain = (): Consumer => group.obtainConsumer(consumerName, engine.time).consumer;
  const claimed: Reply[] = [];
  for (const id of ids) {
    const pending = obtainPending(stream, group, { id, obtain, isForced: options.isForced });
    if (pending === undefined || (minimumIdle > 0 && engine.time - pending.deliveredAt < minimumIdle))
      continue;
    claimed.push(take(stream, group, { pending, consumer: obtain(), options }));
  }
  database.changed(key, "xclaim");
  return claimed;
}

/** The ids come first; the first word that is none starts the options. */
function readIds(words: readonly string[]): StreamId[] {
  const end = words.findIndex((word) => parseStreamId(word) === undefined);
  const ids = (end === -1 ? words : words.slice(0, end)).map((word) => toStreamId(word));
  return ids;
}

function readClaimOptions(words: readonly string[], now: number): ClaimOptions {
  const options: ClaimOptions = {
    deliveredAt: now,
    deliveryCount: undefined,
    isForced: false,
    isJustIds: false,
    lastId: undefined,
  };
  const rest = [...words];
  const number = (option: string): number => {
    const value = parseInteger(rest.shift() ?? "");
    if (value === undefined) throw new ReplyError(`ERR Invalid ${option} option argument for XCLAIM`);
    return Number(value);
  };
  while (rest.length > 0) {
    const word = rest.shift() as string;
    const option = word.toUpperCase();
    if (option === "FORCE") options.isForced = true;
    else if (option === "JUSTID") options.isJustIds = true;
    else if (option === "IDLE" && rest.length > 0) options.deliveredAt = now - number("IDLE");
    else if (option === "TIME" && rest.length > 0) options.deliveredAt = number("TIME");
    else if (option === "RETRYCOUNT" && rest.length > 0) options.deliveryCount = number("RETRYCOUNT");
    else if (option === "LASTID" && rest.length > 0) options.lastId = toStreamId(rest.shift() as string);
    else throw new ReplyError(`ERR Unrecognized XCLAIM option '${word}'`);
  }
  // A time in the future would make the entry younger than now.
  if (options.deliveredAt < 0 || options.deliveredAt > now) options.deliveredAt = now;
  return options;
}

function obtainPending(
  stream: Stream,
  group: ConsumerGroup,
  { id, obtain, isForced }: { id: StreamId; obtain: () => Consumer; isForced: boolean },
): PendingEntry | undefined {
  const known = group.pending(id);
  if (stream.get(id) === undefined) {
    // What was deleted from the stream cannot be worked on: it is no longer pending.
    if (known !== undefined) group.removePending(id);
    return undefined;
  }
  if (known !== undefined || !isForced) return known;
  const forced = { id, consumer: obtain(), deliveredAt: 0, deliveryCount: 0 };
  group.addPending(forced);
  return forced;
}

function take(
  stream: Stream,
  group: ConsumerGroup,
  { pending, consumer, options }: { pending: PendingEntry; consumer: Consumer; options: ClaimOptions },
): Reply {
  group.assign(pending, consumer);
  pending.deliveredAt = options.deliveredAt;
  if (options.deliveryCount !== undefined) pending.deliveryCount = options.deliveryCount;
  else if (!options.isJustIds) pending.deliveryCount++;
  const entry = stream.get(pending.id);
  return options.isJustIds || entry === undefined ? formatStreamId(pending.id) : describeEntry(entry);
}

/** How many pending entries are looked at for each that is wanted. */
const attemptsPerEntry = 10;

function claimIdle(args: CommandArguments, { database, engine }: Session): Reply {
  const [key, name, consumerName] = [args.next(), args.next(), args.next()];
  const minimumIdle = Math.max(0, args.integer("ERR Invalid min-idle-time argument for XAUTOCLAIM"));
  const start = toRangeStart(args.next());
  let count = 100;
  let isJustIds = false;
  while (args.remaining > 0) {
    if (args.take("COUNT")) count = args.integerFrom(1, "ERR COUNT must be > 0");
    else if (args.take("JUSTID")) isJustIds = true;
    else throw syntaxError();
  }
  if (!Number.isSafeInteger(count)) throw notAnInteger();
  const { stream, group } = findGroup(database, key, name);
  const options = {
    deliveredAt: engine.time,
    deliveryCount: undefined,
    isForced: false,
    isJustIds,
    lastId: undefined,
  };
  const candidates = group.pendingFrom(start);
  const claimed: Reply[] = [];
  const deleted: Reply[] = [];
  let looked = 0;
  for (
    ;
    looked < candidates.length && looked < count * attemptsPerEntry && claimed.length < count;
    looked++
  ) {
    const pending = candidates[looked] as PendingEntry;
    if (stream.get(pending.id) === undefined) {
      group.removePending(pending.id);
      deleted.push(formatStreamId(pending.id));
    } else if (engine.time - pending.deliveredAt >= minimumIdle) {
      const { consumer } = group.obtainConsumer(consumerName, engine.time);
      claimed.push(take(stream, group, { pending, consumer, options }));
    }
  }
  database.changed(key, "xautoclaim");
  return [formatStreamId(candidates[looked]?.id ?? 0n), claimed, deleted];
}
