import type { Database } from "../keyspace/database.ts";
import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { DoubleReply, nullArray } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import { runOrBlock } from "../server/blocked-calls.ts";
import type { Session } from "../server/session.ts";
import type { ScoredMember } from "../values/sorted-set.ts";
import { countedKeysAt } from "./command.ts";
import type { CommandHandler, CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { withScores } from "./scored-replies.ts";
import { readTimeout } from "./timeouts.ts";

type ScoreEnd = "MIN" | "MAX";

/** The commands that take members out at an end, some of which wait for one. */
export const sortedSetPoppingCommands: readonly CommandRow[] = [
  {
    name: "bzmpop",
    arity: -5,
    flags: "write blocking movablekeys",
    findKeys: countedKeysAt(1),
    run: popSeveralOrBlock,
  },
  {
    name: "bzpopmax",
    arity: -3,
    flags: "write noscript blocking fast",
    keys: [1, -2, 1],
    run: popOrBlock("MAX"),
  },
  {
    name: "bzpopmin",
    arity: -3,
    flags: "write noscript blocking fast",
    keys: [1, -2, 1],
    run: popOrBlock("MIN"),
  },
  { name: "zmpop", arity: -4, flags: "write movablekeys", findKeys: countedKeysAt(0), run: popSeveral },
  { name: "zpopmax", arity: -2, flags: "write fast", keys: [1, 1, 1], run: pop("MAX") },
  { name: "zpopmin", arity: -2, flags: "write fast", keys: [1, 1, 1], run: pop("MIN") },
];

interface PopOptions {
  keys: readonly string[];
  end: ScoreEnd;
  count: number;
}

/** Takes members from the first of several sorted sets that has any. */
function popFirst(
  database: Database,
  { keys, end, count }: PopOptions,
): { key: string; members: ScoredMember[] } | undefined {
  for (const key of keys) {
    const set = database.get(key, "zset");
    if (set === undefined) continue;
    const size = Math.min(count, set.size);
    const members = end === "MIN" ? set.slice(0, size) : set.slice(set.size - size, set.size).toReversed();
    for (const { member } of members) set.delete(member);
    database.changed(key, end === "MIN" ? "zpopmin" : "zpopmax");
    database.deleteIfEmpty(key);
    return { key, members };
  }
  return undefined;
}

function pop(end: ScoreEnd): CommandHandler {
  return (args, { database }) => {
    const key = args.next();
    const isSingle = args.remaining === 0;
    const count = isSingle ? 1 : args.integerFrom(0, "ERR value is out of range, must be positive");
    args.end();
    if (count === 0) {
      database.get(key, "zset");
      return [];
    }
    const members = popFirst(database, { keys: [key], end, count })?.members ?? [];
    const [first] = members;
    if (!isSingle) return withScores(members);
    return first === undefined ? [] : [first.member, new DoubleReply(first.score)];
  };
}

function popOrBlock(end: ScoreEnd): CommandHandler {
  return (args, session) => {
    const keys = args.several(args.remaining - 1);
    const timeout = readTimeout(args);
    const attempt = (key?: string): Reply | undefined => {
      const popped = popFirst(session.database, { keys: key === undefined ? keys : [key], end, count: 1 });
      const first = popped?.members[0];
      return popped && first && [popped.key, first.member, new DoubleReply(first.score)];
    };
    return runOrBlock(session, { keys, type: "zset", timeout, attempt, onTimeout: nullArray });
  };
}

function popSeveral(args: CommandArguments, { database }: Session): Reply {
  return describe(popFirst(database, readOptions(args))) ?? nullArray;
}

function popSeveralOrBlock(args: CommandArguments, session: Session): Reply {
  const timeout = readTimeout(args);
  const options = readOptions(args);
  const attempt = (key?: string): Reply | undefined =>
    describe(popFirst(session.database, key === undefined ? options : { ...options, keys: [key] }));
  return runOrBlock(session, { keys: options.keys, type: "zset", timeout, attempt, onTimeout: nullArray });
}

/** `2 a b MIN COUNT 3`. */
function readOptions(args: CommandArguments): PopOptions {
  const keys = args.several(args.integerFrom(1, "ERR numkeys should be greater than 0"));
  const end = args.keyword();
  if (end !== "MIN" && end !== "MAX") throw syntaxError();
  let count = 1;
  if (args.take("COUNT")) count = args.integerFrom(1, "ERR count should be greater than 0");
  if (args.remaining > 0) throw new ReplyError("ERR syntax error");
  return { keys, end, count };
}

function describe(popped: { key: string; members: ScoredMember[] } | undefined): Reply | undefined {
  return popped && [popped.key, popped.members.map(({ member, score }) => [member, new DoubleReply(score)])];
}
