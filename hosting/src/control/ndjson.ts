import type { ServerResponse } from "node:http";
import { Buffer } from "node:buffer";

/** Lines are gathered up to this many characters before they are written. */
const batchSize = 64 * 1024;

/**
 * Writes one JSON document a line until the source ends or the connection closes. A reader that is slow slows the
 * source down; nothing is kept for it beyond one batch.
 */
export async function writeNdjson(
  response: ServerResponse,
  documents: AsyncIterable<unknown>,
): Promise<void> {
  const writer = createBatchWriter(response);
  try {
    for await (const document of documents) {
      writer.add(`${JSON.stringify(document)}\n`);
      if (writer.full()) await writer.drained();
      if (response.destroyed) return;
    }
  } finally {
    writer.flush();
  }
}

/**
 * The documents of an NDJSON stream. A last line without an end is dropped by the caller's own end-of-stream check:
 * `onCut` is called for it.
 */
export async function* readNdjson(
  chunks: AsyncIterable<Uint8Array | string>,
  { onCut }: { onCut: (rest: string) => Error },
): AsyncGenerator<unknown, void, undefined> {
  // Decoded as a stream, since a chunk can end within a character.
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const text = rest + (typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      if (end > start) yield JSON.parse(text.slice(start, end));
      start = end + 1;
    }
    rest = text.slice(start);
  }
  if (rest.trim() !== "") throw onCut(rest);
}

interface BatchWriter {
  add(line: string): void;
  /** Whether the reader has to catch up first. */
  full(): boolean;
  /** Resolves when there is room again, or when the connection has closed. */
  drained(): Promise<void>;
  flush(): void;
}

function createBatchWriter(response: ServerResponse): BatchWriter {
  let batch = "";
  let scheduled = false;
  let blocked = false;

  const flush = (): void => {
    if (batch === "" || response.destroyed) return;
    const bytes = Buffer.from(batch);
    batch = "";
    if (!response.write(bytes)) blocked = true;
  };
  response.on("drain", () => (blocked = false));

  return {
    flush,
    full: () => blocked,
    add(line) {
      batch += line;
      if (batch.length >= batchSize) return flush();
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
