import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { SortedSet } from "../values/sorted-set.ts";
import type { ScoredMember } from "../values/sorted-set.ts";
import type { CommandHandler, CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { byMember, byRank, byScore, selectMembers } from "./score-ranges.ts";
import type { RangeFinder } from "./score-ranges.ts";
import { withScores } from "./scored-replies.ts";

type RangeKind = "rank" | "score" | "member";

/** Stretches of sorted sets. */
export const sortedSetRangeCommands: readonly CommandRow[] = [
  { name: "zcount", arity: 4, flags: "readonly fast", keys: [1, 1, 1], run: countRange("score") },
  { name: "zlexcount", arity: 4, flags: "readonly fast", keys: [1, 1, 1], run: countRange("member") },
  { name: "zrange", arity: -4, flags: "readonly", keys: [1, 1, 1], run: range({ kind: undefined }) },
  { name: "zrangebylex", arity: -4, flags: "readonly", keys: [1, 1, 1], run: range({ kind: "member" }) },
  { name: "zrangebyscore", arity: -4, flags: "readonly", keys: [1, 1, 1], run: range({ kind: "score" }) },
  { name: "zrangestore", arity: -5, flags: "write denyoom", keys: [1, 2, 1], run: storeRange },
  { name: "zremrangebylex", arity: 4, flags: "write", keys: [1, 1, 1], run: removeRange("member") },
  { name: "zremrangebyrank", arity: 4, flags: "write", keys: [1, 1, 1], run: removeRange("rank") },
  { name: "zremrangebyscore", arity: 4, flags: "write", keys: [1, 1, 1], run: removeRange("score") },
  {
    name: "zrevrange",
    arity: -4,
    flags: "readonly",
    keys: [1, 1, 1],
    run: range({ kind: "rank", isReversed: true }),
  },
  {
    name: "zrevrangebylex",
    arity: -4,
    flags: "readonly",
    keys: [1, 1, 1],
    run: range({ kind: "member", isReversed: true }),
  },
  {
    name: "zrevrangebyscore",
    arity: -4,
    flags: "readonly",
    keys: [1, 1, 1],
    run: range({ kind: "score", isReversed: true }),
  },
];

interface RangeOptions {
  find: RangeFinder;
  /** Whether ranks count from the end, so that members come out last first. */
  isReversed: boolean;
  hasScores: boolean;
  offset: number;
  count: number;
}

/** `ZRANGE`, whose options say what kind of range it is, and its forerunners, whose names do. */
function range({
  kind,
  isReversed = false,
}: {
  kind: RangeKind | undefined;
  isReversed?: boolean;
}): CommandHandler {
  return (args, { database }) => {
    const key = args.next();
    const options = readRange(args, { kind, isReversed, mayHaveScores: true });
    const set = database.get(key, "zset");
    if (set === undefined) return [];
    const members = select(set, options);
    return options.hasScores ? withScores(members) : members.map(({ member }) => member);
  };
}

function storeRange(args: CommandArguments, { database }: Session): Reply {
  const target = args.next();
  const source = args.next();
  const options = readRange(args, { kind: undefined, isReversed: false, mayHaveScores: false });
  const set = database.get(source, "zset");
  const members = set === undefined ? [] : select(set, options);
  if (members.length === 0) {
    database.delete(target);
    return 0;
  }
  const content = new SortedSet();
  for (const { member, score } of members) content.set(member, score);
  database.put(target, { type: "zset", content });
  database.changed(target, "zrangestore");
  return members.length;
}

function select(set: SortedSet, { find, isReversed, offset, count }: RangeOptions): ScoredMember[] {
  return selectMembers(set, find(set), { isReversed, offset, count });
}

function readRange(
  args: CommandArguments,
  {
    kind,
    isReversed,
    mayHaveScores,
  }: { kind: RangeKind | undefined; isReversed: boolean; mayHaveScores: boolean },
): RangeOptions {
  const first = args.next();
  const second = args.next();
  const limits = { offset: 0, count: -1 };
  let hasLimit = false;
  let hasScores = false;
  let chosenKind: RangeKind = kind ?? "rank";
  let isTurned = isReversed;
  while (args.remaining > 0) {
    if (kind === undefined && args.take("BYSCORE")) chosenKind = "score";
    else if (kind === undefined && args.take("BYLEX")) chosenKind = "member";
    else if (kind === undefined && args.take("REV")) isTurned = true;
    else if (mayHaveScores && args.take("WITHSCORES")) hasScores = true;
    else if (args.take("LIMIT")) {
      limits.offset = args.integer();
      limits.count = args.integer();
      hasLimit = true;
    } else throw syntaxError();
  }
  if (hasLimit && chosenKind === "rank") {
    throw new ReplyError(
      "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
    );
  }
  if (hasScores && chosenKind === "member") {
    throw new ReplyError("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
  }
  return {
    find: toFinder(chosenKind, [first, second], isTurned),
    isReversed: isTurned,
    hasScores,
    ...limits,
  };
}

/** Reversed ranges are given from high to low. */
function toFinder(
  kind: RangeKind,
  [first, second]: readonly [string, string],
  isReversed: boolean,
): RangeFinder {
  if (kind === "score") return isReversed ? byScore(second, first) : byScore(first, second);
  if (kind === "member") return isReversed ? byMember(second, first) : byMember(first, second);
  const [start, end] = [readRank(first), readRank(second)];
  const find = byRank(start, end);
  if (!isReversed) return find;
  return (set) => {
    const found = find(set);
    return { start: set.size - found.end, end: set.size - found.start };
  };
}

function readRank(text: string): number {
  if (!/^-?\d{1,19}$/.test(text)) throw new ReplyError("ERR value is not an integer or out of range");
  return Number(text);
}

function countRange(kind: RangeKind): CommandHandler {
  return (args, { database }) => {
    const key = args.next();
    const find = toFinder(kind, [args.next(), args.next()], false);
    const set = database.get(key, "zset");
    if (set === undefined) return 0;
    const { start, end } = find(set);
    return end - start;
  };
}

function removeRange(kind: RangeKind): CommandHandler {
  return (args, { database }) => {
    const key = args.next();
    const find = toFinder(kind, [args.next(), args.next()], false);
    const set = database.get(key, "zset");
    if (set === undefined) return 0;
    const members = selectMembers(set, find(set));
    for (const { member } of members) set.delete(member);
    if (members.length > 0) {
      database.changed(key, args.name);
      database.deleteIfEmpty(key);
    }
    return members.length;
  };
}
