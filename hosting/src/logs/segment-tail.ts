import { Buffer } from "node:buffer";
import { open } from "node:fs/promises";
import { newline } from "./record-format.ts";
import type { Segment } from "./segment-file.ts";

/** Bytes read at a time, from the end towards the beginning. */
const blockSize = 131_072;

/**
 * Where the last lines of a file begin. When it has fewer than asked for, `lines` says how many. What follows the last
 * line end was cut short by the end of a process and is no line.
 */
export async function findLastLines(
  segment: Segment,
  wanted: number,
): Promise<{ lines: number; offset: number }> {
  const handle = await open(segment.path, "r");
  try {
    // Line ends seen so far, counted from the end of the file; the first one belongs to the last line itself.
    let ends = 0;
    for (let end = segment.bytes; end > 0; end -= Math.min(blockSize, end)) {
      const start = end - Math.min(blockSize, end);
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(end - start), 0, end - start, start);
      for (let at = bytesRead; at > 0 && (at = buffer.lastIndexOf(newline, at - 1)) !== -1;) {
        if (ends === wanted) return { lines: wanted, offset: start + at + 1 };
        ends += 1;
      }
    }
    // The first line of the file is its head.
    return { lines: Math.max(0, ends - 1), offset: 0 };
  } finally {
    await handle.close();
  }
}
