import { ReplyError } from "../protocol/reply-error.ts";
import { SetReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { createCommands } from "./command.ts";
import type { Command } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { pickRandom } from "./random-items.ts";
import { readCursor, scanCollection } from "./scan.ts";
import { setAlgebraCommands } from "./set-algebra.ts";

/** Sets. */
export const setCommands: readonly Command[] = createCommands("set", [
  ...setAlgebraCommands,
  { name: "sadd", arity: -3, flags: "write denyoom fast", keys: [1, 1, 1], run: add },
  { name: "scard", arity: 2, flags: "readonly fast", keys: [1, 1, 1], run: count },
  { name: "sismember", arity: 3, flags: "readonly fast", keys: [1, 1, 1], run: has },
  { name: "smembers", arity: 2, flags: "readonly", keys: [1, 1, 1], run: members },
  { name: "smismember", arity: -3, flags: "readonly fast", keys: [1, 1, 1], run: hasSeveral },
  { name: "smove", arity: 4, flags: "write fast", keys: [1, 2, 1], run: move },
  { name: "spop", arity: -2, flags: "write fast", keys: [1, 1, 1], run: pop },
  { name: "srandmember", arity: -2, flags: "readonly", keys: [1, 1, 1], run: randomMembers },
  { name: "srem", arity: -3, flags: "write fast", keys: [1, 1, 1], run: remove },
  { name: "sscan", arity: -3, flags: "readonly", keys: [1, 1, 1], run: scan },
]);

function add(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const set = database.obtain(key, "set");
  const before = set.size;
  for (const member of args.rest()) set.set(member, true);
  if (set.size > before) database.changed(key, "sadd");
  return set.size - before;
}

function remove(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const set = database.get(key, "set");
  if (set === undefined) return 0;
  let removed = 0;
  for (const member of args.rest()) if (set.delete(member)) removed++;
  if (removed > 0) {
    database.changed(key, "srem");
    database.deleteIfEmpty(key);
  }
  return removed;
}

function count(args: CommandArguments, { database }: Session): Reply {
  return database.get(args.next(), "set")?.size ?? 0;
}

function members(args: CommandArguments, { database }: Session): Reply {
  return new SetReply([...(database.get(args.next(), "set")?.keys() ?? [])]);
}

function has(args: CommandArguments, { database }: Session): Reply {
  return database.get(args.next(), "set")?.has(args.next()) === true ? 1 : 0;
}

function hasSeveral(args: CommandArguments, { database }: Session): Reply {
  const set = database.get(args.next(), "set");
  return args.rest().map((member) => (set?.has(member) === true ? 1 : 0));
}

function move(args: CommandArguments, { database }: Session): Reply {
  const from = args.next();
  const to = args.next();
  const member = args.next();
  const source = database.get(from, "set");
  if (source === undefined) return 0;
  const target = database.get(to, "set");
  if (!source.has(member)) return 0;
  if (source === target) return 1;
  source.delete(member);
  database.changed(from, "srem");
  database.deleteIfEmpty(from);
  database.obtain(to, "set").set(member, true);
  database.changed(to, "sadd");
  return 1;
}

function pop(args: CommandArguments, { database, engine }: Session): Reply {
  const key = args.next();
  const isSingle = args.remaining === 0;
  const wanted = isSingle ? 1 : args.integerFrom(0, "ERR value is out of range, must be positive");
  args.end();
  const set = database.get(key, "set");
  if (set === undefined) return isSingle ? null : new SetReply([]);
  const picked = pickRandom(set, wanted, engine.random);
  for (const member of picked) set.delete(member);
  if (picked.length > 0) {
    database.changed(key, "spop");
    database.deleteIfEmpty(key);
  }
  return isSingle ? (picked[0] ?? null) : new SetReply(picked);
}

function randomMembers(args: CommandArguments, { database, engine }: Session): Reply {
  const key = args.next();
  if (args.remaining === 0) return database.get(key, "set")?.randomKey(engine.random) ?? null;
  const wanted = args.integer();
  args.end();
  if (!Number.isSafeInteger(wanted)) throw new ReplyError("ERR value is out of range");
  const set = database.get(key, "set");
  return set === undefined ? [] : pickRandom(set, wanted, engine.random);
}

function scan(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const cursor = readCursor(args);
  return scanCollection(args, cursor, { collection: database.get(key, "set"), show: (member) => [member] });
}
