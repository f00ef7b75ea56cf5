import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { bitField } from "./bit-fields.ts";
import { createCommands } from "./command.ts";
import type { Command } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { longestString } from "./strings.ts";

/** Bits of strings. */
export const bitmapCommands: readonly Command[] = createCommands("bitmap", [
  { name: "bitcount", arity: -2, flags: "readonly", keys: [1, 1, 1], run: countBits },
  {
    name: "bitfield",
    arity: -2,
    flags: "write denyoom",
    keys: [1, 1, 1],
    run: bitField({ isReadOnly: false }),
  },
  {
    name: "bitfield_ro",
    arity: -2,
    flags: "readonly fast",
    keys: [1, 1, 1],
    run: bitField({ isReadOnly: true }),
  },
  { name: "bitop", arity: -4, flags: "write denyoom", keys: [2, -1, 1], run: combineBits },
  { name: "bitpos", arity: -3, flags: "readonly", keys: [1, 1, 1], run: findBit },
  { name: "getbit", arity: 3, flags: "readonly fast", keys: [1, 1, 1], run: getBit },
  { name: "setbit", arity: 4, flags: "write denyoom", keys: [1, 1, 1], run: setBit },
]);

function readBitOffset(args: CommandArguments): number {
  const offset = args.integer("ERR bit offset is not an integer or out of range");
  if (offset < 0 || offset >= longestString * 8) {
    throw new ReplyError("ERR bit offset is not an integer or out of range");
  }
  return offset;
}

function bitAt(text: string, offset: number): number {
  // Behind the end charCodeAt gives NaN, which counts as 0 here.
  return (text.charCodeAt(Math.floor(offset / 8)) >> (7 - (offset % 8))) & 1;
}

function getBit(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const offset = readBitOffset(args);
  return bitAt(database.get(key, "string") ?? "", offset);
}

function setBit(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const offset = readBitOffset(args);
  const bit = args.next();
  if (bit !== "0" && bit !== "1") throw new ReplyError("ERR bit is not an integer or out of range");
  const position = Math.floor(offset / 8);
  const text = (database.get(key, "string") ?? "").padEnd(position + 1, "\0");
  const mask = 1 << (7 - (offset % 8));
  const before = text.charCodeAt(position);
  const after = bit === "1" ? before | mask : before & ~mask;
  database.setText(
    key,
    text.slice(0, position) + String.fromCharCode(after) + text.slice(position + 1),
    "raw",
  );
  database.changed(key, "setbit");
  return (before & mask) === 0 ? 0 : 1;
}

/** A stretch of bits, the end not included. */
interface BitRange {
  start: number;
  end: number;
}

/**
 * Reads `[start [end [BYTE|BIT]]]`, negative positions counting from the end. Strictly, a range that ends before it
 * starts is empty even where both lie before the string.
 */
function readBitRange(
  args: CommandArguments,
  text: string,
  { isStrict }: { isStrict: boolean },
): BitRange & { hasEnd: boolean } {
  if (args.remaining === 0) return { start: 0, end: text.length * 8, hasEnd: false };
  let start = args.integer();
  const hasEnd = args.remaining > 0;
  let last = hasEnd ? args.integer() : -1;
  const isInBits = args.take("BIT");
  if (!isInBits) args.take("BYTE");
  args.end();
  const size = isInBits ? text.length * 8 : text.length;
  if (isStrict && start < 0 && last < 0 && start > last) return { start: 0, end: 0, hasEnd };
  start = Math.max(0, start < 0 ? size + start : start);
  last = Math.min(size - 1, Math.max(0, last < 0 ? size + last : last));
  const unit = isInBits ? 1 : 8;
  return { start: start * unit, end: Math.max(start, last + 1) * unit, hasEnd };
}

function countBits(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  if (args.remaining === 1) throw syntaxError();
  const text = database.get(key, "string");
  const { start, end } = readBitRange(args, text ?? "", { isStrict: true });
  if (text === undefined) return 0;
  let count = 0;
  let at = start;
  while (at < end) {
    if (at % 8 === 0 && at + 8 <= end) {
      count += bitsIn(text.charCodeAt(at / 8));
      at += 8;
    } else {
      count += bitAt(text, at++);
    }
  }
  return count;
}

function bitsIn(byte: number): number {
  let count = 0;
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

function findBit(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const wanted = args.integer();
  if (wanted !== 0 && wanted !== 1) throw new ReplyError("ERR The bit argument must be 1 or 0.");
  const text = database.get(key, "string");
  const { start, end, hasEnd } = readBitRange(args, text ?? "", { isStrict: false });
  if (text === undefined) return wanted === 1 ? -1 : 0;
  const plain = wanted === 1 ? 0 : 255;
  let at = start;
  while (at < end) {
    if (at % 8 === 0 && at + 8 <= end && text.charCodeAt(at / 8) === plain) at += 8;
    else if (bitAt(text, at) === wanted) return at;
    else at++;
  }
  // Behind the string there are zeros, unless the end was given.
  return wanted === 0 && !hasEnd && start < end ? text.length * 8 : -1;
}

function combineBits(args: CommandArguments, { database }: Session): Reply {
  const operation = args.keyword();
  const target = args.next();
  const texts = args.rest().map((key) => database.get(key, "string") ?? "");
  const combine = operations[operation];
  if (combine === undefined) throw syntaxError();
  if (operation === "NOT" && texts.length !== 1) {
    throw new ReplyError("ERR BITOP NOT must be called with a single source key.");
  }
  const length = Math.max(...texts.map((text) => text.length));
  if (length === 0) {
    database.delete(target);
    return 0;
  }
  const sources = texts.map((text) => Buffer.from(text, "latin1"));
  const result = Buffer.alloc(length);
  for (let index = 0; index < length; index++) {
    result[index] = combine(sources.map((source) => source[index] ?? 0));
  }
  database.put(target, { type: "string", content: result.toString("latin1") }, { stringEncoding: "raw" });
  database.changed(target, "set");
  return length;
}

const operations: Readonly<Record<string, (bytes: readonly number[]) => number>> = {
  AND: (bytes) => bytes.reduce((left, right) => left & right),
  OR: (bytes) => bytes.reduce((left, right) => left | right),
  XOR: (bytes) => bytes.reduce((left, right) => left ^ right),
  NOT: (bytes) => ~(bytes[0] ?? 0) & 0xff,
};
