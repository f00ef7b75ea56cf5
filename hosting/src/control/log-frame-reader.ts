import { Buffer } from "node:buffer";
import type { LogFrame } from "../logs/log-frame.ts";

const newline = 0x0a;

/**
 * Reads frames from chunks of any size. What has arrived of a large frame is given at once, cut between two lines, so
 * that nothing but a cut line is ever copied. The bytes are valid until the next chunk.
 */
export class LogFrameReader {
  #cut: Buffer = Buffer.alloc(0);
  #resource = "";
  #replica = 0;
  /** Bytes of the frame that have not been given yet, those of the cut line among them. */
  #left = 0;

  /** Whether the last chunk ended where a frame ended. */
  get isWhole(): boolean {
    return this.#left === 0 && this.#cut.length === 0;
  }

  *push(chunk: Uint8Array): Generator<LogFrame, void, undefined> {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    while (rest.length > 0) {
      const isHead = this.#left === 0;
      const reach = isHead ? rest.length : Math.min(rest.length, this.#left - this.#cut.length);
      // A head is one line; of a frame as many as there are.
      const end =
        1 + (isHead || this.#cut.length > 0 ? rest.indexOf(newline) : rest.lastIndexOf(newline, reach - 1));
      if (end === 0 || end > reach) {
        this.#cut = Buffer.concat([this.#cut, rest.subarray(0, reach)]);
        rest = rest.subarray(reach);
        continue;
      }
      const bytes = this.#take(rest.subarray(0, end));
      rest = rest.subarray(end);
      if (isHead) this.#begin(bytes);
      else {
        this.#left -= bytes.length;
        yield { resource: this.#resource, replica: this.#replica, bytes };
      }
    }
  }

  #take(bytes: Buffer): Buffer {
    if (this.#cut.length === 0) return bytes;
    const whole = Buffer.concat([this.#cut, bytes]);
    this.#cut = Buffer.alloc(0);
    return whole;
  }

  /** `{"resource":"api","replica":0,"bytes":1234}` */
  #begin(head: Buffer): void {
    const { resource, replica, bytes } = JSON.parse(head.toString("utf8")) as Record<string, unknown>;
    this.#resource = String(resource);
    this.#replica = Number(replica);
    this.#left = Number(bytes);
  }
}
