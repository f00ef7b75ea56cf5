import { notAnInteger, ReplyError, syntaxError, wrongArity } from "../protocol/reply-error.ts";
import { MapReply, ok, PairsReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { parseDouble } from "../values/doubles.ts";
import { addIntegers, parseInteger } from "../values/integers.ts";
import { createCommands } from "./command.ts";
import type { Command } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { addFloats } from "./counters.ts";
import { pickRandom } from "./random-items.ts";
import { readCursor, scanCollection } from "./scan.ts";

/** Hashes. */
export const hashCommands: readonly Command[] = createCommands("hash", [
  { name: "hdel", arity: -3, flags: "write fast", keys: [1, 1, 1], run: remove },
  { name: "hexists", arity: 3, flags: "readonly fast", keys: [1, 1, 1], run: has },
  { name: "hget", arity: 3, flags: "readonly fast", keys: [1, 1, 1], run: get },
  { name: "hgetall", arity: 2, flags: "readonly", keys: [1, 1, 1], run: getAll },
  { name: "hincrby", arity: 4, flags: "write denyoom fast", keys: [1, 1, 1], run: incrementBy },
  { name: "hincrbyfloat", arity: 4, flags: "write denyoom fast", keys: [1, 1, 1], run: incrementByFloat },
  { name: "hkeys", arity: 2, flags: "readonly", keys: [1, 1, 1], run: listFields },
  { name: "hlen", arity: 2, flags: "readonly fast", keys: [1, 1, 1], run: count },
  { name: "hmget", arity: -3, flags: "readonly fast", keys: [1, 1, 1], run: getSeveral },
  { name: "hmset", arity: -4, flags: "write denyoom fast", keys: [1, 1, 1], run: setSeveral },
  { name: "hrandfield", arity: -2, flags: "readonly", keys: [1, 1, 1], run: randomFields },
  { name: "hscan", arity: -3, flags: "readonly", keys: [1, 1, 1], run: scan },
  { name: "hset", arity: -4, flags: "write denyoom fast", keys: [1, 1, 1], run: set },
  { name: "hsetnx", arity: 4, flags: "write denyoom fast", keys: [1, 1, 1], run: setIfAbsent },
  { name: "hstrlen", arity: 3, flags: "readonly fast", keys: [1, 1, 1], run: valueLength },
  { name: "hvals", arity: 2, flags: "readonly", keys: [1, 1, 1], run: listValues },
]);

function get(args: CommandArguments, { database }: Session): Reply {
  return database.get(args.next(), "hash")?.get(args.next()) ?? null;
}

function has(args: CommandArguments, { database }: Session): Reply {
  return database.get(args.next(), "hash")?.has(args.next()) === true ? 1 : 0;
}

function getAll(args: CommandArguments, { database }: Session): Reply {
  const flat: string[] = [];
  for (const [field, value] of database.get(args.next(), "hash") ?? []) flat.push(field, value);
  return new MapReply(flat);
}

function listFields(args: CommandArguments, { database }: Session): Reply {
  return [...(database.get(args.next(), "hash")?.keys() ?? [])];
}

function listValues(args: CommandArguments, { database }: Session): Reply {
  return [...(database.get(args.next(), "hash")?.values() ?? [])];
}

function count(args: CommandArguments, { database }: Session): Reply {
  return database.get(args.next(), "hash")?.size ?? 0;
}

function valueLength(args: CommandArguments, { database }: Session): Reply {
  return database.get(args.next(), "hash")?.get(args.next())?.length ?? 0;
}

function getSeveral(args: CommandArguments, { database }: Session): Reply {
  const hash = database.get(args.next(), "hash");
  return args.rest().map((field) => hash?.get(field) ?? null);
}

function set(args: CommandArguments, { database }: Session): Reply {
  if (args.remaining % 2 === 0) throw wrongArity(args.name);
  const key = args.next();
  const hash = database.obtain(key, "hash");
  let added = 0;
  while (args.remaining > 0) {
    const field = args.next();
    if (!hash.has(field)) added++;
    hash.set(field, args.next());
  }
  database.changed(key, "hset");
  return added;
}

function setSeveral(args: CommandArguments, session: Session): Reply {
  set(args, session);
  return ok;
}

function setIfAbsent(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const field = args.next();
  if (database.get(key, "hash")?.has(field) === true) return 0;
  database.obtain(key, "hash").set(field, args.next());
  database.changed(key, "hset");
  return 1;
}

function remove(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const hash = database.get(key, "hash");
  if (hash === undefined) return 0;
  let removed = 0;
  for (const field of args.rest()) if (hash.delete(field)) removed++;
  if (removed > 0) {
    database.changed(key, "hdel");
    database.deleteIfEmpty(key);
  }
  return removed;
}

function incrementBy(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const field = args.next();
  const amount = args.int64();
  const before = parseInteger(database.get(key, "hash")?.get(field) ?? "0");
  if (before === undefined) throw new ReplyError("ERR hash value is not an integer");
  const sum = addIntegers(before, amount);
  if (sum === undefined) throw new ReplyError("ERR increment or decrement would overflow");
  database.obtain(key, "hash").set(field, String(sum));
  database.changed(key, "hincrby");
  return sum;
}

function incrementByFloat(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const field = args.next();
  const before = database.get(key, "hash")?.get(field) ?? "0";
  const amount = args.next();
  if (!Number.isFinite(parseDouble(amount) ?? 0)) throw new ReplyError("ERR value is NaN or Infinity");
  const sum = addFloats(before, amount, {
    onBadValue: () => new ReplyError("ERR hash value is not a float"),
    onBadAmount: () => new ReplyError("ERR value is not a valid float"),
  });
  database.obtain(key, "hash").set(field, sum);
  database.changed(key, "hincrbyfloat");
  return sum;
}

function randomFields(args: CommandArguments, { database, engine }: Session): Reply {
  const key = args.next();
  if (args.remaining === 0) return database.get(key, "hash")?.randomKey(engine.random) ?? null;
  const wanted = args.integer();
  const hasValues = args.remaining > 0;
  if (hasValues && !args.take("WITHVALUES")) throw syntaxError();
  args.end();
  if (!Number.isSafeInteger(wanted * 2)) throw notAnInteger();
  const hash = database.get(key, "hash");
  if (hash === undefined) return [];
  const fields = pickRandom(hash, wanted, engine.random);
  if (!hasValues) return fields;
  return new PairsReply(fields.flatMap((field) => [field, hash.get(field) as string]));
}

function scan(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const cursor = readCursor(args);
  return scanCollection(args, cursor, {
    collection: database.get(key, "hash"),
    show: (field, value) => [field, value],
  });
}
