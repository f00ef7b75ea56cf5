import { LuaDataError } from "./lua-data.ts";
import type { LuaData } from "./lua-data.ts";

/*
 * MessagePack, https://github.com/msgpack/msgpack/blob/master/spec.md, over text with one character per byte.
 */

/** The bytes of a value. */
export function packMessage(data: LuaData): string {
  if (data === undefined || data === null) return "\xc0";
  if (typeof data === "boolean") return data ? "\xc3" : "\xc2";
  if (typeof data === "number") return packNumber(data);
  if (typeof data === "string")
    return packHeader(data.length, { fixed: [0xa0, 31], sizes: [0xd9, 0xda, 0xdb] }) + data;
  if (Array.isArray(data)) {
    const header = packHeader(data.length, { fixed: [0x90, 15], sizes: [undefined, 0xdc, 0xdd] });
    return header + data.map((item) => packMessage(item)).join("");
  }
  const header = packHeader(data.size, { fixed: [0x80, 15], sizes: [undefined, 0xde, 0xdf] });
  return header + [...data].map(([key, item]) => packMessage(key) + packMessage(item)).join("");
}

interface HeaderForms {
  /** Mark and largest length of the form that holds both in one byte. */
  fixed: readonly [mark: number, longest: number];
  /** Marks of the forms with a length of 8, 16 and 32 bits. */
  sizes: readonly [number | undefined, number, number];
}

function packHeader(
  length: number,
  { fixed: [mark, longest], sizes: [eight, sixteen, thirtyTwo] }: HeaderForms,
): string {
  if (length <= longest) return String.fromCharCode(mark + length);
  if (eight !== undefined && length <= 0xff) return String.fromCharCode(eight, length);
  const bytes = Buffer.alloc(length <= 0xffff ? 3 : 5);
  if (length <= 0xffff) {
    bytes[0] = sixteen;
    bytes.writeUInt16BE(length, 1);
  } else {
    bytes[0] = thirtyTwo;
    bytes.writeUInt32BE(length, 1);
  }
  return bytes.toString("latin1");
}

function packNumber(value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) >= 2 ** 63) return packDouble(value);
  if (value >= 0 && value < 0x80) return String.fromCharCode(value);
  if (value < 0 && value >= -32) return String.fromCharCode(256 + value);
  const bytes = Buffer.alloc(9);
  if (value >= 0) {
    if (value <= 0xff) return withMark(bytes, 0xcc, bytes.writeUInt8(value, 1));
    if (value <= 0xffff) return withMark(bytes, 0xcd, bytes.writeUInt16BE(value, 1));
    if (value <= 0xffff_ffff) return withMark(bytes, 0xce, bytes.writeUInt32BE(value, 1));
    return withMark(bytes, 0xcf, bytes.writeBigUInt64BE(BigInt(value), 1));
  }
  if (value >= -0x80) return withMark(bytes, 0xd0, bytes.writeInt8(value, 1));
  if (value >= -0x8000) return withMark(bytes, 0xd1, bytes.writeInt16BE(value, 1));
  if (value >= -0x8000_0000) return withMark(bytes, 0xd2, bytes.writeInt32BE(value, 1));
  return withMark(bytes, 0xd3, bytes.writeBigInt64BE(BigInt(value), 1));
}

/** Numbers that 32 bits hold exactly take only those. */
function packDouble(value: number): string {
  const bytes = Buffer.alloc(9);
  if (Object.is(Math.fround(value), value)) return withMark(bytes, 0xca, bytes.writeFloatBE(value, 1));
  return withMark(bytes, 0xcb, bytes.writeDoubleBE(value, 1));
}

function withMark(bytes: Buffer, mark: number, end: number): string {
  bytes[0] = mark;
  return bytes.toString("latin1", 0, end);
}

/** All values that stand one behind the other. @throws LuaDataError when the bytes are cut off or unknown. */
export function unpackMessages(text: string): LuaData[] {
  const reader = new MessageReader(Buffer.from(text, "latin1"));
  const values: LuaData[] = [];
  while (!reader.isAtEnd) values.push(reader.read());
  return values;
}

class MessageReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  read(): LuaData {
    const mark = this.#bytes.readUInt8(this.#advance(1));
    if (mark < 0x80) return mark;
    if (mark >= 0xe0) return mark - 256;
    if (mark < 0x90) return this.#map(mark & 15);
    if (mark < 0xa0) return this.#array(mark & 15);
    if (mark < 0xc0) return this.#text(mark & 31);
    const readForm = this.#forms[mark];
    if (readForm === undefined) throw new LuaDataError("Bad data format in input.");
    return readForm();
  }

  readonly #forms: Readonly<Record<number, () => LuaData>> = {
    0xc0: () => undefined,
    0xc2: () => false,
    0xc3: () => true,
    0xc4: () => this.#text(this.#size(1)),
    0xc5: () => this.#text(this.#size(2)),
    0xc6: () => this.#text(this.#size(4)),
    0xca: () => this.#bytes.readFloatBE(this.#advance(4)),
    0xcb: () => this.#bytes.readDoubleBE(this.#advance(8)),
    0xcc: () => this.#size(1),
    0xcd: () => this.#size(2),
    0xce: () => this.#size(4),
    0xcf: () => Number(this.#bytes.readBigUInt64BE(this.#advance(8))),
    0xd0: () => this.#bytes.readInt8(this.#advance(1)),
    0xd1: () => this.#bytes.readInt16BE(this.#advance(2)),
    0xd2: () => this.#bytes.readInt32BE(this.#advance(4)),
    0xd3: () => Number(this.#bytes.readBigInt64BE(this.#advance(8))),
    0xd9: () => this.#text(this.#size(1)),
    0xda: () => this.#text(this.#size(2)),
    0xdb: () => this.#text(this.#size(4)),
    0xdc: () => this.#array(this.#size(2)),
    0xdd: () => this.#array(this.#size(4)),
    0xde: () => this.#map(this.#size(2)),
    0xdf: () => this.#map(this.#size(4)),
  };

  #advance(length: number): number {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new LuaDataError("Missing bytes in input.");
    return start;
  }

  #size(length: number): number {
    return this.#bytes.readUIntBE(this.#advance(length), length);
  }

  #text(length: number): string {
    const start = this.#advance(length);
    return this.#bytes.toString("latin1", start, start + length);
  }

  #array(length: number): LuaData[] {
    const items: LuaData[] = [];
    for (let left = length; left > 0; left--) items.push(this.read());
    return items;
  }

  #map(size: number): LuaData {
    const entries = new Map<string | number, LuaData>();
    for (let left = size; left > 0; left--) {
      const key = this.read();
      const value = this.read();
      if (typeof key === "string" || typeof key === "number") entries.set(key, value);
    }
    return entries;
  }
}
