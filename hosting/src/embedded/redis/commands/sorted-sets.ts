import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { DoubleReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { formatDouble } from "../values/doubles.ts";
import { createCommands } from "./command.ts";
import type { Command } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { pickRandom } from "./random-items.ts";
import { readCursor, scanCollection } from "./scan.ts";
import { withScores } from "./scored-replies.ts";
import { addMembers, incrementMember } from "./sorted-set-adding.ts";
import { sortedSetAlgebraCommands } from "./sorted-set-algebra.ts";
import { sortedSetPoppingCommands } from "./sorted-set-popping.ts";
import { sortedSetRangeCommands } from "./sorted-set-ranges.ts";

/** Sorted sets. */
export const sortedSetCommands: readonly Command[] = createCommands("sorted-set", [
  ...sortedSetAlgebraCommands,
  ...sortedSetPoppingCommands,
  ...sortedSetRangeCommands,
  { name: "zadd", arity: -4, flags: "write denyoom fast", keys: [1, 1, 1], run: addMembers },
  { name: "zcard", arity: 2, flags: "readonly fast", keys: [1, 1, 1], run: count },
  { name: "zincrby", arity: 4, flags: "write denyoom fast", keys: [1, 1, 1], run: incrementMember },
  { name: "zmscore", arity: -3, flags: "readonly fast", keys: [1, 1, 1], run: scores },
  { name: "zrandmember", arity: -2, flags: "readonly", keys: [1, 1, 1], run: randomMembers },
  { name: "zrank", arity: 3, flags: "readonly fast", keys: [1, 1, 1], run: rank },
  { name: "zrem", arity: -3, flags: "write fast", keys: [1, 1, 1], run: remove },
  { name: "zrevrank", arity: 3, flags: "readonly fast", keys: [1, 1, 1], run: reversedRank },
  { name: "zscan", arity: -3, flags: "readonly", keys: [1, 1, 1], run: scan },
  { name: "zscore", arity: 3, flags: "readonly fast", keys: [1, 1, 1], run: score },
]);

function count(args: CommandArguments, { database }: Session): Reply {
  return database.get(args.next(), "zset")?.size ?? 0;
}

function score(args: CommandArguments, { database }: Session): Reply {
  const value = database.get(args.next(), "zset")?.score(args.next());
  return value === undefined ? null : new DoubleReply(value);
}

function scores(args: CommandArguments, { database }: Session): Reply {
  const set = database.get(args.next(), "zset");
  return args.rest().map((member) => {
    const value = set?.score(member);
    return value === undefined ? null : new DoubleReply(value);
  });
}

function rank(args: CommandArguments, { database }: Session): Reply {
  return database.get(args.next(), "zset")?.rank(args.next()) ?? null;
}

function reversedRank(args: CommandArguments, { database }: Session): Reply {
  const set = database.get(args.next(), "zset");
  const place = set?.rank(args.next());
  return set === undefined || place === undefined ? null : set.size - 1 - place;
}

function remove(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const set = database.get(key, "zset");
  if (set === undefined) return 0;
  let removed = 0;
  for (const member of args.rest()) if (set.delete(member)) removed++;
  if (removed > 0) {
    database.changed(key, "zrem");
    database.deleteIfEmpty(key);
  }
  return removed;
}

function randomMembers(args: CommandArguments, { database, engine }: Session): Reply {
  const key = args.next();
  if (args.remaining === 0) return database.get(key, "zset")?.scores.randomKey(engine.random) ?? null;
  const wanted = args.integer();
  const hasScores = args.remaining > 0;
  if (hasScores && !args.take("WITHSCORES")) throw syntaxError();
  args.end();
  if (!Number.isSafeInteger(wanted * 2)) throw new ReplyError("ERR value is out of range");
  const set = database.get(key, "zset");
  if (set === undefined) return [];
  const members = pickRandom(set.scores, wanted, engine.random);
  if (!hasScores) return members;
  return withScores(members.map((member) => ({ member, score: set.score(member) as number })));
}

function scan(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const cursor = readCursor(args);
  return scanCollection(args, cursor, {
    collection: database.get(key, "zset")?.scores,
    show: (member, value) => [member, formatDouble(value)],
  });
}
