import { Buffer } from "node:buffer";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { newline } from "./record-format.ts";
import type { Segment } from "./segment-file.ts";

/** Bytes read at a time. */
const blockSize = 524_288;

const hash = 0x23;

/** Reads one file from some place on, in blocks of whole records. */
export class SegmentCursor {
  readonly segment: Segment;
  /** Bytes and lines of the file when the cursor was made: what came later is left to a later cursor. */
  readonly end: { bytes: number; line: number };
  /** The file was removed before it could be opened. */
  missing = false;
  #handle: FileHandle | undefined;
  #offset: number;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(segment: Segment, offset = 0) {
    this.segment = segment;
    this.end = { bytes: segment.bytes, line: segment.firstLine + segment.lines };
    this.#offset = offset;
  }

  /** The next whole records, valid until the next call; undefined at the end. A file that is gone has ended. */
  async next(): Promise<Buffer | undefined> {
    try {
      this.#handle ??= await open(this.segment.path, "r");
      for (let size = blockSize; ; size *= 2) {
        const block = await this.#read(size);
        if (block === undefined) return undefined;
        const whole = block.lastIndexOf(newline) + 1;
        if (whole === 0 && block.length === size) continue; // One record longer than the block.
        if (whole === 0) return undefined; // A record cut short by the end of a process.
        const head = this.#offset === 0 && block[0] === hash ? block.indexOf(newline) + 1 : 0;
        this.#offset += whole;
        if (head < whole) return block.subarray(head, whole);
        return this.next();
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      this.missing = true;
      return undefined;
    }
  }

  /** Goes past this many records, counted from the beginning of the file. */
  async skip(lines: number): Promise<Buffer | undefined> {
    let left = lines;
    for (;;) {
      const block = await this.next();
      if (block === undefined || left === 0) return block;
      let offset = 0;
      while (left > 0 && offset < block.length) {
        offset = block.indexOf(newline, offset) + 1;
        left -= 1;
      }
      if (offset < block.length) return block.subarray(offset);
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close().catch(() => {});
    this.#handle = undefined;
  }

  async #read(size: number): Promise<Buffer | undefined> {
    const length = Math.min(size, this.end.bytes - this.#offset);
    if (length <= 0) return undefined;
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafeSlow(length);
    const { bytesRead } = await this.#handle!.read(this.#buffer, 0, length, this.#offset);
    return bytesRead === 0 ? undefined : this.#buffer.subarray(0, bytesRead);
  }
}
