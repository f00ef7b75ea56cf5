import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { nullArray } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { decodePlace, distanceBetween, encodePlace, geohashText, isPlace } from "../values/geohash.ts";
import type { Place } from "../values/geohash.ts";
import { createCommands } from "./command.ts";
import type { Command } from "./command.ts";
import { geoSearchCommands } from "./geo-search.ts";
import { addMembers } from "./sorted-set-adding.ts";
import { describePlace, readUnit } from "./geo-units.ts";
import { CommandArguments } from "./command-arguments.ts";

/** Places on the earth, kept in sorted sets. */
export const geoCommands: readonly Command[] = createCommands("geo", [
  ...geoSearchCommands,
  { name: "geoadd", arity: -5, flags: "write denyoom", keys: [1, 1, 1], run: add },
  { name: "geodist", arity: -4, flags: "readonly", keys: [1, 1, 1], run: distance },
  { name: "geohash", arity: -2, flags: "readonly", keys: [1, 1, 1], run: hash },
  { name: "geopos", arity: -2, flags: "readonly", keys: [1, 1, 1], run: position },
]);

/** Becomes a `ZADD` with the numbers of the cells as scores. */
function add(args: CommandArguments, session: Session): Reply {
  const words = [args.next()];
  for (;;) {
    if (args.take("NX")) words.push("NX");
    else if (args.take("XX")) words.push("XX");
    else if (args.take("CH")) words.push("CH");
    else break;
  }
  const isContradictory = words.includes("NX", 1) && words.includes("XX", 1);
  if (args.remaining === 0 || args.remaining % 3 !== 0 || isContradictory) throw syntaxError();
  while (args.remaining > 0) {
    const place = { longitude: args.double(), latitude: args.double() };
    if (!isPlace(place)) {
      const shown = `${place.longitude.toFixed(6)},${place.latitude.toFixed(6)}`;
      throw new ReplyError(`ERR invalid longitude,latitude pair ${shown}`);
    }
    words.push(String(encodePlace(place)), args.next());
  }
  return addMembers(new CommandArguments(args.name, words), session);
}

function placeOf({ database }: Session, key: string, member: string): Place | undefined {
  const score = database.get(key, "zset")?.score(member);
  return score === undefined ? undefined : decodePlace(score);
}

function distance(args: CommandArguments, session: Session): Reply {
  const key = args.next();
  const [from, to] = [placeOf(session, key, args.next()), placeOf(session, key, args.next())];
  const unit = args.remaining > 0 ? readUnit(args) : 1;
  args.end();
  if (from === undefined || to === undefined) return null;
  return (distanceBetween(from, to) / unit).toFixed(4);
}

function hash(args: CommandArguments, session: Session): Reply {
  const key = args.next();
  return args.rest().map((member) => {
    const place = placeOf(session, key, member);
    return place === undefined ? null : geohashText(place);
  });
}

function position(args: CommandArguments, session: Session): Reply {
  const key = args.next();
  return args.rest().map((member) => {
    const place = placeOf(session, key, member);
    return place === undefined ? nullArray : describePlace(place);
  });
}
