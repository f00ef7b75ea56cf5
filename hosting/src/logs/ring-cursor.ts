import { Buffer } from "node:buffer";
import { newline, readSeq } from "./record-format.ts";
import { pageSize } from "./page-ring.ts";
import type { Page } from "./page-ring.ts";
import type { ReadableChannel } from "./readable-channel.ts";

/** Where a reader stands in the memory of one channel. Nothing here waits: what is not in memory is not its business. */
export class RingCursor {
  /** How many lines of the channel came before the next one to read. */
  line: number;
  /** Lines that were gone before they could be read, since this was last set to 0. */
  skipped = 0;
  readonly #channel: ReadableChannel;
  #page: Page | undefined;
  #offset = 0;
  #copied: Buffer = Buffer.alloc(0);

  constructor(channel: ReadableChannel, line: number) {
    this.#channel = channel;
    this.line = line;
  }

  /** Whether the next line has left the memory; it may be in a file. */
  get behind(): boolean {
    return this.line < this.#channel.ring.firstLine(this.#channel.count);
  }

  /** The number of the next line; undefined when none has come yet. */
  peek(): number | undefined {
    const page = this.#locate();
    return page === undefined ? undefined : readSeq(page.bytes, this.#offset);
  }

  /**
   * The lines that follow, up to a gap in their numbers and below `limit`; valid until the next call. Call it after
   * `peek` gave a number below the limit.
   */
  take(limit: number): Buffer {
    const page = this.#locate()!;
    let { end, line } = runEnd(page, this.#offset);
    const wanted = limit - readSeq(page.bytes, this.#offset);
    if (line - this.line > wanted) {
      line = this.line + wanted;
      end = offsetOf(page, line);
    }
    const bytes = this.#copy(page.bytes.subarray(this.#offset, end));
    this.#offset = end;
    this.line = line;
    return bytes;
  }

  /** Pages are used again; copies that each took new memory would keep the collector busy. */
  #copy(bytes: Buffer): Buffer {
    if (bytes.length > this.#copied.length) {
      this.#copied = Buffer.allocUnsafeSlow(Math.min(pageSize, bytes.length * 2));
    }
    this.#copied.set(bytes);
    return this.#copied.subarray(0, bytes.length);
  }

  /** Goes on at a later line. */
  moveTo(line: number): void {
    this.line = line;
    this.#page = undefined;
  }

  /** Goes on at a later line; those in between are gone. */
  skipTo(line: number): void {
    this.skipped += line - this.line;
    this.moveTo(line);
  }

  /** Finds the page and the offset of the next line. */
  #locate(): Page | undefined {
    const current = this.#page;
    if (current !== undefined && !current.gone && this.#offset < current.used) return current;
    if (this.line >= this.#channel.count) return undefined;
    const { ring } = this.#channel;
    let page = ring.find(this.line);
    if (page !== undefined && page.firstLine + page.lines <= this.line) {
      page = ring.pages.find(({ firstLine, lines }) => lines > 0 && firstLine > this.line);
    }
    if (page === undefined || page.lines === 0) return undefined;
    if (page.firstLine > this.line) this.skipTo(page.firstLine);
    this.#page = page;
    this.#offset = offsetOf(page, this.line);
    return page;
  }
}

/** Where a line of the page begins. */
function offsetOf(page: Page, line: number): number {
  const { runs, bytes } = page;
  let at = runs.length - 3;
  while (at > 0 && runs[at + 2]! > line) at -= 3;
  let offset = runs[at]!;
  for (let left = line - runs[at + 2]!; left > 0; left -= 1) offset = bytes.indexOf(newline, offset) + 1;
  return offset;
}

/** Where the run that holds this offset ends, and which line comes then. */
function runEnd(page: Page, offset: number): { end: number; line: number } {
  const { runs } = page;
  let at = runs.length - 3;
  if (runs[at]! <= offset) return { end: page.used, line: page.firstLine + page.lines };
  while (at > 3 && runs[at - 3]! > offset) at -= 3;
  return { end: runs[at]!, line: runs[at + 2]! };
}
