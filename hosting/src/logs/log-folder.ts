import { Buffer } from "node:buffer";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createErrorFactory, systemClock } from "@dext/core";
import type { LogLine, LogQuery } from "@dext/protocol";
import { logErrorCodes } from "./error-codes.ts";
import type { LogFrame } from "./log-frame.ts";
import { readFrames } from "./read-frames.ts";
import { readLines, validateQuery } from "./read-lines.ts";
import { tailPlace } from "./readable-channel.ts";
import type { LogSource, PartialLine, ReadableChannel, TailPlace } from "./readable-channel.ts";
import { parseHead, parseSegmentName } from "./segment-file.ts";
import type { Segment, SegmentHead } from "./segment-file.ts";
import { findLastLines } from "./segment-tail.ts";

const logError = createErrorFactory(logErrorCodes);

/** The log files of a run that has ended, or of which nobody answers. */
export interface LogFolder {
  /** Whose lines are there. */
  readonly resources: readonly { resource: string; replica: number }[];
  /**
   * Lines in the order of their numbers over all resources; `follow` changes nothing.
   *
   * @throws {DextError} `DEXT_LOGS_QUERY_INVALID`
   */
  read(query?: LogQuery, options?: { signal?: AbortSignal | undefined }): AsyncIterable<LogLine>;
  /** The same as bytes, many lines at a time. */
  readFrames(query?: LogQuery, options?: { signal?: AbortSignal | undefined }): AsyncIterable<LogFrame>;
}

/**
 * Opens the log files of a run.
 *
 * @throws {DextError} `DEXT_LOGS_FOLDER_MISSING`
 */
export async function openLogFolder(directory: string): Promise<LogFolder> {
  const channels = await findChannels(directory);
  const source: LogSource = {
    channels,
    lastSeq: Number.MAX_SAFE_INTEGER,
    closed: true,
    changed: () => Promise.resolve(),
  };
  const frames: LogFolder["readFrames"] = (query = {}, { signal } = {}) => {
    validateQuery(query);
    return readFrames(source, query, { signal, now: () => systemClock.now() });
  };
  return {
    resources: channels.map(({ resource, replica }) => ({ resource, replica })),
    read: (query, options) => readLines(frames(query, options)),
    readFrames: frames,
  };
}

interface FoundSegment extends Segment {
  head: SegmentHead;
}

async function findChannels(directory: string): Promise<ReadableChannel[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    throw logError("DEXT_LOGS_FOLDER_MISSING", `The log files in "${directory}" cannot be read`, {
      cause: error,
      hint: "Runs keep their log files in .dext/logs/<run> beside the AppHost.",
      details: { directory },
    });
  });
  const byChannel = new Map<string, FoundSegment[]>();
  const found = await Promise.all(names.toSorted().map((name) => findSegment(directory, name)));
  for (const segment of found) {
    if (segment === undefined) continue;
    const key = `${segment.head.resource}.${segment.head.replica}`;
    byChannel.set(key, [...(byChannel.get(key) ?? []), segment]);
  }
  return [...byChannel.values()].map((segments) => new FolderChannel(segments));
}

async function findSegment(directory: string, name: string): Promise<FoundSegment | undefined> {
  const parsed = parseSegmentName(name);
  if (parsed === undefined) return undefined;
  const path = join(directory, name);
  const [head, { size }] = await Promise.all([readHead(path), stat(path)]);
  if (head === undefined) return undefined;
  return { path, index: parsed.index, firstLine: head.firstLine, bytes: size, lines: 0, head };
}

async function readHead(path: string): Promise<SegmentHead | undefined> {
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(1024), position: 0 });
    return parseHead(buffer.toString("utf8", 0, bytesRead).split("\n", 1)[0]!);
  } finally {
    await handle.close();
  }
}

/** The files of one replica of a resource. How many lines a file holds stands in the next one. */
class FolderChannel implements ReadableChannel {
  readonly resource: string;
  readonly replica: number;
  readonly segments: readonly Segment[];
  readonly partials: ReadonlyMap<object, PartialLine> = new Map();
  readonly ring: ReadableChannel["ring"] = {
    pages: [],
    firstLine: (count) => count,
    find: () => undefined,
  };

  constructor(found: readonly FoundSegment[]) {
    const segments = found.toSorted((a, b) => a.index - b.index);
    for (const [at, segment] of segments.entries()) {
      const next = segments[at + 1]?.head;
      // Those of the last file are counted only when somebody must know.
      segment.lines = next === undefined ? Infinity : next.firstLine - next.lost - segment.firstLine;
    }
    const { head } = segments.at(-1)!;
    this.resource = head.resource;
    this.replica = head.replica;
    this.segments = segments;
  }

  get count(): number {
    const last = this.segments.at(-1)!;
    return last.firstLine + last.lines;
  }

  async findTail(lines: number): Promise<TailPlace> {
    const last = this.segments.at(-1)!;
    if (last.lines === Infinity) {
      const found = await findLastLines(last, lines);
      if (found.lines === lines) return { lines, line: last.firstLine, offset: found.offset };
      last.lines = found.lines;
    }
    return tailPlace(this, lines);
  }
}
