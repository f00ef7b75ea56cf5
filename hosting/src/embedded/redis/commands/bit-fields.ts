import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { toInteger } from "../values/integers.ts";
import type { CommandHandler } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { longestString } from "./strings.ts";

interface IntegerType {
  isSigned: boolean;
  bits: number;
}

type Overflow = "WRAP" | "SAT" | "FAIL";

interface Operation {
  kind: "GET" | "SET" | "INCRBY";
  type: IntegerType;
  offset: number;
  amount: bigint;
  overflow: Overflow;
}

/** `BITFIELD`: integers of any width at any place in a string. */
export function bitField({ isReadOnly }: { isReadOnly: boolean }): CommandHandler {
  return (args: CommandArguments, { database }: Session): Reply => {
    const key = args.next();
    const operations = readOperations(args, isReadOnly);
    const before = database.get(key, "string") ?? "";
    const writes = operations.filter(({ kind }) => kind !== "GET");
    const size = Math.max(
      before.length,
      ...writes.map(({ offset, type }) => Math.ceil((offset + type.bits) / 8)),
    );
    const bytes = Buffer.alloc(size);
    bytes.write(before, "latin1");
    const replies = operations.map((operation) => apply(bytes, operation));
    if (writes.length > 0) {
      database.setText(key, bytes.toString("latin1"), "raw");
      database.changed(key, "setbit");
    }
    return replies;
  };
}

function readOperations(args: CommandArguments, isReadOnly: boolean): Operation[] {
  const operations: Operation[] = [];
  let overflow: Overflow = "WRAP";
  while (args.remaining > 0) {
    const kind = args.keyword();
    if (kind === "OVERFLOW" && !isReadOnly) {
      overflow = readOverflow(args.keyword());
      continue;
    }
    if (kind !== "GET" && kind !== "SET" && kind !== "INCRBY") throw syntaxError();
    if (isReadOnly && kind !== "GET") {
      throw new ReplyError("ERR BITFIELD_RO only supports the GET subcommand");
    }
    const type = readType(args.next());
    const offset = readOffset(args.next(), type);
    const amount = kind === "GET" ? 0n : BigInt(args.int64());
    operations.push({ kind, type, offset, amount, overflow });
  }
  return operations;
}

function readOverflow(word: string): Overflow {
  if (word === "WRAP" || word === "SAT" || word === "FAIL") return word;
  throw new ReplyError("ERR Invalid OVERFLOW type specified");
}

/** `i8`, `u63`. */
function readType(text: string): IntegerType {
  const match = /^([iu])(\d{1,2})$/.exec(text);
  const isSigned = match?.[1] === "i";
  const bits = Number(match?.[2] ?? 0);
  if (bits < 1 || bits > (isSigned ? 64 : 63)) {
    throw new ReplyError(
      "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
    );
  }
  return { isSigned, bits };
}

/** `10`, or `#2` for twice the width of the type. */
function readOffset(text: string, { bits }: IntegerType): number {
  const match = /^(#?)(\d{1,15})$/.exec(text);
  const offset = Number(match?.[2] ?? Number.NaN) * (match?.[1] === "#" ? bits : 1);
  if (!(offset + bits <= longestString * 8)) {
    throw new ReplyError("ERR bit offset is not an integer or out of range");
  }
  return offset;
}

function apply(bytes: Buffer, { kind, type, offset, amount, overflow }: Operation): Reply {
  const before = read(bytes, offset, type);
  if (kind === "GET") return toInteger(before) ?? 0;
  // What is set is taken as 64 bits: −1 is far above any unsigned type, not below it.
  const given = type.isSigned ? amount : BigInt.asUintN(64, amount);
  const wanted = kind === "SET" ? given : before + amount;
  const stored = fit(wanted, type, overflow);
  if (stored === undefined) return null;
  write(bytes, { offset, bits: type.bits, value: stored });
  return toInteger(kind === "SET" ? before : stored) ?? 0;
}

function fit(value: bigint, { isSigned, bits }: IntegerType, overflow: Overflow): bigint | undefined {
  const lowest = isSigned ? -(2n ** BigInt(bits - 1)) : 0n;
  const highest = isSigned ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n;
  if (value >= lowest && value <= highest) return value;
  if (overflow === "FAIL") return undefined;
  if (overflow === "SAT") return value < lowest ? lowest : highest;
  return isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

function read(bytes: Buffer, offset: number, { isSigned, bits }: IntegerType): bigint {
  let value = 0n;
  for (let at = offset; at < offset + bits; at++) {
    const bit = ((bytes[Math.floor(at / 8)] ?? 0) >> (7 - (at % 8))) & 1;
    value = (value << 1n) | BigInt(bit);
  }
  return isSigned ? BigInt.asIntN(bits, value) : value;
}

function write(
  bytes: Buffer,
  { offset, bits, value }: { offset: number; bits: number; value: bigint },
): void {
  let rest = BigInt.asUintN(bits, value);
  for (let at = offset + bits - 1; at >= offset; at--) {
    const position = Math.floor(at / 8);
    const mask = 1 << (7 - (at % 8));
    const byte = bytes[position] ?? 0;
    bytes[position] = (rest & 1n) === 1n ? byte | mask : byte & ~mask;
    rest >>= 1n;
  }
}
