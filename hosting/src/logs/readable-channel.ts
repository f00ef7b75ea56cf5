import type { LogStream } from "@dext/protocol";
import type { Page } from "./page-ring.ts";
import type { Segment } from "./segment-file.ts";

/** A line that has not ended; it is shown until its end comes, and stored only then. */
export interface PartialLine {
  readonly text: string;
  readonly time: number;
  readonly stream: LogStream;
}

/** What readers need to know of a channel: the lines of one replica of one resource, in memory and in files. */
export interface ReadableChannel {
  readonly resource: string;
  readonly replica: number;
  /** How many lines have ever come. */
  readonly count: number;
  /** The newest lines. */
  readonly ring: {
    readonly pages: readonly Page[];
    firstLine(count: number): number;
    find(line: number): Page | undefined;
  };
  /** Files that hold older lines, and most of the newest too; oldest first. */
  readonly segments: readonly Segment[];
  /** What has not ended yet. */
  readonly partials: ReadonlyMap<object, PartialLine>;
  /** Where the last `lines` lines begin, of those that are kept. */
  findTail(lines: number): TailPlace | Promise<TailPlace>;
}

/** Where to begin to read the last lines of a channel. */
export interface TailPlace {
  /** How many lines will come. */
  lines: number;
  /** How many lines of the channel come before. */
  line: number;
  /** Where the line begins in its file, when it was found that way. */
  offset?: number;
}

/** What is read from: a running store, or the files of a run that has ended. */
export interface LogSource {
  readonly channels: readonly ReadableChannel[];
  /** Number of the newest line of the run. */
  readonly lastSeq: number;
  /** Nothing will be added any more. */
  readonly closed: boolean;
  /** Resolves when something was added or the source was closed, or the signal is aborted. */
  changed(signal?: AbortSignal): Promise<void>;
}

/** The last lines of a channel whose lines are all counted. */
export function tailPlace(channel: ReadableChannel, lines: number): TailPlace {
  const line = Math.max(firstKeptLine(channel), channel.count - lines);
  return { line, lines: channel.count - line };
}

/** The oldest line of a channel that can still be read. */
export function firstKeptLine(channel: ReadableChannel): number {
  const inMemory = channel.ring.firstLine(channel.count);
  return Math.min(inMemory, channel.segments[0]?.firstLine ?? inMemory);
}
