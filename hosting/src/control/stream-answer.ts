import type { Buffer } from "node:buffer";
import type { ServerResponse } from "node:http";
import { createBatchWriter } from "./batch-writer.ts";

/**
 * Writes items as they come until the source ends or the connection closes. A reader that is slow slows the source
 * down; nothing is kept for it beyond one batch.
 */
export async function writeStream<Item>(
  response: ServerResponse,
  items: AsyncIterable<Item>,
  { encode }: { encode: (item: Item) => string | Buffer },
): Promise<void> {
  const writer = createBatchWriter(response);
  try {
    for await (const item of items) {
      writer.add(encode(item));
      if (writer.full()) await writer.drained();
      if (response.destroyed) return;
    }
  } finally {
    writer.flush();
  }
}
