import type { Buffer } from "node:buffer";
import type { LogStream } from "@dext/protocol";
import { copyBytes } from "./copy-bytes.ts";
import type { ChannelFiles } from "./channel-files.ts";
import { PageRing } from "./page-ring.ts";
import type { Page, PagePool } from "./page-ring.ts";
import { continuesMark, newline, RecordHeader } from "./record-format.ts";
import type { LineTarget } from "./line-splitter.ts";
import { tailPlace } from "./readable-channel.ts";
import type { PartialLine, ReadableChannel, TailPlace } from "./readable-channel.ts";
import type { Segment } from "./segment-file.ts";

/** Numbers the lines of a run, over all its channels. */
export interface LineNumbers {
  last: number;
}

/** Called with where a record begins in its page, while the lines of a chunk are taken in. */
export type RecordListener = (bytes: Buffer, range: { start: number; end: number }) => void;

export interface LogChannelOptions {
  resource: string;
  replica: number;
  numbers: LineNumbers;
  pool: PagePool;
  ringBytes: number;
  files: ChannelFiles;
}

/** What one replica of one resource has said: takes lines in and keeps the newest in memory. */
export class LogChannel implements LineTarget, ReadableChannel {
  readonly resource: string;
  readonly replica: number;
  readonly ring: PageRing;
  readonly files: ChannelFiles;
  /** How many lines have ever come. */
  count = 0;
  /** What has not ended yet, by whoever writes it. */
  readonly partials: Map<object, PartialLine> = new Map();
  /** Sees each record as it is taken in. */
  onRecord: RecordListener | undefined;
  readonly #numbers: LineNumbers;
  readonly #header = new RecordHeader();
  #page: Page | undefined;
  /** The number after the last one of this channel: a gap begins a new run. */
  #expected = 0;

  constructor({ resource, replica, numbers, pool, ringBytes, files }: LogChannelOptions) {
    this.resource = resource;
    this.replica = replica;
    this.#numbers = numbers;
    this.ring = new PageRing({ pool, bytes: ringBytes, onLost: (lines) => files.skip(lines) });
    this.files = files;
  }

  get segments(): readonly Segment[] {
    return this.files.segments;
  }

  findTail(lines: number): TailPlace {
    return tailPlace(this, lines);
  }

  /** The lines that follow came at this time from this stream. */
  begin(time: number, stream: LogStream): void {
    const seq = this.#numbers.last + 1;
    this.#header.start({ time, seq, stream });
    if (seq !== this.#expected && this.#page !== undefined) this.#startRun(this.#page);
  }

  /** Takes one line in. */
  line(bytes: Buffer, { start, end }: { start: number; end: number }, continues: boolean): void {
    const header = this.#header;
    const length = header.length + end - start + 1;
    const page = this.#pageFor(length);
    const target = page.bytes;
    const begin = page.used;
    const from = header.bytes;
    const headerLength = header.length;
    // A loop beats a native call for so few bytes.
    for (let at = 0; at < headerLength; at += 1) target[begin + at] = from[at]!;
    if (continues) target[begin + headerLength - 1] = continuesMark;
    copyBytes(bytes, target, begin + headerLength, start, end);
    target[begin + length - 1] = newline;
    page.used = begin + length;
    page.lines += 1;
    this.count += 1;
    this.#expected = ++this.#numbers.last + 1;
    header.advance();
    if (this.onRecord !== undefined) this.onRecord(target, { start: begin, end: begin + length });
  }

  #pageFor(length: number): Page {
    const current = this.#page;
    if (current !== undefined && current.used + length <= current.bytes.length) return current;
    const page = this.ring.pageFor(length, this.count);
    this.#page = page;
    this.#startRun(page);
    return page;
  }

  #startRun(page: Page): void {
    // A chunk without a line end leaves an empty run behind.
    if (page.runs.at(-3) === page.used) page.runs.length -= 3;
    page.runs.push(page.used, this.#numbers.last + 1, this.count);
  }
}
