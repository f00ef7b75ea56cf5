import type { Buffer } from "node:buffer";
import { open, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { Clock } from "@dext/core";
import { encodeHead, segmentPath } from "./segment-file.ts";
import type { Segment } from "./segment-file.ts";

/** After a failed write the file is left alone for this long, in milliseconds. */
const retryAfter = 5000;

/** Whole records to add to a channel's files. */
export interface RecordBatch {
  bytes: Buffer;
  lines: number;
  /** How many lines of the channel came before. */
  firstLine: number;
}

export interface ChannelFilesOptions {
  directory: string;
  /** Makes the folder; called before each new file. */
  prepare: () => Promise<unknown>;
  resource: string;
  replica: number;
  segmentBytes: number;
  maxBytes: number;
  clock: Clock;
  /** The disk is full, or the file cannot be written for another reason. */
  onFailure: (error: NodeJS.ErrnoException) => void;
  /** Writing works again after a failure. */
  onRecovery: () => void;
}

/**
 * The files of one channel: written in order, a new one begun when one is full, the oldest removed when all together
 * are too large. A write that fails loses its lines for the files, never for the memory, and is counted.
 */
export class ChannelFiles {
  /** Oldest first; the last one is being written. */
  readonly segments: Segment[] = [];
  /** Lines that went with files that were removed to keep within the limit. */
  expired = 0;
  /** Lines that could not be written. */
  unwritten = 0;
  readonly #options: ChannelFilesOptions;
  #handle: FileHandle | undefined;
  #index = 0;
  /** How many lines of the channel came up to the last one that was written. */
  #reached = 0;
  #failedAt: number | undefined;

  constructor(options: ChannelFilesOptions) {
    // A file must not be larger than all files together may be.
    const segmentBytes = Math.min(options.segmentBytes, Math.ceil(options.maxBytes / 2));
    this.#options = { ...options, segmentBytes };
  }

  /** Adds records; never rejects. Wait for the end of one call before the next. */
  async append(batch: RecordBatch): Promise<void> {
    const { clock, onFailure, onRecovery } = this.#options;
    if (this.#failedAt !== undefined && clock.monotonic() - this.#failedAt < retryAfter) {
      this.unwritten += batch.lines;
      return;
    }
    try {
      const segment = await this.#segmentFor(batch);
      await writeWhole(this.#handle!, batch.bytes, segment.bytes);
      segment.bytes += batch.bytes.length;
      segment.lines += batch.lines;
      this.#reached = batch.firstLine + batch.lines;
      if (this.#failedAt !== undefined) onRecovery();
      this.#failedAt = undefined;
    } catch (error) {
      this.unwritten += batch.lines;
      this.#failedAt = clock.monotonic();
      await this.#abandon();
      onFailure(error as NodeJS.ErrnoException);
    }
  }

  /** The lines were given up before they could be written. */
  skip(lines: number): void {
    this.unwritten += lines;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => {});
  }

  async #segmentFor({ bytes, firstLine }: RecordBatch): Promise<Segment> {
    const current = this.segments.at(-1);
    const { segmentBytes } = this.#options;
    if (this.#handle !== undefined && current !== undefined) {
      const fits = current.lines === 0 || current.bytes + bytes.length <= segmentBytes;
      // Lines that were lost in between would make the numbers of the file's lines wrong.
      if (fits && current.firstLine + current.lines === firstLine) return current;
      await this.close();
    }
    return this.#begin(firstLine);
  }

  async #begin(firstLine: number): Promise<Segment> {
    const { directory, prepare, resource, replica } = this.#options;
    await prepare();
    const index = ++this.#index;
    const path = segmentPath(directory, { resource, replica, index });
    const handle = await open(path, "w", 0o600);
    this.#handle = handle;
    const lost = firstLine - this.#reached;
    const head = encodeHead({ resource, replica, segment: index, firstLine, lost });
    const segment: Segment = { path, index, firstLine, bytes: 0, lines: 0 };
    this.segments.push(segment);
    await writeWhole(handle, head, 0);
    segment.bytes = head.length;
    await this.#expire();
    return segment;
  }

  async #expire(): Promise<void> {
    const { maxBytes, segmentBytes } = this.#options;
    const total = (): number => this.segments.reduce((sum, { bytes }) => sum + bytes, 0);
    while (this.segments.length > 1 && total() > maxBytes - segmentBytes) {
      const oldest = this.segments.shift()!;
      this.expired += oldest.lines;
      await unlink(oldest.path).catch(() => {});
    }
  }

  /** Leaves the file with whole records only, and none at all when it holds no line. */
  async #abandon(): Promise<void> {
    const segment = this.segments.at(-1);
    const handle = this.#handle;
    if (segment === undefined || handle === undefined) return;
    await handle.truncate(segment.bytes).catch(() => {});
    await this.close();
    if (segment.lines > 0) return;
    this.segments.pop();
    await unlink(segment.path).catch(() => {});
  }
}

async function writeWhole(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
