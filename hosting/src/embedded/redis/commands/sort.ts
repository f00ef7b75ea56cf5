import type { Database } from "../keyspace/database.ts";
import { ReplyError, syntaxError, wrongType } from "../protocol/reply-error.ts";
import { Deque } from "../values/deque.ts";
import { parseDouble } from "../values/doubles.ts";
import type { CommandHandler } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";

interface SortOptions {
  isDescending: boolean;
  isAlphabetic: boolean;
  offset: number;
  count: number;
  by: string | undefined;
  gets: string[];
  target: string | undefined;
}

/** `SORT`: the items of a list, set or sorted set in the order of their values or of other keys. */
export function sort({ isReadOnly }: { isReadOnly: boolean }): CommandHandler {
  return (args, { database }) => {
    const key = args.next();
    const options = readOptions(args, isReadOnly);
    const items = readItems(database, key);
    const isSorted = options.by === undefined || options.by.includes("*");
    const sorted = isSorted ? sortItems(items, database, options) : items;
    const start = Math.max(0, options.offset);
    const chosen = options.count < 0 ? sorted.slice(start) : sorted.slice(start, start + options.count);
    const rows = chosen.flatMap((item) =>
      options.gets.length === 0
        ? [item]
        : options.gets.map((pattern) => lookUp(database, pattern, item) ?? null),
    );
    if (options.target === undefined) return rows;
    return store(database, options.target, rows);
  };
}

function readOptions(args: CommandArguments, isReadOnly: boolean): SortOptions {
  const options: SortOptions = {
    isDescending: false,
    isAlphabetic: false,
    offset: 0,
    count: -1,
    by: undefined,
    gets: [],
    target: undefined,
  };
  while (args.remaining > 0) {
    if (args.take("ASC")) options.isDescending = false;
    else if (args.take("DESC")) options.isDescending = true;
    else if (args.take("ALPHA")) options.isAlphabetic = true;
    else if (args.take("LIMIT")) [options.offset, options.count] = [args.integer(), args.integer()];
    else if (args.take("BY")) options.by = args.next();
    else if (args.take("GET")) options.gets.push(args.next());
    else if (!isReadOnly && args.take("STORE")) options.target = args.next();
    else throw syntaxError();
  }
  return options;
}

function readItems(database: Database, key: string): string[] {
  const value = database.find(key)?.value;
  switch (value?.type) {
    case undefined:
      return [];
    case "list":
      return value.content.slice();
    case "set":
      return [...value.content.keys()];
    case "zset":
      return [...value.content].map(({ member }) => member);
    default:
      throw wrongType();
  }
}

function sortItems(items: readonly string[], database: Database, options: SortOptions): string[] {
  const { by, isAlphabetic, isDescending } = options;
  const direction = isDescending ? -1 : 1;
  const weigh = (item: string): string | undefined => (by === undefined ? item : lookUp(database, by, item));
  if (isAlphabetic) {
    // What has no weight comes first, and equals stay in their order.
    const weighed = items.map((item) => ({ item, weight: weigh(item) }));
    return weighed
      .toSorted((left, right) => direction * compareWeights(left.weight, right.weight))
      .map(({ item }) => item);
  }
  const weighed = items.map((item) => ({ item, weight: toWeight(weigh(item)) }));
  return weighed
    .toSorted((left, right) => direction * (left.weight - right.weight || compare(left.item, right.item)))
    .map(({ item }) => item);
}

function toWeight(text: string | undefined): number {
  const weight = text === undefined || text === "" ? 0 : parseDouble(text);
  if (weight === undefined) throw new ReplyError("ERR One or more scores can't be converted into double");
  return weight;
}

function compareWeights(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined)
    return (left === undefined ? 0 : 1) - (right === undefined ? 0 : 1);
  return compare(left, right);
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The value that a pattern such as `weight_*` or `user_*->name` names for an item; `#` is the item itself. */
function lookUp(database: Database, pattern: string, item: string): string | undefined {
  if (pattern === "#") return item;
  const star = pattern.indexOf("*");
  if (star === -1) return undefined;
  const arrow = pattern.indexOf("->", star);
  const hasField = arrow !== -1 && arrow + 2 < pattern.length;
  const key = pattern.slice(0, star) + item + pattern.slice(star + 1, hasField ? arrow : undefined);
  const value = database.peek(key)?.value;
  if (hasField) return value?.type === "hash" ? value.content.get(pattern.slice(arrow + 2)) : undefined;
  return value?.type === "string" ? value.content : undefined;
}

function store(database: Database, target: string, rows: readonly (string | null)[]): number {
  if (rows.length === 0) {
    database.delete(target);
    return 0;
  }
  database.put(target, { type: "list", content: Deque.from(rows.map((row) => row ?? "")) });
  database.changed(target, "sortstore");
  return rows.length;
}
