import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { compileGlob } from "../values/glob-pattern.ts";
import type { GlobMatcher } from "../values/glob-pattern.ts";
import type { IndexedMap } from "../values/indexed-map.ts";
import type { CommandArguments } from "./command-arguments.ts";

/** Collections up to this size come out in one go, as the small ones of Redis do. */
const smallCollection = 128;

interface ScanOptions {
  cursor: number;
  count: number;
  matches: GlobMatcher;
  type: string | undefined;
}

/** `SCAN`. */
export function scanKeys(args: CommandArguments, { database }: Session): Reply {
  const { matches, type, ...place } = readScanOptions(args, readCursor(args));
  const page = database.scan(place.cursor, place.count);
  const keys = page.keys.filter(
    (key) => matches(key) && (type === undefined || database.peek(key)?.value.type === type),
  );
  return [String(page.cursor), keys];
}

/** `HSCAN`, `SSCAN`, `ZSCAN`: some of a collection, each key with what `show` makes of it. */
export function scanCollection<V>(
  args: CommandArguments,
  cursor: number,
  { collection, show }: { collection: IndexedMap<V> | undefined; show: (key: string, value: V) => string[] },
): Reply {
  const { count, matches } = readScanOptions(args, cursor);
  if (collection === undefined) return ["0", []];
  const isSmall = collection.size <= smallCollection;
  const page = collection.scan(cursor, isSmall ? smallCollection : count);
  // The walk goes backwards; small collections look more natural in the order in which they were filled.
  const keys = isSmall ? page.keys.toReversed() : page.keys;
  const found = keys.filter((key) => matches(key)).flatMap((key) => show(key, collection.get(key) as V));
  return [String(page.cursor), found];
}

export function readCursor(args: CommandArguments): number {
  const text = args.next();
  if (!/^\d{1,20}$/.test(text)) throw new ReplyError("ERR invalid cursor");
  return Number(text);
}

function readScanOptions(args: CommandArguments, cursor: number): ScanOptions {
  const options: ScanOptions = { cursor, count: 10, matches: () => true, type: undefined };
  while (args.remaining > 0) {
    if (args.take("MATCH")) options.matches = compileGlob(args.next());
    else if (args.take("COUNT")) {
      options.count = args.integer();
      if (options.count < 1) throw syntaxError();
    } else if (args.name === "scan" && args.take("TYPE")) options.type = args.next().toLowerCase();
    else throw syntaxError();
  }
  return options;
}
