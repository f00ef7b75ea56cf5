import { Buffer } from "node:buffer";
import { replaceRanges } from "./secret-mask.ts";
import type { SecretMask } from "./secret-mask.ts";
import { newline } from "./record-format.ts";

/** Lines over this many bytes are broken. */
export const longestLine = 65_536;

const carriageReturn = 0x0d;

/** Takes the lines of one stream; the bytes are only valid during the call. */
export interface LineTarget {
  /** The line stands in `bytes` from `start` up to, not including, `end`; `continues`: it was broken, more follows. */
  line(bytes: Buffer, range: { start: number; end: number }, continues: boolean): void;
}

/**
 * Makes lines of the chunks of one stream. It works on bytes and cuts nothing but at line ends, so a character that
 * arrives in two chunks stays whole; `\r\n` ends a line as `\n` does; secrets are hidden before anyone sees a line.
 */
export class LineSplitter {
  readonly #target: LineTarget;
  readonly #mask: SecretMask;
  /** The beginning of a line whose end has not come, as it came. */
  #carry = Buffer.alloc(0);
  #carried = 0;
  /** The range handed over, one object for all lines. */
  readonly #range = { start: 0, end: 0 };

  constructor(target: LineTarget, mask: SecretMask) {
    this.#target = target;
    this.#mask = mask;
  }

  /** Bytes of the line that has not ended yet. */
  get pending(): number {
    return this.#carried;
  }

  push(chunk: Buffer): void {
    let start = 0;
    if (this.#carried > 0) {
      const end = chunk.indexOf(newline);
      if (end === -1) return this.#keep(chunk);
      this.#keep(chunk.subarray(0, end));
      this.#end();
      start = end + 1;
    }
    const last = chunk.lastIndexOf(newline) + 1;
    if (last > start) this.#emitLines(this.#mask.apply(chunk.subarray(start, last)));
    if (last < chunk.length) this.#keep(chunk.subarray(Math.max(start, last)));
  }

  /** Hands over what is left as the last line. */
  flush(): void {
    if (this.#carried > 0) this.#end();
  }

  #end(): void {
    const line = this.#mask.apply(this.#carry.subarray(0, this.#carried));
    this.#carried = 0;
    this.#emit(line, 0, line.length);
  }

  /** What has come of the line so far, without what may become a secret. */
  peek(): Buffer {
    const carry = this.#carry.subarray(0, this.#carried);
    const safe = this.#mask.longest === 0 ? carry.length : this.#mask.unfinishedAt(carry);
    const shown = this.#mask.apply(carry.subarray(0, safe));
    return Buffer.from(shown.subarray(0, wholeCharacters(shown, shown.length)));
  }

  #emitLines(lines: Buffer): void {
    let start = 0;
    while (start < lines.length) {
      const end = lines.indexOf(newline, start);
      this.#emit(lines, start, end);
      start = end + 1;
    }
  }

  #emit(bytes: Buffer, from: number, to: number): void {
    const end = to > from && bytes[to - 1] === carriageReturn ? to - 1 : to;
    let start = from;
    while (end - start > longestLine) {
      const cut = wholeCharacters(bytes, start + longestLine);
      this.#hand(bytes, start, cut, true);
      start = cut;
    }
    this.#hand(bytes, start, end, false);
  }

  #hand(bytes: Buffer, start: number, end: number, continues: boolean): void {
    this.#range.start = start;
    this.#range.end = end;
    this.#target.line(bytes, this.#range, continues);
  }

  /** Adds to the line that has not ended; breaks it while it is too long. */
  #keep(bytes: Buffer): void {
    const limit = longestLine + Math.max(this.#mask.longest, 4);
    for (let from = 0; from < bytes.length;) {
      const taken = Math.min(bytes.length - from, limit - this.#carried);
      this.#reserve(this.#carried + taken);
      this.#carry.set(bytes.subarray(from, from + taken), this.#carried);
      this.#carried += taken;
      from += taken;
      if (this.#carried >= limit) this.#breakCarry();
    }
  }

  /** Hands over the first 64 KiB of a line that is still going on; what may be cut through a secret waits. */
  #breakCarry(): void {
    const carry = this.#carry.subarray(0, this.#carried);
    const ranges = this.#mask.find(carry);
    const boundary = wholeCharacters(carry, longestLine);
    const across = ranges.find(({ start, end }) => start < boundary && end > boundary);
    const cut = across === undefined ? boundary : across.end;
    const hidden = ranges.filter(({ end }) => end <= cut);
    const piece =
      hidden.length === 0 ? carry.subarray(0, cut) : replaceRanges(carry.subarray(0, cut), hidden);
    this.#hand(piece, 0, piece.length, true);
    this.#carry.copyWithin(0, cut, this.#carried);
    this.#carried -= cut;
  }

  #reserve(length: number): void {
    if (length <= this.#carry.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(1024, 2 ** Math.ceil(Math.log2(length))));
    grown.set(this.#carry.subarray(0, this.#carried));
    this.#carry = grown;
  }
}

/** The largest offset up to `at` that does not stand within a character of UTF-8. */
function wholeCharacters(bytes: Uint8Array, at: number): number {
  for (let back = 0; back < 4 && at - back > 0; back += 1) {
    const byte = bytes[at - back - 1]!;
    if (byte < 0x80) return at;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back + 1 < length ? at - back - 1 : at;
    }
  }
  return at;
}
