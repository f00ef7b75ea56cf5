import type { Database } from "../keyspace/database.ts";
import { ReplyError } from "../protocol/reply-error.ts";
import { ok } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { HyperLogLog } from "../values/hyperloglog.ts";
import { createCommands } from "./command.ts";
import type { Command } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";

/** Counting different items in little memory. */
export const hyperloglogCommands: readonly Command[] = createCommands("hyperloglog", [
  { name: "pfadd", arity: -2, flags: "write denyoom fast", keys: [1, 1, 1], run: add },
  { name: "pfcount", arity: -2, flags: "readonly", keys: [1, -1, 1], run: count },
  { name: "pfmerge", arity: -2, flags: "write denyoom", keys: [1, -1, 1], run: merge },
]);

function add(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const known = read(database, key);
  const sketch = known ?? new HyperLogLog();
  let isChanged = known === undefined;
  for (const item of args.rest()) if (sketch.add(item)) isChanged = true;
  if (!isChanged) return 0;
  write(database, key, sketch);
  return 1;
}

function count(args: CommandArguments, { database }: Session): Reply {
  return union(database, args.rest()).count();
}

function merge(args: CommandArguments, { database }: Session): Reply {
  const target = args.next();
  write(database, target, union(database, [target, ...args.rest()]));
  return ok;
}

function union(database: Database, keys: readonly string[]): HyperLogLog {
  const result = new HyperLogLog();
  for (const key of keys) {
    const sketch = read(database, key);
    if (sketch !== undefined) result.merge(sketch);
  }
  return result;
}

function read(database: Database, key: string): HyperLogLog | undefined {
  const text = database.get(key, "string");
  if (text === undefined) return undefined;
  const sketch = HyperLogLog.parse(text);
  if (sketch === undefined) throw new ReplyError("WRONGTYPE Key is not a valid HyperLogLog string value.");
  return sketch;
}

function write(database: Database, key: string, sketch: HyperLogLog): void {
  database.setText(key, sketch.toText(), "raw");
  database.changed(key, "pfadd");
}
