import { cloneValue } from "../keyspace/clone-value.ts";
import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { ok, Status } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import { runOrBlock } from "../server/blocked-calls.ts";
import type { Session } from "../server/session.ts";
import { compileGlob } from "../values/glob-pattern.ts";
import { createCommands } from "./command.ts";
import type { Command } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { dump, restore } from "./dump.ts";
import { expire, expiry, persist } from "./expiry.ts";
import { objectSubcommands } from "./object.ts";
import { scanKeys } from "./scan.ts";
import { sort } from "./sort.ts";

/** Keys of any type. */
export const keyCommands: readonly Command[] = createCommands("generic", [
  { name: "copy", arity: -3, flags: "write denyoom", keys: [1, 2, 1], run: copy },
  { name: "del", arity: -2, flags: "write", keys: [1, -1, 1], run: remove },
  { name: "dump", arity: 2, flags: "readonly", keys: [1, 1, 1], run: dump },
  { name: "exists", arity: -2, flags: "readonly fast", keys: [1, -1, 1], run: countExisting },
  { name: "expire", arity: -3, flags: "write fast", keys: [1, 1, 1], run: expire("EX") },
  { name: "expireat", arity: -3, flags: "write fast", keys: [1, 1, 1], run: expire("EXAT") },
  { name: "expiretime", arity: 2, flags: "readonly fast", keys: [1, 1, 1], run: expiry("EXAT") },
  { name: "keys", arity: 2, flags: "readonly", run: listKeys },
  { name: "move", arity: 3, flags: "write fast", keys: [1, 1, 1], run: move },
  { name: "object", arity: -2, subcommands: objectSubcommands },
  { name: "persist", arity: 2, flags: "write fast", keys: [1, 1, 1], run: persist },
  { name: "pexpire", arity: -3, flags: "write fast", keys: [1, 1, 1], run: expire("PX") },
  { name: "pexpireat", arity: -3, flags: "write fast", keys: [1, 1, 1], run: expire("PXAT") },
  { name: "pexpiretime", arity: 2, flags: "readonly fast", keys: [1, 1, 1], run: expiry("PXAT") },
  { name: "pttl", arity: 2, flags: "readonly fast", keys: [1, 1, 1], run: expiry("PX") },
  { name: "randomkey", arity: 1, flags: "readonly", run: randomKey },
  { name: "rename", arity: 3, flags: "write", keys: [1, 2, 1], run: rename },
  { name: "renamenx", arity: 3, flags: "write fast", keys: [1, 2, 1], run: renameIfAbsent },
  { name: "restore", arity: -4, flags: "write denyoom", keys: [1, 1, 1], run: restore },
  { name: "scan", arity: -2, flags: "readonly", run: scanKeys },
  {
    name: "sort",
    arity: -2,
    flags: "write denyoom movablekeys",
    keys: [1, 1, 1],
    run: sort({ isReadOnly: false }),
  },
  {
    name: "sort_ro",
    arity: -2,
    flags: "readonly movablekeys",
    keys: [1, 1, 1],
    run: sort({ isReadOnly: true }),
  },
  { name: "touch", arity: -2, flags: "readonly fast", keys: [1, -1, 1], run: countExisting },
  { name: "ttl", arity: 2, flags: "readonly fast", keys: [1, 1, 1], run: expiry("EX") },
  { name: "type", arity: 2, flags: "readonly fast", keys: [1, 1, 1], run: typeOf },
  { name: "unlink", arity: -2, flags: "write fast", keys: [1, -1, 1], run: remove },
  { name: "wait", arity: 3, flags: "noscript", run: waitForReplicas },
]);

function remove(args: CommandArguments, { database }: Session): Reply {
  let count = 0;
  for (const key of args.rest()) if (database.delete(key)) count++;
  return count;
}

function countExisting(args: CommandArguments, { database }: Session): Reply {
  return args.rest().filter((key) => database.find(key) !== undefined).length;
}

function typeOf(args: CommandArguments, { database }: Session): Reply {
  return new Status(database.peek(args.next())?.value.type ?? "none");
}

function listKeys(args: CommandArguments, { database }: Session): Reply {
  const matches = compileGlob(args.next());
  const found: string[] = [];
  for (const key of database.keys()) if (matches(key)) found.push(key);
  return found;
}

function randomKey(_args: CommandArguments, { database, engine }: Session): Reply {
  return database.randomKey(engine.random) ?? null;
}

function rename(args: CommandArguments, session: Session): Reply {
  renameKey(args.next(), args.next(), session);
  return ok;
}

function renameIfAbsent(args: CommandArguments, session: Session): Reply {
  const from = args.next();
  const to = args.next();
  if (!session.database.has(from)) throw noSuchKey();
  if (session.database.has(to)) return 0;
  renameKey(from, to, session);
  return 1;
}

function renameKey(from: string, to: string, { database }: Session): void {
  const entry = database.peek(from);
  if (entry === undefined) throw noSuchKey();
  if (from === to) return;
  database.remove(from);
  database.put(to, entry.value, entry);
  database.changed(from, "rename_from");
  database.changed(to, "rename_to");
}

function noSuchKey(): ReplyError {
  return new ReplyError("ERR no such key");
}

function copy(args: CommandArguments, session: Session): Reply {
  const from = args.next();
  const to = args.next();
  let target = session.database;
  let isReplacing = false;
  while (args.remaining > 0) {
    if (args.take("REPLACE")) isReplacing = true;
    else if (args.take("DB")) target = readDatabase(args, session);
    else throw syntaxError();
  }
  if (target === session.database && from === to)
    throw new ReplyError("ERR source and destination objects are the same");
  const entry = session.database.peek(from);
  if (entry === undefined || (!isReplacing && target.has(to))) return 0;
  target.put(to, cloneValue(entry.value), entry);
  target.changed(to, "copy_to");
  return 1;
}

function readDatabase(args: CommandArguments, { engine }: Session): Session["database"] {
  const database = engine.databases[args.integer()];
  if (database === undefined) throw new ReplyError("ERR DB index is out of range");
  return database;
}

function move(args: CommandArguments, session: Session): Reply {
  const key = args.next();
  const target = readDatabase(args, session);
  if (target === session.database) throw new ReplyError("ERR source and destination objects are the same");
  if (target.has(key)) return 0;
  const entry = session.database.remove(key);
  if (entry === undefined) return 0;
  target.put(key, entry.value, entry);
  session.database.changed(key, "move_from");
  target.changed(key, "move_to");
  return 1;
}

/** There are no replicas: who waits for some waits until the time is over. */
function waitForReplicas(args: CommandArguments, session: Session): Reply {
  const replicas = args.integer();
  const timeout = args.integer("ERR timeout is not an integer or out of range");
  if (timeout < 0) throw new ReplyError("ERR timeout is negative");
  const attempt = (): Reply | undefined => (replicas <= 0 ? 0 : undefined);
  return runOrBlock(session, { keys: [], type: "string", timeout, attempt, onTimeout: 0 });
}
