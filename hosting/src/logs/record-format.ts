import { Buffer } from "node:buffer";
import type { LogStream } from "@dext/protocol";

/**
 * How one line of output stands in memory, in files and between processes: one line of text,
 *
 * ```text
 * 2026-05-01T12:00:00.123Z 1042 out listening on 127.0.0.1:4321
 * └ when it was read, UTC  │    │   └ the line's bytes as they came, colours intact, secrets masked
 *      number in the run ──┘    └ out, err or sys
 * ```
 *
 * so that `less -R`, `grep` and `tail -f` work on the files, and bytes need not be turned around on their way from
 * the child to the disk. The character after the stream's name is a space, {@link continuesMark} or
 * {@link partialMark}.
 */
export type RecordBytes = Buffer;

/** Ends a record; no line holds it. */
export const newline = 0x0a;

/** Stands after the stream's name when the line was too long for one record and goes on in the stream's next one. */
export const continuesMark = 0x2b; // +

/** Stands after the stream's name when the line has not ended yet; never in files. */
export const partialMark = 0x7e; // ~

/** Stands after the stream's name of whole lines. */
const wholeMark = 0x20;

/** Length of the time at the start of a record. */
export const timeLength = 24;

/** No header is longer: time, a number of up to 16 digits, the stream's name, three separators. */
const longestHeader = 48;

const streamTags: Readonly<Record<LogStream, string>> = { stdout: "out", stderr: "err", system: "sys" };

/** Writes the headers of records whose numbers follow each other, without making text of each number. */
export class RecordHeader {
  readonly bytes: Buffer = Buffer.alloc(longestHeader);
  length = 0;
  #lastDigit = 0;
  #time = Number.NaN;

  /** Begins a series of records: the first has the number `seq`. */
  start({ time, seq, stream }: { time: number; seq: number; stream: LogStream }): void {
    if (time !== this.#time) {
      this.bytes.write(formatTime(time), 0, "latin1");
      this.#time = time;
    }
    const rest = ` ${seq} ${streamTags[stream]} `;
    this.bytes.write(rest, timeLength, "latin1");
    this.length = timeLength + rest.length;
    this.#lastDigit = this.length - 6;
  }

  /** Goes on to the next number. */
  advance(): void {
    const { bytes } = this;
    let at = this.#lastDigit;
    while (bytes[at] === 0x39) bytes[at--] = 0x30;
    if (at > timeLength) {
      bytes[at]! += 1;
      return;
    }
    // All digits were nines: the number grows by one digit.
    bytes.copyWithin(timeLength + 2, timeLength + 1, this.length);
    bytes[timeLength + 1] = 0x31;
    this.length += 1;
    this.#lastDigit += 1;
  }
}

/** One record made of text; for what Dext itself says and for marks. */
export function encodeRecord(
  text: string,
  { time, seq, stream, mark = wholeMark }: { time: number; seq: number; stream: LogStream; mark?: number },
): RecordBytes {
  const header = `${formatTime(time)} ${seq} ${streamTags[stream]}${String.fromCharCode(mark)}`;
  return Buffer.from(`${header}${text.replaceAll("\n", " ")}\n`, "utf8");
}

/** The number of the record that begins at `offset`. */
export function readSeq(bytes: Uint8Array, offset: number): number {
  let at = offset + timeLength + 1;
  let seq = 0;
  for (let digit = bytes[at]!; digit !== 0x20; digit = bytes[++at]!) seq = seq * 10 + digit - 0x30;
  return seq;
}

/** Where the line's own bytes begin in the record that begins at `offset`. */
export function textOffset(bytes: Uint8Array, offset: number): number {
  let at = offset + timeLength + 1;
  while (bytes[at] !== 0x20) at += 1;
  return at + 5;
}

/** The stream of a record, given where its text begins. */
export function readStream(bytes: Uint8Array, text: number): LogStream {
  const first = bytes[text - 4];
  return first === 0x6f ? "stdout" : first === 0x65 ? "stderr" : "system";
}

/** When the record that begins at `offset` was read, in milliseconds since 1970. */
export function readTime(bytes: Buffer, offset: number): number {
  return Date.parse(bytes.toString("latin1", offset, offset + timeLength));
}

/** A time as records show it; these texts sort as the times do. */
export function formatTime(time: number): string {
  return new Date(time).toISOString();
}
