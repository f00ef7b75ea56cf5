import type { Database } from "../keyspace/database.ts";
import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { nullArray, ok } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { blockingListCommands } from "./blocking-lists.ts";
import { createCommands, countedKeysAt } from "./command.ts";
import type { Command, CommandHandler } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { moveItem, popFirst, popItems, readEnd, readPopFirst } from "./list-moves.ts";
import type { ListEnd } from "./list-moves.ts";
import { toRange } from "./positions.ts";

/** Lists. */
export const listCommands: readonly Command[] = createCommands("list", [
  ...blockingListCommands,
  { name: "lindex", arity: 3, flags: "readonly", keys: [1, 1, 1], run: itemAt },
  { name: "linsert", arity: 5, flags: "write denyoom", keys: [1, 1, 1], run: insert },
  { name: "llen", arity: 2, flags: "readonly fast", keys: [1, 1, 1], run: count },
  { name: "lmove", arity: 5, flags: "write denyoom", keys: [1, 2, 1], run: move },
  { name: "lmpop", arity: -4, flags: "write movablekeys", findKeys: countedKeysAt(0), run: popFromFirst },
  { name: "lpop", arity: -2, flags: "write fast", keys: [1, 1, 1], run: pop("LEFT") },
  { name: "lpos", arity: -3, flags: "readonly", keys: [1, 1, 1], run: findItem },
  { name: "lpush", arity: -3, flags: "write denyoom fast", keys: [1, 1, 1], run: push("LEFT") },
  { name: "lpushx", arity: -3, flags: "write denyoom fast", keys: [1, 1, 1], run: pushIfPresent("LEFT") },
  { name: "lrange", arity: 4, flags: "readonly", keys: [1, 1, 1], run: range },
  { name: "lrem", arity: 4, flags: "write", keys: [1, 1, 1], run: removeItems },
  { name: "lset", arity: 4, flags: "write denyoom", keys: [1, 1, 1], run: setItem },
  { name: "ltrim", arity: 4, flags: "write", keys: [1, 1, 1], run: trim },
  { name: "rpop", arity: -2, flags: "write fast", keys: [1, 1, 1], run: pop("RIGHT") },
  { name: "rpoplpush", arity: 3, flags: "write denyoom", keys: [1, 2, 1], run: moveToOther },
  { name: "rpush", arity: -3, flags: "write denyoom fast", keys: [1, 1, 1], run: push("RIGHT") },
  { name: "rpushx", arity: -3, flags: "write denyoom fast", keys: [1, 1, 1], run: pushIfPresent("RIGHT") },
]);

function push(end: ListEnd): CommandHandler {
  return (args, { database }) => pushItems(database, args.next(), { end, items: args.rest() });
}

function pushIfPresent(end: ListEnd): CommandHandler {
  return (args, { database }) => {
    const key = args.next();
    if (database.get(key, "list") === undefined) return 0;
    return pushItems(database, key, { end, items: args.rest() });
  };
}

function pushItems(
  database: Database,
  key: string,
  { end, items }: { end: ListEnd; items: readonly string[] },
): number {
  const list = database.obtain(key, "list");
  for (const item of items) {
    if (end === "LEFT") list.unshift(item);
    else list.push(item);
  }
  database.changed(key, end === "LEFT" ? "lpush" : "rpush");
  return list.length;
}

function pop(end: ListEnd): CommandHandler {
  return (args, { database }) => {
    const key = args.next();
    if (args.remaining === 0) return popItems(database, key, { end, count: 1 })?.[0] ?? null;
    const wanted = args.integerFrom(0, "ERR value is out of range, must be positive");
    if (args.remaining > 0) throw new ReplyError(`ERR wrong number of arguments for '${args.name}' command`);
    if (wanted === 0) return database.get(key, "list") === undefined ? nullArray : [];
    return popItems(database, key, { end, count: wanted }) ?? nullArray;
  };
}

function popFromFirst(args: CommandArguments, { database }: Session): Reply {
  const options = readPopFirst(args);
  return popFirst(database, options) ?? nullArray;
}

function move(args: CommandArguments, { database }: Session): Reply {
  const from = args.next();
  const to = args.next();
  return moveItem(database, { from, to, fromEnd: readEnd(args), toEnd: readEnd(args) }) ?? null;
}

function moveToOther(args: CommandArguments, { database }: Session): Reply {
  return moveItem(database, { from: args.next(), to: args.next(), fromEnd: "RIGHT", toEnd: "LEFT" }) ?? null;
}

function count(args: CommandArguments, { database }: Session): Reply {
  return database.get(args.next(), "list")?.length ?? 0;
}

function itemAt(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const index = args.integer();
  const list = database.get(key, "list");
  return list?.at(index < 0 ? list.length + index : index) ?? null;
}

function range(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const first = args.integer();
  const last = args.integer();
  const list = database.get(key, "list");
  if (list === undefined) return [];
  const { start, end } = toRange(first, last, list.length);
  return list.slice(start, end);
}

function trim(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const first = args.integer();
  const last = args.integer();
  const list = database.get(key, "list");
  if (list === undefined) return ok;
  const { start, end } = toRange(first, last, list.length);
  // Queues that are kept short lose an item or two at an end.
  if (list.length - (end - start) < 16) {
    for (let surplus = list.length - end; surplus > 0; surplus--) list.pop();
    for (let surplus = start; surplus > 0; surplus--) list.shift();
  } else {
    list.keep(start, end);
  }
  database.changed(key, "ltrim");
  database.deleteIfEmpty(key);
  return ok;
}

function setItem(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const list = database.get(key, "list");
  if (list === undefined) throw new ReplyError("ERR no such key");
  const index = args.integer();
  const position = index < 0 ? list.length + index : index;
  if (position < 0 || position >= list.length) throw new ReplyError("ERR index out of range");
  list.set(position, args.next());
  database.changed(key, "lset");
  return ok;
}

function insert(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const place = args.keyword();
  if (place !== "BEFORE" && place !== "AFTER") throw syntaxError();
  const pivot = args.next();
  const list = database.get(key, "list");
  if (list === undefined) return 0;
  const position = list.slice().indexOf(pivot);
  if (position === -1) return -1;
  list.insert(place === "BEFORE" ? position : position + 1, args.next());
  database.changed(key, "linsert");
  return list.length;
}

function removeItems(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const wanted = args.integer();
  const item = args.next();
  const list = database.get(key, "list");
  if (list === undefined) return 0;
  const positions: number[] = [];
  for (let index = 0; index < list.length; index++) if (list.at(index) === item) positions.push(index);
  const chosen = new Set(
    wanted < 0 ? positions.slice(wanted) : positions.slice(0, wanted === 0 ? undefined : wanted),
  );
  if (chosen.size === 0) return 0;
  list.filter((_item, index) => !chosen.has(index));
  database.changed(key, "lrem");
  database.deleteIfEmpty(key);
  return chosen.size;
}

function findItem(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const item = args.next();
  let rank = 1;
  let wanted: number | undefined;
  let limit = 0;
  while (args.remaining > 0) {
    if (args.take("RANK")) {
      rank = args.integer();
      if (rank === 0) {
        throw new ReplyError(
          "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
        );
      }
    } else if (args.take("COUNT")) wanted = args.integerFrom(0, "ERR COUNT can't be negative");
    else if (args.take("MAXLEN")) limit = args.integerFrom(0, "ERR MAXLEN can't be negative");
    else throw syntaxError();
  }
  const list = database.get(key, "list");
  const length = list?.length ?? 0;
  const positions: number[] = [];
  let skipped = Math.abs(rank) - 1;
  for (let step = 0; step < (limit === 0 ? length : Math.min(limit, length)); step++) {
    const index = rank > 0 ? step : length - 1 - step;
    if (list?.at(index) !== item || skipped-- > 0) continue;
    positions.push(index);
    if (positions.length === (wanted ?? 1)) break;
  }
  return wanted === undefined ? (positions[0] ?? null) : positions;
}
