import type { Buffer } from "node:buffer";
import type { RecordFilter } from "./record-filter.ts";
import { newline, readSeq } from "./record-format.ts";
import type { ReadableChannel } from "./readable-channel.ts";
import { RingCursor } from "./ring-cursor.ts";
import { SegmentCursor } from "./segment-cursor.ts";

/** So many records are looked at one by one before the rest of a block is bisected. */
const linearSteps = 8;

/**
 * Where a reader stands in one channel: in memory while it keeps up, in the files while it does not. What is in
 * neither is counted as skipped.
 */
export class ChannelCursor {
  readonly channel: ReadableChannel;
  readonly #filter: RecordFilter;
  readonly #ring: RingCursor;
  #file: SegmentCursor | undefined;
  /** Where to begin in the first file, when that is known better than by counting lines. */
  #startOffset: number | undefined;
  /** Lines at the beginning of the file that are not wanted. */
  #skipInFile = 0;
  #block: Buffer | undefined;
  #offset = 0;

  constructor(
    channel: ReadableChannel,
    options: { line: number; filter: RecordFilter; offset?: number | undefined },
  ) {
    this.channel = channel;
    this.#startOffset = options.offset;
    this.#filter = options.filter;
    this.#ring = new RingCursor(channel, options.line);
  }

  /** Whether `load` has to be awaited before `peek`. */
  get needsLoad(): boolean {
    return this.#block === undefined && (this.#file !== undefined || this.#ring.behind);
  }

  /** Reads from the files what is not in memory. */
  async load(): Promise<void> {
    while (this.needsLoad) {
      this.#file ??= this.#openFile();
      if (this.#file === undefined) continue;
      const block = await this.#file.skip(this.#skipInFile);
      this.#skipInFile = 0;
      if (block === undefined) await this.#leaveFile();
      else this.#setBlock(block);
    }
  }

  /** The number of the next line; undefined when there is none yet. */
  peek(): number | undefined {
    return this.#block === undefined ? this.#ring.peek() : readSeq(this.#block, this.#offset);
  }

  /** The next lines, all with numbers below `limit`; what the filter leaves of them, maybe nothing. */
  take(limit: number): Buffer {
    const block = this.#block;
    if (block === undefined) return this.#filter(this.#ring.take(limit));
    const end = offsetOfSeq(block, { from: this.#offset, limit });
    const taken = block.subarray(this.#offset, end);
    this.#offset = end;
    if (end === block.length) this.#block = undefined;
    return taken;
  }

  /** Lines that were gone before they could be read, since this was last asked. */
  takeSkipped(): number {
    const { skipped } = this.#ring;
    this.#ring.skipped = 0;
    return skipped;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  #setBlock(block: Buffer): void {
    const left = this.#filter(block);
    if (left.length === 0) return;
    this.#block = left;
    this.#offset = 0;
  }

  /** The file with the next line; goes past lines that are gone, maybe so far that none is needed. */
  #openFile(): SegmentCursor | undefined {
    const { line } = this.#ring;
    const { channel } = this;
    const segment = channel.segments.find(({ firstLine, lines }) => firstLine + lines > line);
    const inMemory = channel.ring.firstLine(channel.count);
    const next = Math.min(inMemory, segment?.firstLine ?? inMemory);
    if (next > line) this.#ring.skipTo(next);
    if (segment === undefined || !this.#ring.behind) return undefined;
    const offset = this.#startOffset;
    this.#startOffset = undefined;
    if (offset !== undefined) return new SegmentCursor(segment, offset);
    this.#skipInFile = this.#ring.line - segment.firstLine;
    return new SegmentCursor(segment);
  }

  async #leaveFile(): Promise<void> {
    const { end, missing } = this.#file!;
    if (missing) this.#ring.skipTo(end.line);
    else this.#ring.moveTo(end.line);
    await this.close();
  }
}

/** Where the first record with a number of at least `limit` begins; the block's length when there is none. */
function offsetOfSeq(block: Buffer, { from, limit }: { from: number; limit: number }): number {
  if (limit === Infinity) return block.length;
  let offset = from;
  for (let step = 0; step < linearSteps; step += 1) {
    offset = block.indexOf(newline, offset) + 1;
    if (offset === block.length || readSeq(block, offset) >= limit) return offset;
  }
  let low = offset;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const start = middle === 0 ? 0 : block.lastIndexOf(newline, middle - 1) + 1;
    if (readSeq(block, start) < limit) low = block.indexOf(newline, start) + 1;
    else high = start;
  }
  return low;
}
