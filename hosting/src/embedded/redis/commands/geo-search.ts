import type { Database } from "../keyspace/database.ts";
import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { decodePlace, distanceBetween, isPlace, meridianDistance } from "../values/geohash.ts";
import type { Place } from "../values/geohash.ts";
import { SortedSet } from "../values/sorted-set.ts";
import type { CommandHandler, CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { describePlace, readUnit } from "./geo-units.ts";

/** Searches around a place. */
export const geoSearchCommands: readonly CommandRow[] = [
  { name: "georadius", arity: -6, ...radiusRow(), run: searchRadius({ isMember: false, mayStore: true }) },
  {
    name: "georadius_ro",
    arity: -6,
    flags: "readonly",
    keys: [1, 1, 1],
    run: searchRadius({ isMember: false, mayStore: false }),
  },
  {
    name: "georadiusbymember",
    arity: -5,
    ...radiusRow(),
    run: searchRadius({ isMember: true, mayStore: true }),
  },
  {
    name: "georadiusbymember_ro",
    arity: -5,
    flags: "readonly",
    keys: [1, 1, 1],
    run: searchRadius({ isMember: true, mayStore: false }),
  },
  { name: "geosearch", arity: -7, flags: "readonly", keys: [1, 1, 1], run: search },
  { name: "geosearchstore", arity: -8, flags: "write denyoom", keys: [1, 2, 1], run: searchAndStore },
];

function radiusRow(): Pick<CommandRow, "flags" | "keys" | "findKeys"> {
  return {
    flags: "write denyoom movablekeys",
    keys: [1, 1, 1],
    findKeys: (words) => {
      const at = words.findIndex((word) => /^STORE(?:DIST)?$/i.test(word));
      return [...words.slice(0, 1), ...(at === -1 ? [] : words.slice(at + 1, at + 2))];
    },
  };
}

type Shape = { radius: number } | { width: number; height: number };

interface SearchOptions {
  center: Place | undefined;
  shape: Shape | undefined;
  /** Metres of the unit that distances are given in. */
  unit: number;
  order: "ASC" | "DESC" | undefined;
  count: number;
  isAnyEnough: boolean;
  hasPlaces: boolean;
  hasDistances: boolean;
  hasHashes: boolean;
  target: string | undefined;
  storesDistances: boolean;
}

function emptyOptions(): SearchOptions {
  return {
    center: undefined,
    shape: undefined,
    unit: 1,
    order: undefined,
    count: 0,
    isAnyEnough: false,
    hasPlaces: false,
    hasDistances: false,
    hasHashes: false,
    target: undefined,
    storesDistances: false,
  };
}

function searchRadius({ isMember, mayStore }: { isMember: boolean; mayStore: boolean }): CommandHandler {
  return (args, { database }) => {
    const key = args.next();
    const set = database.get(key, "zset");
    const options = emptyOptions();
    if (isMember) {
      const member = args.next();
      if (set !== undefined) options.center = memberPlace(set, member);
    } else options.center = readPlace(args);
    const radius = readLength(args, "radius");
    options.unit = readUnit(args);
    options.shape = { radius: radius * options.unit };
    readOptions(args, options, (word) => {
      if (!mayStore || (word !== "STORE" && word !== "STOREDIST")) return false;
      options.target = args.next();
      options.storesDistances = word === "STOREDIST";
      return true;
    });
    return finish(database, set, options);
  };
}

function search(args: CommandArguments, { database }: Session): Reply {
  const set = database.get(args.next(), "zset");
  return finish(database, set, readSearch(args, set, emptyOptions()));
}

function searchAndStore(args: CommandArguments, { database }: Session): Reply {
  const options = emptyOptions();
  options.target = args.next();
  const set = database.get(args.next(), "zset");
  return finish(database, set, readSearch(args, set, options));
}

function readSearch(
  args: CommandArguments,
  set: SortedSet | undefined,
  options: SearchOptions,
): SearchOptions {
  let hasCenter = false;
  const isStored = options.target !== undefined;
  readOptions(args, options, (word) => {
    if (word === "FROMMEMBER" || word === "FROMLONLAT") {
      if (hasCenter) throw syntaxError();
      hasCenter = true;
      if (word === "FROMLONLAT") options.center = readPlace(args);
      else {
        const member = args.next();
        if (set !== undefined) options.center = memberPlace(set, member);
      }
    } else if (word === "BYRADIUS" && options.shape === undefined) {
      const radius = readLength(args, "radius");
      options.unit = readUnit(args);
      options.shape = { radius: radius * options.unit };
    } else if (word === "BYBOX" && options.shape === undefined) {
      const [width, height] = [readLength(args, "width"), readLength(args, "height")];
      options.unit = readUnit(args);
      options.shape = { width: width * options.unit, height: height * options.unit };
    } else if (word === "STOREDIST" && isStored) options.storesDistances = true;
    else return false;
    return true;
  });
  if (!hasCenter) {
    throw new ReplyError(
      `ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${args.name.toUpperCase()}`,
    );
  }
  if (options.shape === undefined) {
    throw new ReplyError(
      `ERR exactly one of BYRADIUS and BYBOX can be specified for ${args.name.toUpperCase()}`,
    );
  }
  return options;
}

/** Reads what all searches know; `readOther` takes a word of one command and says whether it did. */
function readOptions(
  args: CommandArguments,
  options: SearchOptions,
  readOther: (word: string) => boolean,
): void {
  while (args.remaining > 0) {
    const word = args.keyword();
    if (word === "WITHDIST") options.hasDistances = true;
    else if (word === "WITHHASH") options.hasHashes = true;
    else if (word === "WITHCOORD") options.hasPlaces = true;
    else if (word === "ASC" || word === "DESC") options.order = word;
    else if (word === "COUNT") {
      options.count = args.integerFrom(1, "ERR COUNT must be > 0");
      options.isAnyEnough = args.take("ANY");
    } else if (!readOther(word)) throw syntaxError();
  }
  if (options.target !== undefined && (options.hasDistances || options.hasHashes || options.hasPlaces)) {
    throw new ReplyError(
      `ERR ${args.name === "geosearchstore" ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS"} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`,
    );
  }
}

function readPlace(args: CommandArguments): Place {
  const place = { longitude: args.double(), latitude: args.double() };
  if (!isPlace(place)) {
    const shown = `${place.longitude.toFixed(6)},${place.latitude.toFixed(6)}`;
    throw new ReplyError(`ERR invalid longitude,latitude pair ${shown}`);
  }
  return place;
}

function readLength(args: CommandArguments, what: string): number {
  const length = args.double(`ERR need numeric ${what}`);
  if (length < 0)
    throw new ReplyError(
      what === "radius" ? "ERR radius cannot be negative" : "ERR height or width cannot be negative",
    );
  return length;
}

function memberPlace(set: SortedSet, member: string): Place {
  const score = set.score(member);
  if (score === undefined) throw new ReplyError("ERR could not decode requested zset member");
  return decodePlace(score);
}

interface Found {
  member: string;
  score: number;
  place: Place;
  distance: number;
}

function finish(database: Database, set: SortedSet | undefined, options: SearchOptions): Reply {
  const found = set === undefined ? [] : findPlaces(set, options);
  if (options.target !== undefined) return store(database, options.target, { found, options });
  return found.map((item) => describe(item, options));
}

function findPlaces(set: SortedSet, { center, shape, order, count, isAnyEnough }: SearchOptions): Found[] {
  if (center === undefined || shape === undefined) return [];
  const found: Found[] = [];
  for (const { member, score } of set) {
    const place = decodePlace(score);
    const distance = distanceBetween(center, place);
    if (isInside(shape, { center, place, distance })) found.push({ member, score, place, distance });
    if (isAnyEnough && found.length === count) break;
  }
  // A count wants the nearest ones, unless any will do.
  const sorting = order ?? (count > 0 && !isAnyEnough ? "ASC" : undefined);
  if (sorting !== undefined) {
    const direction = sorting === "ASC" ? 1 : -1;
    found.sort((left, right) => direction * (left.distance - right.distance));
  }
  return count > 0 ? found.slice(0, count) : found;
}

function isInside(
  shape: Shape,
  { center, place, distance }: { center: Place; place: Place; distance: number },
): boolean {
  if ("radius" in shape) return distance <= shape.radius;
  if (meridianDistance(center.latitude, place.latitude) > shape.height / 2) return false;
  const across = distanceBetween(
    { longitude: center.longitude, latitude: place.latitude },
    { longitude: place.longitude, latitude: place.latitude },
  );
  return across <= shape.width / 2;
}

function describe({ member, score, place, distance }: Found, options: SearchOptions): Reply {
  if (!options.hasDistances && !options.hasHashes && !options.hasPlaces) return member;
  return [
    member,
    ...(options.hasDistances ? [(distance / options.unit).toFixed(4)] : []),
    ...(options.hasHashes ? [score] : []),
    ...(options.hasPlaces ? [describePlace(place)] : []),
  ];
}

function store(
  database: Database,
  target: string,
  { found, options }: { found: readonly Found[]; options: SearchOptions },
): Reply {
  if (found.length === 0) {
    database.delete(target);
    return 0;
  }
  const content = new SortedSet();
  for (const { member, score, distance } of found) {
    content.set(member, options.storesDistances ? distance / options.unit : score);
  }
  database.put(target, { type: "zset", content });
  database.changed(target, "geosearchstore");
  return found.length;
}
