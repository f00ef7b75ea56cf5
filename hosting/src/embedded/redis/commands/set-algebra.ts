import type { Database } from "../keyspace/database.ts";
import { ReplyError } from "../protocol/reply-error.ts";
import { SetReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { IndexedMap } from "../values/indexed-map.ts";
import { countedKeysAt } from "./command.ts";
import type { CommandHandler, CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";

type Combine = (sets: readonly (IndexedMap<true> | undefined)[]) => Iterable<string>;

/** Differences, intersections and unions of sets. */
export const setAlgebraCommands: readonly CommandRow[] = [
  { name: "sdiff", arity: -2, flags: "readonly", keys: [1, -1, 1], run: answer(difference) },
  { name: "sdiffstore", arity: -3, flags: "write denyoom", keys: [1, -1, 1], run: store(difference) },
  { name: "sinter", arity: -2, flags: "readonly", keys: [1, -1, 1], run: answer(intersection) },
  {
    name: "sintercard",
    arity: -3,
    flags: "readonly movablekeys",
    findKeys: countedKeysAt(0),
    run: intersectionSize,
  },
  { name: "sinterstore", arity: -3, flags: "write denyoom", keys: [1, -1, 1], run: store(intersection) },
  { name: "sunion", arity: -2, flags: "readonly", keys: [1, -1, 1], run: answer(union) },
  { name: "sunionstore", arity: -3, flags: "write denyoom", keys: [1, -1, 1], run: store(union) },
];

function answer(combine: Combine): CommandHandler {
  return (args, { database }) => new SetReply([...combine(readSets(database, args.rest()))]);
}

function store(combine: Combine): CommandHandler {
  return (args, { database }) => {
    const target = args.next();
    const result = new IndexedMap<true>();
    for (const member of combine(readSets(database, args.rest()))) result.set(member, true);
    if (result.size === 0) {
      database.delete(target);
      return 0;
    }
    database.put(target, { type: "set", content: result });
    database.changed(target, args.name);
    return result.size;
  };
}

function intersectionSize(args: CommandArguments, { database }: Session): Reply {
  const count = args.integerFrom(1, "ERR numkeys should be greater than 0");
  if (count > args.remaining) throw new ReplyError("ERR Number of keys can't be greater than number of args");
  const keys = args.several(count);
  let limit = 0;
  if (args.take("LIMIT")) limit = args.integerFrom(0, "ERR LIMIT can't be negative");
  args.end();
  let size = 0;
  for (const _member of intersection(readSets(database, keys))) if (++size === limit) break;
  return size;
}

function readSets(database: Database, keys: readonly string[]): (IndexedMap<true> | undefined)[] {
  return keys.map((key) => database.get(key, "set"));
}

function* difference([first, ...others]: readonly (IndexedMap<true> | undefined)[]): Generator<string> {
  for (const member of first?.keys() ?? []) if (!others.some((other) => other?.has(member))) yield member;
}

function* intersection(sets: readonly (IndexedMap<true> | undefined)[]): Generator<string> {
  const [smallest, ...others] = sets.toSorted((left, right) => (left?.size ?? 0) - (right?.size ?? 0));
  for (const member of smallest?.keys() ?? []) if (others.every((other) => other?.has(member))) yield member;
}

function union(sets: readonly (IndexedMap<true> | undefined)[]): Set<string> {
  const members = new Set<string>();
  for (const set of sets) for (const member of set?.keys() ?? []) members.add(member);
  return members;
}
