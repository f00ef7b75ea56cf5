import type { Database } from "../keyspace/database.ts";
import { syntaxError } from "../protocol/reply-error.ts";
import type { CommandArguments } from "./command-arguments.ts";

/** The head or the tail of a list. */
export type ListEnd = "LEFT" | "RIGHT";

export function readEnd(args: CommandArguments): ListEnd {
  const word = args.keyword();
  if (word !== "LEFT" && word !== "RIGHT") throw syntaxError();
  return word;
}

/** Takes items from an end of a list, `undefined` when there is no such list. */
export function popItems(
  database: Database,
  key: string,
  { end, count }: { end: ListEnd; count: number },
): string[] | undefined {
  const list = database.get(key, "list");
  if (list === undefined) return undefined;
  const items: string[] = [];
  for (let left = Math.min(count, list.length); left > 0; left--) {
    items.push((end === "LEFT" ? list.shift() : list.pop()) as string);
  }
  database.changed(key, end === "LEFT" ? "lpop" : "rpop");
  database.deleteIfEmpty(key);
  return items;
}

/** Takes items from the first of several lists that has any: its key and the items. */
export function popFirst(
  database: Database,
  { keys, end, count }: { keys: readonly string[]; end: ListEnd; count: number },
): [key: string, items: string[]] | undefined {
  for (const key of keys) {
    const items = popItems(database, key, { end, count });
    if (items !== undefined) return [key, items];
  }
  return undefined;
}

/** Moves an item from an end of a list to an end of another, or of the same. */
export function moveItem(
  database: Database,
  { from, to, fromEnd, toEnd }: { from: string; to: string; fromEnd: ListEnd; toEnd: ListEnd },
): string | undefined {
  const source = database.get(from, "list");
  if (source === undefined) return undefined;
  const target = database.obtain(to, "list");
  const item = (fromEnd === "LEFT" ? source.shift() : source.pop()) as string;
  if (toEnd === "LEFT") target.unshift(item);
  else target.push(item);
  database.changed(from, fromEnd === "LEFT" ? "lpop" : "rpop");
  database.changed(to, toEnd === "LEFT" ? "lpush" : "rpush");
  database.deleteIfEmpty(from);
  return item;
}

/** `2 a b LEFT COUNT 3`. */
export function readPopFirst(args: CommandArguments): { keys: string[]; end: ListEnd; count: number } {
  const keys = args.several(args.integerFrom(1, "ERR numkeys should be greater than 0"));
  const end = readEnd(args);
  let wanted = 1;
  if (args.take("COUNT")) wanted = args.integerFrom(1, "ERR count should be greater than 0");
  args.end();
  return { keys, end, count: wanted };
}
