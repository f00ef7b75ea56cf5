import { notAFloat, notAnInteger, ReplyError } from "../protocol/reply-error.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { addDecimals } from "../values/decimals.ts";
import { formatPlain, parseDouble } from "../values/doubles.ts";
import { addIntegers, parseInteger } from "../values/integers.ts";
import type { Integer } from "../values/integers.ts";
import type { CommandArguments } from "./command-arguments.ts";

export function increment(args: CommandArguments, session: Session): Reply {
  return addToKey(args.next(), session, 1);
}

export function decrement(args: CommandArguments, session: Session): Reply {
  return addToKey(args.next(), session, -1);
}

export function incrementBy(args: CommandArguments, session: Session): Reply {
  return addToKey(args.next(), session, args.int64());
}

export function decrementBy(args: CommandArguments, session: Session): Reply {
  const key = args.next();
  const amount = args.int64();
  if (amount === -(2n ** 63n)) throw new ReplyError("ERR decrement would overflow");
  return addToKey(key, session, -amount);
}

export function incrementByFloat(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const amount = args.next();
  const before = database.get(key, "string") ?? "0";
  const text = addFloats(before, amount, { onBadValue: notAFloat, onBadAmount: notAFloat });
  database.setText(key, text, "embstr");
  database.changed(key, "incrbyfloat");
  return text;
}

/**
 * The sum of two numbers given as text.
 *
 * @throws ReplyError when one is no number, or the sum is none that can be stored.
 */
export function addFloats(
  value: string,
  amount: string,
  { onBadValue, onBadAmount }: { onBadValue: () => ReplyError; onBadAmount: () => ReplyError },
): string {
  const left = parseDouble(value);
  if (left === undefined) throw onBadValue();
  const right = parseDouble(amount);
  if (right === undefined) throw onBadAmount();
  if (!Number.isFinite(left + right)) throw new ReplyError("ERR increment would produce NaN or Infinity");
  return addDecimals(value, amount) ?? formatPlain(left + right);
}

function addToKey(key: string, { database }: Session, amount: Integer): Reply {
  const before = parseInteger(database.get(key, "string") ?? "0");
  if (before === undefined) throw notAnInteger();
  const sum = addIntegers(before, amount);
  if (sum === undefined) throw new ReplyError("ERR increment or decrement would overflow");
  database.setText(key, String(sum));
  database.changed(key, "incrby");
  return sum;
}
