import { syntaxError, wrongArity, ReplyError } from "../protocol/reply-error.ts";
import { ok } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { createCommands } from "./command.ts";
import type { Command } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { decrement, decrementBy, increment, incrementBy, incrementByFloat } from "./counters.ts";
import { expiryTime, expiryUnits } from "./expiry-time.ts";
import type { ExpiryUnit } from "./expiry-time.ts";
import { longestCommonSubsequence } from "./longest-common-subsequence.ts";

/** The longest string, that of `proto-max-bulk-len`. */
export const longestString: number = 512 * 1024 * 1024;

/** Strings. */
export const stringCommands: readonly Command[] = createCommands("string", [
  { name: "append", arity: 3, flags: "write denyoom fast", keys: [1, 1, 1], run: append },
  { name: "decr", arity: 2, flags: "write denyoom fast", keys: [1, 1, 1], run: decrement },
  { name: "decrby", arity: 3, flags: "write denyoom fast", keys: [1, 1, 1], run: decrementBy },
  { name: "get", arity: 2, flags: "readonly fast", keys: [1, 1, 1], run: get },
  { name: "getdel", arity: 2, flags: "write fast", keys: [1, 1, 1], run: getAndDelete },
  { name: "getex", arity: -2, flags: "write fast", keys: [1, 1, 1], run: getAndExpire },
  { name: "getrange", arity: 4, flags: "readonly", keys: [1, 1, 1], run: getRange },
  { name: "getset", arity: 3, flags: "write denyoom fast", keys: [1, 1, 1], run: getAndSet },
  { name: "incr", arity: 2, flags: "write denyoom fast", keys: [1, 1, 1], run: increment },
  { name: "incrby", arity: 3, flags: "write denyoom fast", keys: [1, 1, 1], run: incrementBy },
  { name: "incrbyfloat", arity: 3, flags: "write denyoom fast", keys: [1, 1, 1], run: incrementByFloat },
  { name: "lcs", arity: -3, flags: "readonly", keys: [1, 2, 1], run: longestCommonSubsequence },
  { name: "mget", arity: -2, flags: "readonly fast", keys: [1, -1, 1], run: getSeveral },
  { name: "mset", arity: -3, flags: "write denyoom", keys: [1, -1, 2], run: setSeveral },
  { name: "msetnx", arity: -3, flags: "write denyoom", keys: [1, -1, 2], run: setSeveralIfAbsent },
  { name: "psetex", arity: 4, flags: "write denyoom", keys: [1, 1, 1], run: setWithExpiry("PX") },
  { name: "set", arity: -3, flags: "write denyoom", keys: [1, 1, 1], run: set },
  { name: "setex", arity: 4, flags: "write denyoom", keys: [1, 1, 1], run: setWithExpiry("EX") },
  { name: "setnx", arity: 3, flags: "write denyoom fast", keys: [1, 1, 1], run: setIfAbsent },
  { name: "setrange", arity: 4, flags: "write denyoom", keys: [1, 1, 1], run: setRange },
  { name: "strlen", arity: 2, flags: "readonly fast", keys: [1, 1, 1], run: stringLength },
  { name: "substr", arity: 4, flags: "readonly", keys: [1, 1, 1], run: getRange },
]);

function get(args: CommandArguments, { database }: Session): Reply {
  return database.get(args.next(), "string") ?? null;
}

interface SetOptions {
  condition: "NX" | "XX" | undefined;
  isGet: boolean;
  isExpiryKept: boolean;
  expiresAt: number;
}

function set(args: CommandArguments, session: Session): Reply {
  const { database } = session;
  const key = args.next();
  const text = args.next();
  const options = readSetOptions(args, session);
  const before = options.isGet ? (database.get(key, "string") ?? null) : null;
  const known = options.condition !== undefined || options.isExpiryKept ? database.peek(key) : undefined;
  if (options.condition === (known === undefined ? "XX" : "NX")) return before;
  const expiresAt = options.isExpiryKept ? (known?.expiresAt ?? 0) : options.expiresAt;
  database.put(key, { type: "string", content: text }, { expiresAt });
  database.changed(key, "set");
  if (options.expiresAt !== 0) database.changed(key, "expire");
  return options.isGet ? before : ok;
}

function readSetOptions(args: CommandArguments, session: Session): SetOptions {
  const options: SetOptions = { condition: undefined, isGet: false, isExpiryKept: false, expiresAt: 0 };
  while (args.remaining > 0) {
    const word = args.keyword();
    if ((word === "NX" || word === "XX") && (options.condition ?? word) === word) options.condition = word;
    else if (word === "GET") options.isGet = true;
    else if (word === "KEEPTTL" && options.expiresAt === 0) options.isExpiryKept = true;
    else if (isExpiryUnit(word) && options.expiresAt === 0 && !options.isExpiryKept) {
      options.expiresAt = readExpiry(args, session, word);
    } else throw syntaxError();
  }
  return options;
}

function isExpiryUnit(word: string): word is ExpiryUnit {
  return (expiryUnits as readonly string[]).includes(word);
}

function readExpiry(args: CommandArguments, session: Session, unit: ExpiryUnit): number {
  return expiryTime(args.int64(), { unit, now: session.engine.time, command: args.name });
}

function setWithExpiry(unit: ExpiryUnit) {
  return (args: CommandArguments, session: Session): Reply => {
    const { database } = session;
    const key = args.next();
    const expiresAt = readExpiry(args, session, unit);
    database.put(key, { type: "string", content: args.next() }, { expiresAt });
    database.changed(key, "set");
    database.changed(key, "expire");
    return ok;
  };
}

function setIfAbsent(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  if (database.has(key)) return 0;
  database.put(key, { type: "string", content: args.next() });
  database.changed(key, "set");
  return 1;
}

function getAndSet(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const before = database.get(key, "string") ?? null;
  database.put(key, { type: "string", content: args.next() });
  database.changed(key, "set");
  return before;
}

function getAndDelete(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const before = database.get(key, "string");
  if (before === undefined) return null;
  database.delete(key);
  return before;
}

function getAndExpire(args: CommandArguments, session: Session): Reply {
  const { database, engine } = session;
  const key = args.next();
  let expiresAt: number | undefined;
  if (args.remaining > 0) {
    const word = args.keyword();
    if (word === "PERSIST") expiresAt = 0;
    else if (isExpiryUnit(word)) expiresAt = readExpiry(args, session, word);
    else throw syntaxError();
    args.end();
  }
  const text = database.get(key, "string");
  if (text === undefined) return null;
  if (expiresAt === undefined) return text;
  if (expiresAt !== 0 && expiresAt <= engine.time) {
    database.delete(key);
  } else if (expiresAt !== 0 || database.peek(key)?.expiresAt !== 0) {
    database.setExpiry(key, expiresAt);
    database.changed(key, expiresAt === 0 ? "persist" : "expire");
  }
  return text;
}

function getSeveral(args: CommandArguments, { database }: Session): Reply {
  return args.rest().map((key) => {
    const value = database.find(key)?.value;
    return value?.type === "string" ? value.content : null;
  });
}

function setSeveral(args: CommandArguments, session: Session): Reply {
  putSeveral(readPairs(args), session);
  return ok;
}

function setSeveralIfAbsent(args: CommandArguments, session: Session): Reply {
  const pairs = readPairs(args);
  if (pairs.some(([key]) => session.database.has(key))) return 0;
  putSeveral(pairs, session);
  return 1;
}

function readPairs(args: CommandArguments): [key: string, text: string][] {
  if (args.remaining % 2 !== 0) throw wrongArity(args.name);
  const pairs: [string, string][] = [];
  while (args.remaining > 0) pairs.push([args.next(), args.next()]);
  return pairs;
}

function putSeveral(pairs: readonly [string, string][], { database }: Session): void {
  for (const [key, text] of pairs) {
    database.put(key, { type: "string", content: text });
    database.changed(key, "set");
  }
}

function append(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const before = database.get(key, "string");
  const text = (before ?? "") + args.next();
  if (text.length > longestString) throw tooLong();
  database.setText(key, text, before === undefined ? undefined : "raw");
  database.changed(key, "append");
  return text.length;
}

function stringLength(args: CommandArguments, { database }: Session): Reply {
  return database.get(args.next(), "string")?.length ?? 0;
}

function getRange(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const first = args.integer();
  const last = args.integer();
  const text = database.get(key, "string") ?? "";
  if (first < 0 && last < 0 && first > last) return "";
  const start = Math.max(0, first < 0 ? text.length + first : first);
  const end = Math.max(0, last < 0 ? text.length + last : last);
  return text.slice(start, end + 1);
}

function setRange(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const offset = args.integer();
  const patch = args.next();
  if (offset < 0) throw new ReplyError("ERR offset is out of range");
  const before = database.get(key, "string");
  if (patch === "") return before?.length ?? 0;
  if (offset + patch.length > longestString) throw tooLong();
  const text = (before ?? "").padEnd(offset, "\0");
  const changed = text.slice(0, offset) + patch + text.slice(offset + patch.length);
  database.setText(key, changed, "raw");
  database.changed(key, "setrange");
  return changed.length;
}

function tooLong(): ReplyError {
  return new ReplyError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
}
