import { ReplyError } from "../protocol/reply-error.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import type { CommandHandler } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { expiryTime } from "./expiry-time.ts";
import type { ExpiryUnit } from "./expiry-time.ts";

/** `EXPIRE` and its kin: sets when a key ends. */
export function expire(unit: ExpiryUnit): CommandHandler {
  return (args, { database, engine }) => {
    const key = args.next();
    const amount = args.int64();
    const isAllowed = readCondition(args);
    const expiresAt = expiryTime(amount, { unit, now: engine.time, command: args.name, isPositive: false });
    const entry = database.peek(key);
    if (entry === undefined || !isAllowed(entry.expiresAt, expiresAt)) return 0;
    if (expiresAt <= engine.time) {
      database.delete(key);
      return 1;
    }
    database.setExpiry(key, expiresAt);
    database.changed(key, "expire");
    return 1;
  };
}

/** `TTL` and its kin: when a key ends, or in how long; −1 never, −2 no such key. */
export function expiry(unit: ExpiryUnit): CommandHandler {
  return (args, { database, engine }) => {
    const entry = database.peek(args.next());
    if (entry === undefined) return -2;
    if (entry.expiresAt === 0) return -1;
    const isAbsolute = unit === "EXAT" || unit === "PXAT";
    const milliseconds = isAbsolute ? entry.expiresAt : entry.expiresAt - engine.time;
    if (unit === "PX" || unit === "PXAT") return milliseconds;
    return isAbsolute ? Math.floor(milliseconds / 1000) : Math.floor((milliseconds + 500) / 1000);
  };
}

/** `PERSIST`. */
export function persist(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const entry = database.peek(key);
  if (entry === undefined || entry.expiresAt === 0) return 0;
  database.setExpiry(key, 0);
  database.changed(key, "persist");
  return 1;
}

type Condition = (before: number, after: number) => boolean;

function readCondition(args: CommandArguments): Condition {
  const words = new Set<string>();
  while (args.remaining > 0) {
    const word = args.next();
    if (!/^(?:NX|XX|GT|LT)$/i.test(word)) throw new ReplyError(`ERR Unsupported option ${word}`);
    words.add(word.toUpperCase());
  }
  if (words.has("NX") && words.size > 1) {
    throw new ReplyError("ERR NX and XX, GT or LT options at the same time are not compatible");
  }
  if (words.has("GT") && words.has("LT")) {
    throw new ReplyError("ERR GT and LT options at the same time are not compatible");
  }
  // A key without an end counts as one that ends infinitely late.
  return (before, after) =>
    !(
      (words.has("NX") && before !== 0) ||
      (words.has("XX") && before === 0) ||
      (words.has("GT") && (before === 0 || after <= before)) ||
      (words.has("LT") && before !== 0 && after >= before)
    );
}
