import { Buffer } from "node:buffer";
import { mask } from "@dext/core";

/** Shorter secrets are not masked: hiding every `1` or `dev` would make the log unreadable and hide nothing. */
const shortestSecret = 4;

/** Longer secrets are looked for in pieces of this many bytes. */
const longestPattern = 4096;

const maskBytes = Buffer.from(mask);

/** Bytes that must not be shown: from `start` up to, not including, `end`. */
export interface MaskedRange {
  start: number;
  end: number;
}

/**
 * Finds and hides secrets in bytes, all of them in one pass: it looks at two bytes and skips as far as no secret can
 * begin in between (Wu and Manber, "A fast algorithm for multi-pattern searching", 1994).
 */
export class SecretMask {
  /** Length of the longest secret in bytes; 0 without secrets. */
  longest = 0;
  readonly #patterns = new Map<string, Buffer>();
  #shortest = 0;
  #shifts = new Uint8Array(0);
  #candidates = new Map<number, Buffer[]>();

  /**
   * From now on this value is hidden, also as it stands inside JSON text and in URLs. Of a value of several lines
   * each line is hidden. Values, and lines, of fewer than four bytes are ignored.
   */
  add(value: string): void {
    const before = this.#patterns.size;
    for (const form of [
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value.toWellFormed()),
    ]) {
      for (const line of form.split(/\r?\n/)) this.#addLine(Buffer.from(line));
    }
    if (this.#patterns.size > before) this.#build();
  }

  /** The places to hide, in order, without overlaps. */
  find(bytes: Uint8Array, { start, end }: MaskedRange = { start: 0, end: bytes.length }): MaskedRange[] {
    const found: MaskedRange[] = [];
    if (this.longest === 0) return found;
    const shifts = this.#shifts;
    const ahead = this.#shortest - 1;
    let at = start + ahead;
    while (at < end) {
      const key = (bytes[at - 1]! << 8) | bytes[at]!;
      const shift = shifts[key]!;
      if (shift > 0) {
        at += shift;
        continue;
      }
      const from = at - ahead;
      const length = this.#matchAt(bytes, { key, from, end });
      if (length > 0) addRange(found, { start: from, end: from + length });
      at += 1;
    }
    return found;
  }

  /** The same bytes when there is nothing to hide, else a copy with `***` in place of each secret. */
  apply(bytes: Buffer): Buffer {
    const ranges = this.find(bytes);
    return ranges.length === 0 ? bytes : replaceRanges(bytes, ranges);
  }

  /** Where a secret may have begun whose rest has not come yet; the length of the bytes when there is none. */
  unfinishedAt(bytes: Uint8Array): number {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = Math.max(0, text.length - this.longest + 1); at <= text.length - 3; at += 1) {
      for (const pattern of this.#patterns.values()) {
        const length = text.length - at;
        // Not by `compare` with a range of its own: Deno 2.9 takes the ends of the two ranges for each other.
        if (length < pattern.length && pattern.subarray(0, length).compare(text, at, text.length) === 0)
          return at;
      }
    }
    return text.length;
  }

  #addLine(line: Buffer): void {
    if (line.length < shortestSecret) return;
    for (let from = 0; from < line.length; from += longestPattern) {
      // The last piece is moved to the left where it would be too short to be looked for.
      const start = Math.min(from, Math.max(0, line.length - longestPattern));
      const piece = line.subarray(start, start + longestPattern);
      this.#patterns.set(piece.toString("latin1"), piece);
    }
  }

  #build(): void {
    const patterns = [...this.#patterns.values()].toSorted((a, b) => b.length - a.length);
    this.longest = patterns[0]!.length;
    this.#shortest = Math.min(patterns.at(-1)!.length, 255);
    this.#shifts = new Uint8Array(65_536).fill(this.#shortest - 1);
    this.#candidates = new Map();
    for (const pattern of patterns) {
      for (let end = 1; end < this.#shortest; end += 1) {
        const key = (pattern[end - 1]! << 8) | pattern[end]!;
        this.#shifts[key] = Math.min(this.#shifts[key]!, this.#shortest - 1 - end);
      }
      const last = (pattern[this.#shortest - 2]! << 8) | pattern[this.#shortest - 1]!;
      this.#candidates.set(last, [...(this.#candidates.get(last) ?? []), pattern]);
    }
  }

  /** The length of the longest secret that begins at `from`; 0 when none does. */
  #matchAt(bytes: Uint8Array, { key, from, end }: { key: number; from: number; end: number }): number {
    for (const pattern of this.#candidates.get(key) ?? []) {
      if (from + pattern.length <= end && pattern.compare(bytes, from, from + pattern.length) === 0) {
        return pattern.length;
      }
    }
    return 0;
  }
}

/** A copy of the bytes with `***` in place of each range. */
export function replaceRanges(bytes: Buffer, ranges: readonly MaskedRange[]): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { start, end } of ranges) {
    parts.push(bytes.subarray(from, start), maskBytes);
    from = end;
  }
  parts.push(bytes.subarray(from));
  return Buffer.concat(parts);
}

function addRange(found: MaskedRange[], range: MaskedRange): void {
  const last = found.at(-1);
  // Secrets that overlap are hidden as one, or the end of the second would show.
  if (last !== undefined && range.start < last.end) last.end = Math.max(last.end, range.end);
  else found.push(range);
}
