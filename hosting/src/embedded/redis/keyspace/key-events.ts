/*
 * Keyspace notifications: https://redis.io/docs/latest/develop/use/keyspace-notifications/
 * The setting is a set of letters: K and E say in which channels, the others which events.
 */

const lettersByEvents: readonly (readonly [letter: string, events: string])[] = [
  ["g", "del expire persist rename_from rename_to copy_to move_from move_to restore"],
  ["$", "set setrange append incrby decrby incrbyfloat setbit"],
  ["l", "lpush rpush lpop rpop linsert lset lrem ltrim sortstore"],
  ["s", "sadd srem spop sinterstore sunionstore sdiffstore"],
  ["h", "hset hdel hincrby hincrbyfloat"],
  [
    "z",
    "zadd zincr zrem zremrangebyscore zremrangebyrank zremrangebylex zpopmin zpopmax zinterstore zunionstore zdiffstore zrangestore geosearchstore",
  ],
  ["x", "expired"],
  ["e", "evicted"],
  ["n", "new"],
  [
    "t",
    "xadd xtrim xdel xgroup-create xgroup-createconsumer xgroup-delconsumer xgroup-destroy xgroup-setid xsetid xack xclaim xautoclaim",
  ],
];

const letterOfEvent: ReadonlyMap<string, string> = new Map(
  lettersByEvents.flatMap(([letter, events]) => events.split(" ").map((event) => [event, letter] as const)),
);

/** The letters that `A` stands for. */
const allLetters = "g$lshzxetd";
const knownLetters = `KEAnm${allLetters}`;

/** The letters of the setting in their usual form, `undefined` when one is unknown. */
export function normalizeEventLetters(text: string): string | undefined {
  const letters = new Set(text);
  for (const letter of letters) if (!knownLetters.includes(letter)) return undefined;
  if (letters.has("A")) for (const letter of allLetters) letters.add(letter);
  const given = (candidates: string): string =>
    candidates
      .split("")
      .filter((letter) => letters.has(letter))
      .join("");
  const classes = given(allLetters);
  return (classes === allLetters ? "A" : classes) + given("KEnm");
}

/** The channels and messages that tell an event, with the setting as {@link normalizeEventLetters} gives it. */
export function keyEventMessages(
  event: string,
  { key, database, letters }: { key: string; database: number; letters: string },
): readonly (readonly [channel: string, message: string])[] {
  const letter = letterOfEvent.get(event);
  if (letter === undefined) return [];
  if (!letters.includes(letter) && !(letters.includes("A") && allLetters.includes(letter))) return [];
  return [
    ...(letters.includes("K") ? [[`__keyspace@${database}__:${key}`, event] as const] : []),
    ...(letters.includes("E") ? [[`__keyevent@${database}__:${event}`, key] as const] : []),
  ];
}
