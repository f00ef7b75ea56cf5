import { Buffer } from "node:buffer";
import type { LogLine } from "@dext/protocol";
import {
  continuesMark,
  newline,
  partialMark,
  readSeq,
  readStream,
  readTime,
  textOffset,
  timeLength,
} from "./record-format.ts";

/** Lines of one replica of one resource that follow each other in the run, as they stand in memory and in files. */
export interface LogFrame {
  readonly resource: string;
  readonly replica: number;
  /** Whole records, each ending with a line feed; valid until the next frame is asked for. */
  readonly bytes: Buffer;
}

/** The lines of a frame. */
export function decodeFrame({ resource, replica, bytes }: LogFrame): LogLine[] {
  const lines: LogLine[] = [];
  let time = 0;
  let timeText = "";
  for (let start = 0; start < bytes.length;) {
    const text = textOffset(bytes, start);
    const end = bytes.indexOf(newline, text);
    const currentTime = bytes.toString("latin1", start, start + timeLength);
    if (currentTime !== timeText) time = readTime(bytes, start);
    timeText = currentTime;
    const mark = bytes[text - 1];
    const line: LogLine = {
      seq: readSeq(bytes, start),
      time,
      resource,
      replica,
      stream: readStream(bytes, text),
      text: bytes.toString("utf8", text, end),
    };
    if (mark === continuesMark) line.continues = true;
    else if (mark === partialMark) line.partial = true;
    lines.push(line);
    start = end + 1;
  }
  return lines;
}

/** How many lines a frame holds. */
export function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) count += 1;
  return count;
}

/** The bytes after the first `lines` records. */
export function dropLines(bytes: Buffer, lines: number): Buffer {
  let offset = 0;
  for (let left = lines; left > 0 && offset < bytes.length; left -= 1)
    offset = bytes.indexOf(newline, offset) + 1;
  return bytes.subarray(offset);
}

/**
 * A frame on its way to another process: one line of JSON, then the records as they are.
 *
 * ```text
 * {"resource":"api","replica":0,"bytes":1234}
 * ```
 */
export function encodeFrame({ resource, replica, bytes }: LogFrame): Buffer {
  const head = Buffer.from(`${JSON.stringify({ resource, replica, bytes: bytes.length })}\n`);
  return Buffer.concat([head, bytes]);
}

/** Puts frames together again from chunks of any size. */
export class FrameDecoder {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are whole by now. */
  push(chunk: Uint8Array): LogFrame[] {
    const added = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#rest = this.#rest.length === 0 ? added : Buffer.concat([this.#rest, added]);
    const frames: LogFrame[] = [];
    for (;;) {
      const headEnd = this.#rest.indexOf(newline) + 1;
      if (headEnd === 0) break;
      const { resource, replica, bytes } = JSON.parse(this.#rest.toString("utf8", 0, headEnd)) as Record<
        string,
        never
      >;
      const end = headEnd + Number(bytes);
      if (end > this.#rest.length) break;
      frames.push({
        resource: String(resource),
        replica: Number(replica),
        bytes: this.#rest.subarray(headEnd, end),
      });
      this.#rest = this.#rest.subarray(end);
    }
    // Chunks may be views of a buffer that is about to be used again.
    this.#rest = Buffer.from(this.#rest);
    return frames;
  }
}
