import type { Database } from "../keyspace/database.ts";
import { syntaxError, wrongType } from "../protocol/reply-error.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { SortedSet } from "../values/sorted-set.ts";
import { countedKeysAt } from "./command.ts";
import type { CommandHandler, CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { withScores } from "./scored-replies.ts";

type Operation = "union" | "inter" | "diff";
type Aggregate = (left: number, right: number) => number;

/** Differences, intersections and unions of sorted sets and sets. */
export const sortedSetAlgebraCommands: readonly CommandRow[] = [
  {
    name: "zdiff",
    arity: -3,
    flags: "readonly movablekeys",
    findKeys: countedKeysAt(0),
    run: answer("diff"),
  },
  { name: "zdiffstore", arity: -4, ...storing(), run: store("diff") },
  {
    name: "zinter",
    arity: -3,
    flags: "readonly movablekeys",
    findKeys: countedKeysAt(0),
    run: answer("inter"),
  },
  {
    name: "zintercard",
    arity: -3,
    flags: "readonly movablekeys",
    findKeys: countedKeysAt(0),
    run: intersectionSize,
  },
  { name: "zinterstore", arity: -4, ...storing(), run: store("inter") },
  {
    name: "zunion",
    arity: -3,
    flags: "readonly movablekeys",
    findKeys: countedKeysAt(0),
    run: answer("union"),
  },
  { name: "zunionstore", arity: -4, ...storing(), run: store("union") },
];

function storing(): Pick<CommandRow, "flags" | "keys" | "findKeys"> {
  const findSources = countedKeysAt(1);
  return {
    flags: "write denyoom movablekeys",
    keys: [1, 1, 1],
    findKeys: (words) => [...words.slice(0, 1), ...findSources(words)],
  };
}

function answer(operation: Operation): CommandHandler {
  return (args, { database }) => {
    const keys = args.countedKeys();
    const { weights, aggregate, hasScores } = readOptions(args, {
      operation,
      count: keys.length,
      isStored: false,
    });
    const members = [...combine(operation, readScores(database, keys, weights), aggregate)];
    return hasScores ? withScores(members) : members.map(({ member }) => member);
  };
}

function store(operation: Operation): CommandHandler {
  return (args, { database }) => {
    const target = args.next();
    const keys = args.countedKeys();
    const { weights, aggregate } = readOptions(args, { operation, count: keys.length, isStored: true });
    const result = combine(operation, readScores(database, keys, weights), aggregate);
    if (result.size === 0) {
      database.delete(target);
      return 0;
    }
    database.put(target, { type: "zset", content: result });
    database.changed(target, args.name);
    return result.size;
  };
}

function intersectionSize(args: CommandArguments, { database }: Session): Reply {
  const keys = args.countedKeys();
  let limit = 0;
  if (args.take("LIMIT")) limit = args.integerFrom(0, "ERR LIMIT can't be negative");
  args.end();
  const weights = keys.map(() => 1);
  const { size } = combine("inter", readScores(database, keys, weights), (left) => left);
  return limit === 0 ? size : Math.min(limit, size);
}

const aggregates: Readonly<Record<string, Aggregate>> = {
  // Infinities of both signs make nothing, rather than NaN.
  SUM: (left, right) => (Number.isNaN(left + right) ? 0 : left + right),
  MIN: Math.min,
  MAX: Math.max,
};

function readOptions(
  args: CommandArguments,
  { operation, count, isStored }: { operation: Operation; count: number; isStored: boolean },
): { weights: number[]; aggregate: Aggregate; hasScores: boolean } {
  let weights = Array.from({ length: count }, () => 1);
  let aggregate = aggregates["SUM"] as Aggregate;
  let hasScores = false;
  while (args.remaining > 0) {
    if (operation !== "diff" && args.remaining > count && args.take("WEIGHTS")) {
      weights = weights.map(() => args.double("ERR weight value is not a float"));
    } else if (operation !== "diff" && args.take("AGGREGATE")) {
      const chosen = aggregates[args.keyword()];
      if (chosen === undefined) throw syntaxError();
      aggregate = chosen;
    } else if (!isStored && args.take("WITHSCORES")) hasScores = true;
    else throw syntaxError();
  }
  return { weights, aggregate, hasScores };
}

/** The scores of each source times its weight; the members of a plain set score 1. */
function readScores(
  database: Database,
  keys: readonly string[],
  weights: readonly number[],
): ReadonlyMap<string, number>[] {
  return keys.map((key, index) => {
    const value = database.find(key)?.value;
    if (value === undefined) return new Map<string, number>();
    const weight = weights[index] as number;
    const weigh = (score: number): number => (Number.isNaN(score * weight) ? 0 : score * weight);
    if (value.type === "zset") {
      return new Map([...value.content.scores].map(([member, score]) => [member, weigh(score)]));
    }
    if (value.type === "set") return new Map([...value.content.keys()].map((member) => [member, weigh(1)]));
    throw wrongType();
  });
}

function combine(
  operation: Operation,
  sources: readonly ReadonlyMap<string, number>[],
  aggregate: Aggregate,
): SortedSet {
  const result = new SortedSet();
  const [first = new Map<string, number>(), ...others] = sources;
  if (operation === "union") {
    const scores = new Map(first);
    for (const other of others) {
      for (const [member, score] of other) {
        const before = scores.get(member);
        scores.set(member, before === undefined ? score : aggregate(before, score));
      }
    }
    for (const [member, score] of scores) result.set(member, score);
    return result;
  }
  for (const [member, score] of first) {
    const found = others.map((other) => other.get(member));
    if (operation === "diff" && found.every((other) => other === undefined)) result.set(member, score);
    if (operation === "inter" && found.every((other) => other !== undefined)) {
      result.set(
        member,
        found.reduce((left, right) => aggregate(left, right), score),
      );
    }
  }
  return result;
}
