import { constants } from "node:buffer";

import { splitInlineRequest } from "./inline-request.ts";

/** A request that breaks the protocol: the client is told why, then its connection is closed. */
export class ProtocolError extends Error {
  override readonly name: string = "ProtocolError";
}

/** How much a request may hold. */
export interface RequestLimits {
  /** Arguments of one request. */
  arguments: number;
  /** Bytes of one argument. */
  bulkBytes: number;
}

/** The limits of a client that has proved who it is, those of Redis. */
export const standardLimits: RequestLimits = {
  arguments: 1024 * 1024,
  bulkBytes: Math.min(512 * 1024 * 1024, constants.MAX_STRING_LENGTH),
};

const anonymousLimits: RequestLimits = { arguments: 10, bulkBytes: 16_384 };
const longestLine = 64 * 1024;
const nothing: Buffer = Buffer.alloc(0);
const carriageReturn = 13;
const lineFeed = 10;

/**
 * Reads requests from the bytes of a connection, however they are cut.
 *
 * Raw input: `*2\r\n$3\r\nGET\r\n$1\r\na\r\n`, or a line typed by hand: `GET a\r\n`.
 * The arguments are strings with one character per byte.
 */
export class RequestParser {
  /** Whether the client has authenticated; before that, only small requests are read. */
  isTrusted = true;

  readonly #limits: RequestLimits;
  #buffer: Buffer = nothing;
  #offset = 0;
  #chunks: Buffer[] = [];
  #chunkBytes = 0;
  // How many unread bytes must be there before parsing goes on: spares joining a big argument again for every chunk.
  #wanted = 0;
  #arguments: string[] = [];
  #missing = 0;
  #bulkLength = -1;

  constructor(limits: RequestLimits = standardLimits) {
    this.#limits = limits;
  }

  /** Bytes that were taken in and not yet given out. */
  get pendingBytes(): number {
    return this.#buffer.length - this.#offset + this.#chunkBytes;
  }

  /** Takes in what arrived. */
  push(chunk: Buffer): void {
    if (this.#offset === this.#buffer.length && this.#chunkBytes === 0) {
      this.#buffer = chunk;
      this.#offset = 0;
      return;
    }
    this.#chunks.push(chunk);
    this.#chunkBytes += chunk.length;
  }

  /**
   * The next whole request, or `undefined` until more arrives.
   *
   * @throws ProtocolError when the bytes are no request; nothing more can be read then.
   */
  next(): string[] | undefined {
    if (!this.#gather()) return undefined;
    for (;;) {
      if (this.#missing > 0) return this.#readArguments();
      const first = this.#buffer[this.#offset];
      if (first === undefined) return undefined;
      if (first !== 0x2a /* * */) {
        const words = this.#readInline();
        if (words === undefined || words.length > 0) return words;
        continue;
      }
      if (!this.#readCount()) return undefined;
    }
  }

  #gather(): boolean {
    if (this.pendingBytes < this.#wanted) return false;
    if (this.#chunkBytes > 0) {
      this.#buffer = Buffer.concat([this.#buffer.subarray(this.#offset), ...this.#chunks]);
      this.#offset = 0;
      this.#chunks = [];
      this.#chunkBytes = 0;
    }
    this.#wanted = 0;
    return true;
  }

  #readCount(): boolean {
    const count = this.#readHeader("mbulk count");
    if (count === undefined) return false;
    if (Number.isNaN(count) || count > this.#limits.arguments) {
      throw new ProtocolError("invalid multibulk length");
    }
    if (!this.isTrusted && count > anonymousLimits.arguments) {
      throw new ProtocolError("unauthenticated multibulk length");
    }
    this.#arguments = [];
    this.#missing = Math.max(0, count);
    return true;
  }

  #readArguments(): string[] | undefined {
    while (this.#missing > 0) {
      if (this.#bulkLength === -1 && !this.#readBulkLength()) return undefined;
      const end = this.#offset + this.#bulkLength;
      if (this.#buffer.length < end + 2) {
        this.#wanted = this.#bulkLength + 2;
        return undefined;
      }
      this.#arguments.push(this.#buffer.toString("latin1", this.#offset, end));
      this.#offset = end + 2;
      this.#bulkLength = -1;
      this.#missing--;
    }
    return this.#arguments;
  }

  #readBulkLength(): boolean {
    const mark = this.#buffer[this.#offset];
    if (mark === undefined) return false;
    if (mark !== 0x24 /* $ */) {
      throw new ProtocolError(`expected '$', got '${String.fromCharCode(mark)}'`);
    }
    const length = this.#readHeader("bulk count");
    if (length === undefined) return false;
    if (!(length >= 0 && length <= this.#limits.bulkBytes)) throw new ProtocolError("invalid bulk length");
    if (!this.isTrusted && length > anonymousLimits.bulkBytes) {
      throw new ProtocolError("unauthenticated bulk length");
    }
    this.#bulkLength = length;
    return true;
  }

  /** The number of a line such as `*3\r\n`; `NaN` when it is none, `undefined` until the line is whole. */
  #readHeader(what: string): number | undefined {
    const buffer = this.#buffer;
    const start = this.#offset + 1;
    let at = start;
    let value = 0;
    let isNumber = true;
    const isNegative = buffer[at] === 0x2d; /* - */
    if (isNegative) at++;
    const firstDigit = at;
    for (; at < buffer.length && buffer[at] !== carriageReturn; at++) {
      const digit = (buffer[at] as number) - 48;
      if (digit < 0 || digit > 9) isNumber = false;
      value = value * 10 + digit;
    }
    if (at + 1 >= buffer.length) {
      if (at - start > longestLine) throw new ProtocolError(`too big ${what} string`);
      return undefined;
    }
    if (!isNumber || at === firstDigit) return Number.NaN;
    this.#offset = at + 2;
    return isNegative ? -value : value;
  }

  #readInline(): string[] | undefined {
    const end = this.#buffer.indexOf(lineFeed, this.#offset);
    if (end === -1) {
      if (this.pendingBytes > longestLine) throw new ProtocolError("too big inline request");
      return undefined;
    }
    const last = end > this.#offset && this.#buffer[end - 1] === carriageReturn ? end - 1 : end;
    const words = splitInlineRequest(this.#buffer.toString("latin1", this.#offset, last));
    this.#offset = end + 1;
    if (words === undefined) throw new ProtocolError("unbalanced quotes in request");
    return words;
  }
}
