import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { StringDecoder } from "node:string_decoder";

/**
 * The JSON documents of an answer that gives them one after the other, such as the progress of a pull:
 * `{"status":"Pulling fs layer","id":"5843afab3874"}` and a line end.
 *
 * A line that is no JSON document is passed over: an engine that is being stopped can cut one off.
 */
export async function* readJsonLines<T>(response: IncomingMessage): AsyncGenerator<T> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  try {
    for await (const chunk of response) {
      const lines = (rest + decoder.write(chunk as Buffer)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield* parse<T>(line);
    }
    yield* parse<T>(rest);
  } finally {
    response.destroy();
  }
}

/** A piece of a container's output. */
export interface OutputFrame {
  readonly stream: "stdout" | "stderr";
  readonly chunk: Buffer;
}

/**
 * Takes the output of a container apart. Each frame has 8 bytes before it: the stream (1 stdout, 2 stderr), three
 * zeros, and the length, big-endian: `01 00 00 00 00 00 00 06` `hello\n`.
 *
 * What has come of a frame is handed on at once, so that a frame of any length needs no memory.
 */
export class FrameReader {
  readonly #header: Buffer = Buffer.alloc(8);
  #headerLength = 0;
  #left = 0;

  *push(bytes: Buffer): Generator<OutputFrame> {
    let at = 0;
    while (at < bytes.length) {
      if (this.#left === 0) {
        const copied = bytes.copy(this.#header, this.#headerLength, at, at + 8 - this.#headerLength);
        this.#headerLength += copied;
        at += copied;
        if (this.#headerLength < 8) return;
        this.#headerLength = 0;
        this.#left = this.#header.readUInt32BE(4);
        continue;
      }
      const chunk = bytes.subarray(at, at + this.#left);
      at += chunk.length;
      this.#left -= chunk.length;
      yield { stream: this.#header[0] === 2 ? "stderr" : "stdout", chunk };
    }
  }
}

function* parse<T>(line: string): Generator<T> {
  if (line.trim() === "") return;
  try {
    yield JSON.parse(line) as T;
  } catch {
    // Cut off.
  }
}
