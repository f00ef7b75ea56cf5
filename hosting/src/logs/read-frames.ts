import { Buffer } from "node:buffer";
import type { LogQuery } from "@dext/protocol";
import { ChannelCursor } from "./channel-cursor.ts";
import { countLines, dropLines } from "./log-frame.ts";
import type { LogFrame } from "./log-frame.ts";
import { createRecordFilter, isFiltering } from "./record-filter.ts";
import type { RecordFilter } from "./record-filter.ts";
import { encodeRecord, partialMark } from "./record-format.ts";
import { firstKeptLine } from "./readable-channel.ts";
import type { LogSource, PartialLine, ReadableChannel } from "./readable-channel.ts";

/**
 * The lines that a query asks for, in the order of their numbers over all resources. A reader that is slower than the
 * services reads from the files; what these do not hold any more is replaced by a system line `… 12 lines skipped`.
 * Ends quietly when the signal is aborted.
 */
export async function* readFrames(
  source: LogSource,
  query: LogQuery,
  { signal, now }: { signal?: AbortSignal | undefined; now: () => number },
): AsyncGenerator<LogFrame, void, void> {
  const merge = new FrameMerge(source, query, now);
  try {
    yield* newest(merge, query, signal);
    if (query.partial && query.before === undefined) yield* merge.partials();
    while (query.follow && query.before === undefined && !isAborted(signal)) {
      const { closed } = source;
      const frame = (await merge.next()) ?? (query.partial ? merge.nextPartial() : undefined);
      if (frame !== undefined) yield frame;
      else if (closed) return;
      else await source.changed(signal);
    }
  } finally {
    await merge.close();
  }
}

/** What is there when reading begins. */
async function* newest(
  merge: FrameMerge,
  query: LogQuery,
  signal: AbortSignal | undefined,
): AsyncGenerator<LogFrame, void, void> {
  const { tail } = query;
  if (tail !== undefined && isFiltering(query)) {
    yield* await lastLines(merge, tail, signal);
    return;
  }
  let surplus = tail === undefined ? 0 : await merge.startAtTail(tail);
  while (!isAborted(signal)) {
    const frame = await merge.next(merge.until);
    if (frame === undefined) return;
    if (surplus === 0) yield frame;
    else {
      const bytes = dropLines(frame.bytes, surplus);
      surplus -= Math.min(surplus, countLines(frame.bytes));
      if (bytes.length > 0) yield { ...frame, bytes };
    }
  }
}

/** The last lines that pass the filter: all are looked at, few are kept. */
async function lastLines(merge: FrameMerge, tail: number, signal?: AbortSignal): Promise<LogFrame[]> {
  const kept: { frame: LogFrame; lines: number }[] = [];
  let total = 0;
  while (!isAborted(signal)) {
    const frame = await merge.next(merge.until);
    if (frame === undefined) break;
    const lines = countLines(frame.bytes);
    kept.push({ frame: { ...frame, bytes: Buffer.from(frame.bytes) }, lines });
    total += lines;
    while (kept.length > 0 && total - kept[0]!.lines >= tail) total -= kept.shift()!.lines;
  }
  const surplus = Math.max(0, total - tail);
  return kept.map(({ frame }, at) =>
    at === 0 ? { ...frame, bytes: dropLines(frame.bytes, surplus) } : frame,
  );
}

/** Takes the lines of many channels in the order of their numbers. */
class FrameMerge {
  /** Number of the newest line when reading began, or of the last that is wanted. */
  readonly until: number;
  readonly #source: LogSource;
  readonly #query: LogQuery;
  readonly #now: () => number;
  readonly #filter: RecordFilter;
  readonly #cursors = new Map<ReadableChannel, ChannelCursor>();
  readonly #shown = new Map<object, PartialLine>();
  #reached = 0;

  constructor(source: LogSource, query: LogQuery, now: () => number) {
    this.#source = source;
    this.#query = query;
    this.#now = now;
    this.#filter = createRecordFilter(query);
    this.until = Math.min(source.lastSeq, (query.before ?? Infinity) - 1);
    this.#addChannels((channel) => this.#firstLine(channel));
  }

  /** Starts at the last lines of each channel; returns how many lines these are too many together. */
  async startAtTail(tail: number): Promise<number> {
    let total = 0;
    for (const channel of this.#cursors.keys()) {
      const { line, lines, offset } = await channel.findTail(tail);
      total += lines;
      this.#cursors.set(channel, new ChannelCursor(channel, { line, filter: this.#filter, offset }));
    }
    return Math.max(0, total - tail);
  }

  /** The next lines with numbers up to `until`; undefined when there are none now. */
  async next(until = Infinity): Promise<LogFrame | undefined> {
    for (;;) {
      this.#addChannels(() => 0);
      await this.#load();
      const best = this.#pick();
      if (best === undefined || best.seq > until) return undefined;
      const { cursor, seq, limit } = best;
      const skipped = cursor.takeSkipped();
      if (skipped > 0) return this.#skippedFrame(cursor.channel, { seq: seq - 1, skipped });
      const bytes = cursor.take(Math.min(limit, until + 1));
      if (bytes.length > 0)
        return { resource: cursor.channel.resource, replica: cursor.channel.replica, bytes };
    }
  }

  /** What has not ended, of channels that are read up to their last line. */
  *partials(): Generator<LogFrame, void, void> {
    for (let frame = this.nextPartial(); frame !== undefined; frame = this.nextPartial()) yield frame;
  }

  nextPartial(): LogFrame | undefined {
    for (const channel of this.#cursors.keys()) {
      for (const [writer, partial] of channel.partials) {
        if (this.#shown.get(writer) === partial) continue;
        this.#shown.set(writer, partial);
        const { resource, replica } = channel;
        const { time, stream, text } = partial;
        const seq = this.#source.lastSeq;
        return { resource, replica, bytes: encodeRecord(text, { time, seq, stream, mark: partialMark }) };
      }
    }
    return undefined;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#cursors.values()].map((cursor) => cursor.close()));
  }

  #addChannels(firstLine: (channel: ReadableChannel) => number): void {
    const { channels } = this.#source;
    if (this.#reached === channels.length) return;
    const { resources } = this.#query;
    for (; this.#reached < channels.length; this.#reached += 1) {
      const channel = channels[this.#reached]!;
      if (resources !== undefined && !resources.includes(channel.resource)) continue;
      const line = firstLine(channel);
      this.#cursors.set(channel, new ChannelCursor(channel, { line, filter: this.#filter }));
    }
  }

  /** Whoever asks for what is new, or for the newest, need not hear what is gone. */
  #firstLine(channel: ReadableChannel): number {
    const { tail, since, after, before } = this.#query;
    const isWhole = [tail, since, after, before].every((part) => part === undefined);
    return isWhole ? 0 : firstKeptLine(channel);
  }

  async #load(): Promise<void> {
    for (;;) {
      // While some are loaded, others may fall behind.
      const waiting = [...this.#cursors.values()].filter(({ needsLoad }) => needsLoad);
      if (waiting.length === 0) return;
      await Promise.all(waiting.map((cursor) => cursor.load()));
    }
  }

  /** The cursor with the lowest number, and the lowest number of the others. */
  #pick(): { cursor: ChannelCursor; seq: number; limit: number } | undefined {
    let best: ChannelCursor | undefined;
    let seq = Infinity;
    let limit = Infinity;
    for (const cursor of this.#cursors.values()) {
      const next = cursor.peek();
      if (next === undefined) continue;
      if (next < seq) {
        limit = seq;
        seq = next;
        best = cursor;
      } else if (next < limit) limit = next;
    }
    return best === undefined ? undefined : { cursor: best, seq, limit };
  }

  #skippedFrame({ resource, replica }: ReadableChannel, mark: { seq: number; skipped: number }): LogFrame {
    const { seq, skipped } = mark;
    const text = `… ${skipped} ${skipped === 1 ? "line" : "lines"} skipped`;
    const bytes = encodeRecord(text, { time: this.#now(), seq, stream: "system" });
    return { resource, replica, bytes };
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
