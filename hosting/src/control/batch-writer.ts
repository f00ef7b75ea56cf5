import { Buffer } from "node:buffer";
import type { ServerResponse } from "node:http";

/** Gathers small pieces of an answer and writes them together. */
export interface BatchWriter {
  /** Text, or bytes that are not changed until they are written. */
  add(piece: string | Buffer): void;
  /** Whether the reader has to catch up first. */
  full(): boolean;
  /** Resolves when there is room again, or when the connection has closed. */
  drained(): Promise<void>;
  flush(): void;
}

/** So much is gathered before it is written, in characters or bytes. */
const batchSize = 64 * 1024;

export function createBatchWriter(response: ServerResponse): BatchWriter {
  let text = "";
  let pieces: Buffer[] = [];
  let size = 0;
  let scheduled = false;
  let blocked = false;

  const takeText = (): void => {
    if (text !== "") pieces.push(Buffer.from(text));
    text = "";
  };
  const flush = (): void => {
    takeText();
    if (pieces.length === 0 || response.destroyed) return;
    const [first = Buffer.alloc(0), ...others] = pieces;
    if (!response.write(others.length === 0 ? first : Buffer.concat(pieces))) blocked = true;
    pieces = [];
    size = 0;
  };
  response.on("drain", () => (blocked = false));

  return {
    flush,
    full: () => blocked,
    add(piece) {
      if (typeof piece === "string") text += piece;
      else {
        takeText();
        pieces.push(piece);
      }
      size += piece.length;
      if (size >= batchSize) return flush();
      if (scheduled) return;
      scheduled = true;
      // What comes in the same turn goes out in one write; a single line still goes out at once.
      setImmediate(() => {
        scheduled = false;
        flush();
      });
    },
    drained: () =>
      new Promise((resolve) => {
        const done = (): void => {
          response.off("drain", done);
          response.off("close", done);
          resolve();
        };
        response.on("drain", done);
        response.on("close", done);
        if (!blocked || response.destroyed) done();
      }),
  };
}
