import { Buffer } from "node:buffer";
import { copyBytes } from "./copy-bytes.ts";
import type { LogStream } from "@dext/protocol";
import type { LogFrame } from "./log-frame.ts";
import { printableText } from "./printable-text.ts";
import { continuesMark, newline, readStream, textOffset } from "./record-format.ts";

const escape = 0x1b;
const brace = 0x7b;

/** Stands at the end of a line that was broken, because it was too long. */
const brokenMark = Buffer.from(" …");

/** What is written before the text of a line, such as `api │ `. */
export type LinePrefix = (line: { resource: string; replica: number; stream: LogStream }) => string;

export interface FrameRendererOptions {
  prefix: LinePrefix;
  /** Whether colours may be printed; they end with their line. */
  colour: boolean;
  /** The output is a terminal: what would move its cursor or clear it is left out. */
  terminal: boolean;
  /** What is shown in place of a line that begins with a brace; `undefined` leaves it as it is. */
  json?: (text: string) => string | undefined;
}

/** Makes what is printed of the lines of a frame; the bytes are valid until the next call. */
export type FrameRenderer = (frame: LogFrame) => Buffer;

/** Makes a renderer, which does not make text of lines that can be printed as they are. */
export function createFrameRenderer(options: FrameRendererOptions): FrameRenderer {
  const prefixes = new Map<string, PrefixSet>();
  const output = new LineBuffer();
  return (frame) => {
    const { resource, replica, bytes } = frame;
    const key = `${resource}.${replica}`;
    const prefix = prefixes.get(key) ?? createPrefixes(frame, options.prefix);
    prefixes.set(key, prefix);
    output.clear();
    const asText = options.terminal || bytes.includes(escape);
    for (let start = 0; start < bytes.length;) {
      const from = textOffset(bytes, start);
      const end = bytes.indexOf(newline, from);
      const before = prefix[readStream(bytes, from)];
      const json = bytes[from] === brace ? options.json?.(bytes.toString("utf8", from, end)) : undefined;
      if (json !== undefined) {
        const text = Buffer.from(json);
        output.add(before, text, 0, text.length);
      } else if (asText) {
        const text = printableBytes(bytes.subarray(from, end), options);
        output.add(before, text, 0, text.length);
      } else output.add(before, bytes, from, end);
      if (bytes[from - 1] === continuesMark) output.amend(brokenMark);
      start = end + 1;
    }
    return output.bytes();
  };
}

type PrefixSet = Readonly<Record<LogStream, Buffer>>;

function createPrefixes({ resource, replica }: LogFrame, prefix: LinePrefix): PrefixSet {
  const of = (stream: LogStream): Buffer => Buffer.from(prefix({ resource, replica, stream }));
  return { stdout: of("stdout"), stderr: of("stderr"), system: of("system") };
}

function printableBytes(text: Buffer, options: { colour: boolean }): Buffer {
  return Buffer.from(printableText(text.toString(), options));
}

/** Lines in one buffer that is used again and again. */
class LineBuffer {
  #buffer: Buffer = Buffer.allocUnsafe(4096);
  #used = 0;

  clear(): void {
    this.#used = 0;
  }

  /** Adds a line, whose text stands in `bytes` from `start` up to, not including, `end`. */
  add(prefix: Buffer, bytes: Buffer, start: number, end: number): void {
    const length = prefix.length + end - start + 1;
    this.#reserve(length);
    const buffer = this.#buffer;
    let at = this.#used;
    // A loop beats a native call for so few bytes.
    for (let index = 0; index < prefix.length; index += 1) buffer[at++] = prefix[index]!;
    copyBytes(bytes, buffer, at, start, end);
    this.#used += length;
    buffer[this.#used - 1] = newline;
  }

  /** Adds to the end of the last line. */
  amend(text: Buffer): void {
    this.#reserve(text.length);
    this.#buffer.set(text, this.#used - 1);
    this.#used += text.length;
    this.#buffer[this.#used - 1] = newline;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#used);
  }

  #reserve(length: number): void {
    if (this.#used + length <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow((this.#used + length) * 2);
    grown.set(this.bytes());
    this.#buffer = grown;
  }
}
